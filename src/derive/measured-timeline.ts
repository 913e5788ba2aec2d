import type { Correction } from '../model/correction.ts'
import type { ComponentHistory, Live, LiveComponent, Transition } from '../model/history.ts'
import { parseInstant, type Instant } from '../model/time.ts'
import { bookedAt, longestPause } from './booking.ts'
import { corrected } from './corrected.ts'
import type { Evidence, Source } from './evidence.ts'
import { flatten, type Span, type Timeline } from './interval.ts'
import { agreedStatus, majority, type Quorum } from './quorum.ts'

/**
 * A component's status over `window` as the probes measured it. Changes are booked at the middle between the samples
 * on either side. A writer knows from its first sample to half an interval after its last; before, after, and where it
 * paused, the component is unknown to it. Corrections stand in the place of what they correct.
 *
 * Several writers: at each moment those that know decide, by {@link agreedStatus}. The end of `window` is taken for now: a
 * writer whose next look is not overdue speaks until then as it did last, beside others that have looked since.
 */
export function measuredTimeline(
  component: string,
  history: ComponentHistory | undefined,
  live: readonly Live[],
  window: Span & Looking,
): Timeline {
  const evidence = heard(measuredEvidence(component, history, live, window), window.to)
  const known = evidence.filter(({ status }) => status !== 'unknown')
  const { quorum = majority } = window
  return flatten(known, window, (running) => agreedStatus(running, quorum))
}

/** Words that go on beside others: alone, nobody is known to speak for longer than half an interval. */
export function heard(evidence: Evidence[], now: Instant): Evidence[] {
  const latest = Math.max(
    ...evidence.flatMap(({ status, last }) => (status === 'unknown' ? [] : (last?.end ?? []))),
  )
  return evidence.map((each) => {
    const { to, last } = each
    return last && to === last.end && last.heardUntil >= now && to < latest ? { ...each, to: latest } : each
  })
}

/** What each writer saw, and when; `unknown` where it paused. Time that no writer says anything of is unknown too. */
export function measuredEvidence(
  component: string,
  history: ComponentHistory | undefined,
  live: readonly Live[],
  { intervalMs, corrections = [], writers: only }: Looking,
): Evidence[] {
  const transitions = Map.groupBy(history?.transitions ?? [], ({ writer }) => writer)
  const snapshots = new Map(live.map((snapshot) => [snapshot.writer, snapshot]))
  const counts = (writer: string) => only?.has(writer) ?? true
  const writers = new Set([...transitions.keys(), ...snapshots.keys()].filter(counts))
  const seen = [...writers].flatMap((writer) => {
    const snapshot = snapshots.get(writer)
    const entry = snapshot?.components[component]
    const own = transitions.get(writer) ?? []
    const interval = entry?.interval_ms ?? snapshot?.interval_ms ?? intervalMs
    const end = lastTold(
      own,
      history?.rollups.findLast((day) => day.writer === writer),
      entry,
    )
    if (end === undefined) return []
    const last = { end: end + Math.floor(interval / 2), heardUntil: end + longestPause(interval) }
    return evidenceOf(writer, own, entry, last)
  })
  const applied = corrections.filter(({ writer }) => writer === undefined || counts(writer))
  // Where nobody looked, nothing was measured that could be replaced.
  return seen.length === 0 || applied.length === 0 ? seen : corrected(seen, applied)
}

/** How measurements are to be read. */
export interface Looking {
  /** How often a writer looks that has left no live snapshot to say so. */
  intervalMs: number
  /** Those of this component; none where it is left out. */
  corrections?: readonly Correction[]
  /** The vantage points whose account it is; all of them where it is left out. */
  writers?: ReadonlySet<string> | undefined
  /** How many of them must agree; more than half where it is left out. */
  quorum?: Quorum
}

function evidenceOf(
  writer: string,
  transitions: Transition[],
  entry: LiveComponent | undefined,
  last: NonNullable<Evidence['last']>,
): Evidence[] {
  const changes: Change[] = transitions
    .toSorted((a, b) => a.seq - b.seq)
    .map(({ seq, to, before, after, confirmed, source }) => ({
      seq,
      to,
      confirmed,
      at: bookedAt(before, after),
      source: source ?? { file: `history/transitions of ${writer}` },
    }))
  const lastSeq = changes.at(-1)?.seq ?? 0
  // The snapshot may be fresher than the history that this was built from.
  const since = entry && parseInstant(entry.since)
  if (entry && since !== undefined && entry.seq > lastSeq) {
    const source = { file: `.candor/live/${writer}.json` }
    changes.push({ seq: entry.seq, at: since, confirmed: since, to: entry.status, source })
  }
  return changes
    .map((change, i): Evidence => ({
      from: change.at,
      to: Math.min(endOf(change, changes[i + 1]) ?? last.end, last.end),
      status: change.to,
      by: 'measured',
      writer,
      ...(i === changes.length - 1 && { last }),
      source: change.source,
    }))
    .filter(({ from, to }) => from < to)
}

type Change = Pick<Transition, 'seq' | 'to' | 'confirmed'> & { at: Instant; source: Source }

/** A status lasts until the next change. Where a line is missing between the two, nobody knows how long it lasted. */
function endOf(change: Change, next: Change | undefined): Instant | undefined {
  if (!next) return undefined
  return next.seq === change.seq + 1 ? next.at : Math.min(change.confirmed, next.at)
}

/** The last moment at which a writer is known to have had an answer. */
export function lastTold(
  transitions: Transition[],
  day: { d: string; t1: string } | undefined,
  entry: LiveComponent | undefined,
): Instant | undefined {
  const times = transitions.slice(-1).map(({ confirmed }) => confirmed)
  for (const stamp of [day && `${day.d}T${day.t1}Z`, entry?.checked_at]) {
    const at = stamp === undefined ? undefined : parseInstant(stamp)
    if (at !== undefined) times.push(at)
  }
  return times.length === 0 ? undefined : Math.max(...times)
}
