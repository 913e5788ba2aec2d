import { describe, expect, it } from 'vitest'
import { randomFrom, type Random } from '../../bench/worlds/random.ts'
import { liveSchema, type Live, type Transition } from '../model/history.ts'
import { DAY, HOUR, MINUTE, SECOND, type Instant } from '../model/time.ts'
import type { Span } from './interval.ts'
import { measuredTimeline } from './measured-timeline.ts'
import { recordPass } from './record.ts'

/*
 * How far the account is from the truth, by simulation: services that are down eight times a year, twenty minutes in the
 * median, looked at in the ways that machines really look, through the recorder and the timeline. The error is the downtime
 * counted, less the true downtime of the same time, of all the time that the account calls known. What it calls unknown
 * it claims nothing of; that this is no way out is what the coverage is for.
 */

const COMPONENT_YEARS = 150
const OUTAGES_A_YEAR = 8
const MEDIAN = 20 * MINUTE
/** With this, outages of a year add up to the table's 300 minutes: 8 × 20 min × e^(1.12² / 2). */
const SIGMA = 1.12

interface Pattern {
  name: string
  /** How often it means to look, and how many passes have to agree. */
  interval: number
  confirm: number
  /** How long a run of it goes on, where it comes in runs. */
  length?: number
  /** How long it looks before and after an outage; long enough to have forgotten how it began. */
  margin: number
  /** When it looks after it looked at a time and saw a state. */
  next: (at: Instant, down: boolean, run: { until: Instant }, random: Random) => Instant
  /** Mean absolute error in minutes a year, from the table of the design, for booking at the middle. */
  table: number
  /** Known share of the time, at least. Of each look at an outage, half an interval at either end is not known. */
  coverage: number
}

/** GitHub starts a schedule of every five minutes when it pleases: log-normal, with the table's starts a day. */
const cron =
  (perDay: number) =>
  (random: Random): number =>
    Math.max(random.logNormal((DAY / perDay) * Math.exp(-(CRON_SIGMA ** 2) / 2), CRON_SIGMA), 5 * MINUTE)
/** With this, 57 % of the time lies between starts that are more than half an hour apart, as the table says. */
const CRON_SIGMA = 0.93
const started = cron(63)
const rarely = cron(5.6)

/** A run that looks every minute for so long, and then waits for the next. */
const loop =
  (length: number, pause: (random: Random) => number): Pattern['next'] =>
  (at, _down, run, random) => {
    if (at + MINUTE <= run.until) return at + MINUTE
    const next = run.until + pause(random)
    run.until = next + length
    return next
  }

const patterns: Pattern[] = [
  {
    name: '60 s daemon',
    interval: MINUTE,
    confirm: 2,
    margin: 15 * MINUTE,
    next: (at) => at + MINUTE,
    table: 0.8,
    coverage: 0.97,
  },
  {
    name: '5 min exact',
    interval: 5 * MINUTE,
    confirm: 1,
    margin: HOUR,
    next: (at) => at + 5 * MINUTE,
    table: 4.5,
    coverage: 0.97,
  },
  {
    name: 'Actions cron, normal 2026',
    interval: 15 * MINUTE,
    confirm: 1,
    margin: 12 * HOUR,
    next: (at, _down, _run, random) => at + started(random),
    table: 30,
    coverage: 0.43,
  },
  {
    name: 'same + stay and re-probe every 30 s while failing',
    interval: 15 * MINUTE,
    confirm: 1,
    margin: 12 * HOUR,
    next: (at, down, _run, random) => at + (down ? 30 * SECOND : started(random)),
    table: 21,
    coverage: 0.43,
  },
  {
    name: 'same + 15-min loop @60 s',
    interval: MINUTE,
    confirm: 2,
    margin: HOUR,
    length: 15 * MINUTE,
    next: loop(15 * MINUTE, (random) => Math.max(started(random) - 15 * MINUTE, 30 * SECOND)),
    table: 12,
    coverage: 0.6,
  },
  {
    name: 'Actions cron, bad weeks',
    interval: 15 * MINUTE,
    confirm: 1,
    margin: 3 * DAY,
    next: (at, _down, _run, random) => at + rarely(random),
    table: 190,
    coverage: 0.04,
  },
  {
    name: 'self-chained 50-min loop',
    interval: MINUTE,
    confirm: 2,
    margin: 15 * MINUTE,
    length: 50 * MINUTE,
    next: loop(50 * MINUTE, (random) => random.between(30, 180) * SECOND),
    table: 1,
    coverage: 0.97,
  },
]

