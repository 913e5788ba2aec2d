import type { Sample } from '../model/check.ts'
import {
  lineText,
  type Live,
  type LiveComponent,
  type Rollup,
  type TransitionLine,
} from '../model/history.ts'
import type { MetricDay } from '../model/metric.ts'
import { statuses } from '../model/status.ts'
import { iso, parseInstant, utcDay, type Instant } from '../model/time.ts'
import { bookedAt, longestPause } from './booking.ts'
import { hashLine } from './chain.ts'
import { confirmChange, goneUnknown, type ConfirmedChange } from './confirm.ts'
import { countPass, emptyDay, rollUp } from './day-so-far.ts'
import { measuredStatus } from './measured-status.ts'

/**
 * What a writer knows after one more pass, and the lines that this adds to its history. Pure: `live` is not changed.
 * Write the lines before `live`: a crash between the two is then repaired by `resumeLive`.
 *
 * How a change is confirmed and booked: {@link confirmChange}. A pass in which no check could tell neither confirms
 * nor interrupts; when such passes, or none, go on for longer than three intervals and ten minutes, the component is
 * unknown from half an interval after its last sample to half an interval before its next, and a change from a known
 * status that was not confirmed by then is forgotten. A finished UTC day becomes a rollup at the first pass on a later day.
 *
 * A component that is no longer listed keeps its entry in `live`, so that its numbering goes on should it come back.
 */
export function recordPass(pass: Pass): Recorded {
  const { live, now, writer, intervalMs } = pass
  const listed = new Map(pass.components.map((component) => [component.id, component]))
  const samples = Map.groupBy(pass.samples, (sample) => sample.component)
  const recorded: Omit<Recorded, 'live'> = { transitions: [], rollups: [], rejected: [] }
  const components: Live['components'] = {}

  for (const [component, seen] of samples)
    if (!listed.has(component)) recorded.rejected.push({ component, at: timeOf(seen), why: 'not_listed' })
  for (const component of new Set([...Object.keys(live?.components ?? {}), ...listed.keys()])) {
    const own = listed.get(component)
    const result = recordComponent(live?.components[component], {
      writer,
      now,
      samples: own ? (samples.get(component) ?? []) : [],
      confirm: own?.confirm ?? 1,
      lastInterval: live?.components[component]?.interval_ms ?? live?.interval_ms ?? intervalMs,
      interval: Math.max(own?.intervalMs ?? intervalMs, intervalMs),
      loopInterval: intervalMs,
    })
    if (result.entry) components[component] = result.entry
    for (const line of result.transitions) recorded.transitions.push({ component, line })
    if (result.rollup) recorded.rollups.push({ component, line: result.rollup })
    if (result.rejected) recorded.rejected.push({ component, ...result.rejected })
  }

  const nothingTaken = samples.size > 0 && recorded.rejected.length === samples.size
  const last = live && parseInstant(live.checked_at)
  const checked = last === undefined ? now : nothingTaken ? last : Math.max(now, last)
  return {
    live: {
      v: 1,
      writer,
      checked_at: iso(checked),
      next_expected_at: iso(checked + intervalMs),
      interval_ms: intervalMs,
      components,
    },
    ...recorded,
  }
}

function recordComponent(before: LiveComponent | undefined, pass: ComponentPass): ComponentResult {
  const { samples, writer, interval } = pass
  const at = samples.length > 0 ? timeOf(samples) : undefined
  const { entry: open, rollup } = closeDay(before, at ?? pass.now)
  if (at === undefined) return { entry: open, transitions: [], rollup }
  const lastTold = open?.checked_at === undefined ? undefined : parseInstant(open.checked_at)
  if (open && (utcDay(at) < open.today.d || (lastTold !== undefined && at <= lastTold)))
    return { entry: open, transitions: [], rollup, rejected: { at, last: lastTold, why: 'not_newer' } }

  const transitions: TransitionLine[] = []
  let entry: LiveComponent = open ?? newEntry(at)
  const apply = (change: ConfirmedChange) => {
    const line = nextLine(entry, change, iso(at), writer)
    transitions.push(line)
    entry = afterLine(entry, line)
  }

  const paused = lastTold !== undefined && at - lastTold > longestPause(Math.max(interval, pass.lastInterval))
  const due = lastTold !== undefined && iso(lastTold + pass.lastInterval)
  if (paused && due && entry.status !== 'unknown') {
    entry = countGap(entry)
    apply(goneUnknown(iso(lastTold), due, iso(at)))
  }

  const status = measuredStatus(samples)
  const latencyMs = latencyOf(samples)
  const { reason: why, code } = worstSample(samples)
  entry = {
    ...entry,
    interval_ms: interval === pass.loopInterval ? undefined : interval,
    recent: [...entry.recent, latencyMs ?? null].slice(-recentLength),
    today: countPass(entry.today, { at, status, latencyMs }),
  }
  if (status === 'unknown') return { entry, transitions, rollup }

  const reasons = status === 'operational' ? {} : { why, code }
  const pause = paused && due && entry.pending ? { begins: due, ends: iso(at - interval) } : undefined
  if (pause) entry = countGap(entry)
  const seen = { t: iso(at), status, ...reasons, ms: latencyMs, pause }
  const previous = sampleBefore(entry, lastTold, at - interval)
  const { pending, changes } = confirmChange(entry, previous, seen, pass.confirm)
  changes.forEach(apply)
  entry = { ...entry, pending, checked_at: iso(at), ms: latencyMs }
  if (status === entry.status) entry = { ...entry, why: reasons.why }
  return { entry, transitions, rollup }
}

