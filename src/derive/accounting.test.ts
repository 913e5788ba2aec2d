import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SampleState } from '../model/check.ts'
import type { ComponentHistory, Live, Transition } from '../model/history.ts'
import { liveSchema, lineText, transitionSchema } from '../model/history.ts'
import { statuses, type Status } from '../model/status.ts'
import { MINUTE, SECOND, parseInstant, type Instant } from '../model/time.ts'
import type { Timeline } from './interval.ts'
import { measuredTimeline } from './measured-timeline.ts'
import { recordPass } from './record.ts'
import { strip } from './strip.ts'
import { uptimeOf } from './uptime.ts'

/*
 * From samples to figures, against a second account that knows nothing of transitions: it looks at the samples
 * around each second.
 */

const interval = MINUTE
const start = parseInstant('2026-11-20T22:30:00Z') ?? NaN
const stateOf = {
  operational: 'up',
  degraded: 'degraded',
  major_outage: 'down',
  unknown: 'unknown',
} as const satisfies Partial<Record<Status, SampleState>>
type Seen = keyof typeof stateOf

/** Passes about a minute apart, on even seconds so that every middle is a whole second; now and then a pause. */
const passes = fc
  .array(
    fc.record({
      wait: fc.oneof(
        { weight: 12, arbitrary: fc.integer({ min: 20, max: 45 }).map((n) => n * 2 * SECOND) },
        { weight: 2, arbitrary: fc.integer({ min: 2, max: 25 }).map((n) => n * MINUTE) },
      ),
      run: fc.integer({ min: 1, max: 6 }),
      status: fc.constantFrom<Seen>(
        'operational',
        'operational',
        'degraded',
        'major_outage',
        'major_outage',
        'unknown',
      ),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((steps) => {
    let at = start
    return steps.flatMap(({ wait, run, status }) =>
      Array.from({ length: run }, () => ({ at: (at += wait), status })),
    )
  })
type Passes = { at: Instant; status: Seen }[]

const checked = { numRuns: 150 }

describe('the timeline of what was measured', () => {
  it('is what a look at the samples around each second says', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(
        passes,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 30 }),
        (seen, confirm, late) => {
          const window = { from: start - MINUTE, to: (seen.at(-1)?.at ?? start) + late * 30 * SECOND }
          const { history, live } = record(seen, confirm)
          const timeline = measuredTimeline('api', history, [live], { ...window, intervalMs: interval })
          expectWhole(timeline, window)
          const truth = bySecond(seen, confirm, window)
          expect(secondsOf(timeline, window)).toEqual(truth)
        },
      ),
      checked,
    )
  })

  it('adds up to the uptime and the days that counting seconds gives', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(passes, fc.integer({ min: 1, max: 3 }), (seen, confirm) => {
        const window = { from: start - MINUTE, to: (seen.at(-1)?.at ?? start) + 30 * SECOND }
        const { history, live } = record(seen, confirm)
        const timeline = measuredTimeline('api', history, [live], { ...window, intervalMs: interval })
        const truth = bySecond(seen, confirm, window)
        const count = (status: Status) => truth.filter((each) => each === status).length
        const known = truth.length - count('unknown')
        const uptime = uptimeOf(timeline, window, (status) => statuses[status].weight)
        expect(uptime.coverage).toBeCloseTo(known / truth.length, 12)
        expect(uptime.downSeconds).toBe(count('major_outage'))
        if (known > 0) expect(uptime.percent).toBeCloseTo(100 * (1 - count('major_outage') / known), 9)
        else expect(uptime.percent).toBeUndefined()

        for (const day of strip(timeline, window.to, 3)) {
          const seconds = truth.filter((_, i) =>
            new Date(window.from + i * SECOND).toISOString().startsWith(day.day),
          )
          for (const status of Object.keys(stateOf) as Seen[])
            expect(day.time[status] ?? 0).toBe(seconds.filter((each) => each === status).length * SECOND)
        }
      }),
      checked,
    )
  })

  it('does not depend on whether the snapshot or the history is fresher', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(passes, (seen) => {
        const window = {
          from: start - MINUTE,
          to: (seen.at(-1)?.at ?? start) + 30 * SECOND,
          intervalMs: interval,
        }
        const { history, live } = record(seen, 1)
        const stale = { ...history, transitions: history.transitions.slice(0, -1) }
        expect(measuredTimeline('api', stale, [live], window)).toEqual(
          measuredTimeline('api', history, [live], window),
        )
      }),
      checked,
    )
  })
})