describe('the error of the account', () => {
  it.each(patterns)(
    'of a $name is no larger than the table says: $table min a year',
    { timeout: 60_000 },
    (pattern) => {
      const random = randomFrom(2026)
      const years = Array.from({ length: COMPONENT_YEARS }, () => simulatedYear(pattern, random))
      const errors = years.map(({ error }) => Math.abs(error) / MINUTE)
      const mean = errors.reduce((sum, each) => sum + each, 0) / errors.length
      const coverage =
        years.reduce((sum, year) => sum + year.known, 0) / years.reduce((sum, year) => sum + year.length, 0)
      // The table's numbers are means of 150 years too: two such means differ by so much by chance.
      const spread = Math.sqrt(errors.reduce((sum, each) => sum + (each - mean) ** 2, 0) / errors.length)
      const chance = 2 * spread * Math.sqrt(2 / COMPONENT_YEARS)
      expect(mean).toBeLessThanOrEqual(pattern.table + chance)
      expect(coverage).toBeGreaterThanOrEqual(pattern.coverage)
    },
  )
})

/** A year's outages, each looked at by itself: between them nothing happens that an account could be wrong about. */
function simulatedYear(pattern: Pattern, random: Random): { error: number; known: number; length: number } {
  const sum = { error: 0, known: 0, length: 0 }
  for (let count = 0; count < OUTAGES_A_YEAR; count++) {
    const from = Math.floor(pattern.margin + random.between(0, DAY))
    const outage = { from, to: from + Math.ceil(random.logNormal(MEDIAN, SIGMA)) }
    const window = { from: outage.from - pattern.margin, to: outage.to + pattern.margin }
    for (const { from: begin, to, status } of lookedAt(pattern, outage, window, random)) {
      if (status === 'unknown') continue
      const overlap = Math.max(Math.min(to, outage.to) - Math.max(begin, outage.from), 0)
      sum.error += (status === 'major_outage' ? to - begin : 0) - overlap
      sum.known += to - begin
    }
    sum.length += window.to - window.from
  }
  return sum
}

function lookedAt(
  { interval, confirm, length = 0, next }: Pattern,
  outage: Span,
  window: Span,
  random: Random,
) {
  const transitions: Transition[] = []
  let live: Live | undefined
  // The window begins anywhere in its rhythm.
  let at = window.from + interval * (random.next() - 1)
  const run = { until: at + length * random.next() }
  for (let down = false; at < window.to; at = Math.ceil(next(at, down, run, random))) {
    at = Math.ceil(at)
    down = at >= outage.from && at < outage.to
    const state = down ? ('down' as const) : ('up' as const)
    const recorded = recordPass({
      live,
      samples: [{ check: 'api/0', component: 'api', at, state }],
      components: [{ id: 'api', confirm }],
      writer: 'main',
      now: at,
      intervalMs: interval,
    })
    live = recorded.live
    for (const { line } of recorded.transitions)
      transitions.push({
        component: 'api',
        writer: 'main',
        seq: line.seq,
        from: line.from,
        to: line.to,
        ...(line.t_before !== undefined && { before: Date.parse(line.t_before) }),
        after: Date.parse(line.t_after),
        confirmed: Date.parse(line.t_confirmed),
      })
  }
  const known = live === undefined ? [] : [liveSchema.parse(live)]
  return measuredTimeline('api', { transitions, rollups: [] }, known, { ...window, intervalMs: interval })
}