/** A finished day becomes a rollup, and an empty day begins. */
function closeDay(entry: LiveComponent | undefined, at: Instant): { entry?: LiveComponent; rollup?: Rollup } {
  if (!entry || utcDay(at) <= entry.today.d) return { entry }
  return { entry: { ...entry, today: emptyDay(at) }, rollup: rollUp(entry.today) }
}

function countGap(entry: LiveComponent): LiveComponent {
  return { ...entry, today: { ...entry.today, gaps: entry.today.gaps + 1 } }
}

/** The sample before this one; where nothing is known, the one that was due an interval ago, if ever there was one. */
function sampleBefore(entry: LiveComponent, lastTold: Instant | undefined, due: Instant): string | undefined {
  if (lastTold === undefined) return undefined
  if (entry.status !== 'unknown') return iso(lastTold)
  return iso(Math.max(due, parseInstant(entry.since) ?? due))
}

function nextLine(
  entry: LiveComponent,
  change: ConfirmedChange,
  confirmed: string,
  writer: string,
): TransitionLine {
  const { to, t_before, t_after, why, code, ms } = change
  const facts = {
    v: 1 as const,
    seq: entry.seq + 1,
    from: entry.status,
    to,
    t_before,
    t_after,
    t_confirmed: confirmed,
  }
  return { ...facts, why, code, ms, writer, prev: entry.prev }
}

/** The entry once a line has been written. Whatever was pending is over. */
export function afterLine(entry: LiveComponent, line: TransitionLine, text = lineText(line)): LiveComponent {
  const before = line.t_before === undefined ? undefined : parseInstant(line.t_before)
  const after = parseInstant(line.t_after)
  return {
    ...entry,
    status: line.to,
    since: after === undefined ? line.t_after : iso(bookedAt(before, after)),
    why: line.why,
    pending: undefined,
    before_pause: line.to === 'unknown' ? line.from : undefined,
    seq: line.seq,
    prev: hashLine(text),
  }
}

/** A component that was never looked at. */
export function newEntry(at: Instant): LiveComponent {
  return { status: 'unknown', since: iso(at), recent: [], seq: 0, today: emptyDay(at) }
}

const recentLength = 48

/** A pass is as late as its last answer. */
function timeOf(samples: readonly Sample[]): Instant {
  return Math.max(...samples.map(({ at }) => at))
}

/** The slowest answer: what a visitor who needs all of it waits for. In milliseconds, to a tenth. */
function latencyOf(samples: readonly Sample[]): number | undefined {
  const answered = samples.flatMap(({ latencyMs }) => latencyMs ?? [])
  return answered.length === 0 ? undefined : Math.round(Math.max(...answered) * 10) / 10
}

function worstSample(samples: readonly Sample[]): Partial<Sample> {
  const rank = ({ state }: Sample) => statuses[measuredStatus([{ state }])].rank
  return samples.toSorted((a, b) => rank(b) - rank(a))[0] ?? {}
}

export interface Pass {
  /** What this writer knew after its last pass; `undefined` on its first. */
  live: Live | undefined
  /** What the checks that were due saw. All of a component's checks, or none: its status is that of these samples. */
  samples: Sample[]
  components: {
    id: string
    confirm: number
    /** How often it is looked at, where that is less often than the loop turns. */
    intervalMs?: number
  }[]
  writer: string
  /** When the pass was over. */
  now: Instant
  /** How often the loop turns. */
  intervalMs: number
}

export interface Recorded {
  live: Live
  /** In the order in which they happened, for each component. */
  transitions: { component: string; line: TransitionLine }[]
  rollups: { component: string; line: Rollup }[]
  /** What `recordMetrics` adds to it. */
  metrics?: { metric: string; line: MetricDay }[]
  /**
   * Samples that were not taken. `not_newer`: not later than the last (`last`) that was, so the clock was set back;
   * nothing is recorded of the component until the clock has caught up. `not_listed`: the component is not among `components`.
   */
  rejected: { component: string; at: Instant; last?: Instant; why: 'not_newer' | 'not_listed' }[]
}

interface ComponentPass {
  writer: string
  now: Instant
  samples: Sample[]
  confirm: number
  lastInterval: number
  interval: number
  loopInterval: number
}

interface ComponentResult {
  entry?: LiveComponent
  transitions: TransitionLine[]
  rollup?: Rollup
  rejected?: Omit<Recorded['rejected'][number], 'component'>
}