function record(seen: Passes, confirm: number): { history: ComponentHistory; live: Live } {
  let live: Live | undefined
  const transitions: Transition[] = []
  for (const { at, status } of seen) {
    const samples = [{ check: 'api/0', component: 'api', at, state: stateOf[status] }]
    const recorded = recordPass({
      live,
      samples,
      components: [{ id: 'api', confirm }],
      writer: 'main',
      now: at,
      intervalMs: interval,
    })
    live = liveSchema.parse(JSON.parse(JSON.stringify(recorded.live)))
    for (const { component, line } of recorded.transitions) {
      const { seq, from, to, t_before, t_after, t_confirmed } = transitionSchema.parse(
        JSON.parse(lineText(line)),
      )
      const before = t_before === undefined ? {} : { before: Date.parse(t_before) }
      transitions.push({
        component,
        writer: 'main',
        seq,
        from,
        to,
        ...before,
        after: Date.parse(t_after),
        confirmed: Date.parse(t_confirmed),
      })
    }
  }
  if (!live) throw new Error('no passes')
  return { history: { transitions, rollups: [] }, live }
}

/** The second account. First what each sample counts as, looking ahead; then who is nearest to each second. */
function bySecond(seen: Passes, confirm: number, window: { from: Instant; to: Instant }): Status[] {
  const told = seen.filter(({ status }) => status !== 'unknown')
  const pause = 10 * MINUTE
  const counted: Status[] = told.map(() => 'unknown')
  const resumes = (i: number) => i > 0 && (told[i]?.at ?? 0) - (told[i - 1]?.at ?? 0) > pause
  let present: Status = 'unknown'
  let lastKnown: Status | undefined
  for (let i = 0; i < told.length;) {
    if (resumes(i)) present = 'unknown'
    const agreed: Agreed | undefined =
      told[i]?.status === present ? { status: present, from: i, to: i } : agreedFrom(i)
    if (agreed) counted.fill((present = agreed.status), agreed.from, agreed.to + 1)
    else counted[i] = present
    if (present === 'unknown') break
    lastKnown = present
    i = agreed ? agreed.to + 1 : i + 1
  }

  return Array.from({ length: (window.to - window.from) / SECOND }, (_, s): Status => {
    const moment = window.from + s * SECOND + SECOND / 2
    const next = told.findIndex(({ at }) => at > moment)
    const last = next === -1 ? told.length - 1 : next - 1
    const sinceLast = moment - (told[last]?.at ?? -Infinity)
    const untilNext = (told[next]?.at ?? Infinity) - moment
    if (last >= 0 && next >= 0 && sinceLast + untilNext <= pause)
      return (sinceLast < untilNext ? counted[last] : counted[next]) ?? 'unknown'
    if (last >= 0 && sinceLast < interval / 2) return counted[last] ?? 'unknown'
    if (last >= 0 && next >= 0 && untilNext < interval / 2) return counted[next] ?? 'unknown'
    return 'unknown'
  })

  /** What the samples from the i-th on agree on, and which of them are booked so; `undefined` when nothing yet. */
  function agreedFrom(i: number): Agreed | undefined {
    if (present === 'unknown' && lastKnown && told[i]?.status === lastKnown)
      return { status: lastKnown, from: i, to: i }
    let end = i + 1
    while (end < told.length && end < i + confirm && (present === 'unknown' || !resumes(end))) end++
    const ahead = told.slice(i, end).map(({ status }) => status)
    const well = i + ahead.indexOf('operational')
    if (present === 'unknown' && well >= i) {
      let from = well
      while (from > i && !resumes(from)) from--
      return { status: 'operational', from, to: well }
    }
    if (ahead.length < confirm) return undefined
    const ranks = ahead.map((status) => statuses[status].rank)
    const here = statuses[present].rank
    const worse = present === 'unknown' || ranks.every((rank) => rank > here)
    if (!worse && ranks.some((rank) => rank > here)) return undefined
    const status = byRank(worse ? Math.min(...ranks) : Math.max(...ranks))
    return { status, from: i, to: i + ahead.lastIndexOf(status as Seen) }
  }
}

interface Agreed {
  status: Status
  from: number
  to: number
}

function byRank(rank: number): Status {
  return (Object.keys(statuses) as Status[]).find((status) => statuses[status].rank === rank) ?? 'unknown'
}

function secondsOf(timeline: Timeline, window: { from: Instant; to: Instant }): Status[] {
  return Array.from({ length: (window.to - window.from) / SECOND }, (_, s) => {
    const moment = window.from + s * SECOND + SECOND / 2
    return timeline.find(({ from, to }) => from <= moment && moment < to)?.status ?? 'unknown'
  })
}

function expectWhole(timeline: Timeline, window: { from: Instant; to: Instant }): void {
  expect([timeline[0]?.from, timeline.at(-1)?.to]).toEqual([window.from, window.to])
  for (const [i, { from, to, status }] of timeline.entries()) {
    expect(from).toBeLessThan(to)
    const next = timeline[i + 1]
    if (next) expect([next.from, next.status === status]).toEqual([to, false])
  }
}
