import { latencyBuckets, type LiveComponent, type Rollup } from '../model/history.ts'
import type { Status } from '../model/status.ts'
import { iso, utcDay, type Instant } from '../model/time.ts'
import { percentile } from './percentile.ts'

type DaySoFar = LiveComponent['today']

/** A day on which nothing was looked at yet. */
export function emptyDay(at: Instant): DaySoFar {
  return {
    d: utcDay(at),
    n: 0,
    ok: 0,
    deg: 0,
    down: 0,
    unk: 0,
    t0: clock(at),
    t1: clock(at),
    gaps: 0,
    hist: Array<number>(latencyBuckets.length + 1).fill(0),
    ms: [],
  }
}

/** The day with one more pass in it. `latencyMs` is absent where the pass was not answered. */
export function countPass(
  day: DaySoFar,
  pass: { at: Instant; status: Status; latencyMs?: number },
): DaySoFar {
  const { at, status, latencyMs } = pass
  const counted = { ...day, n: day.n + 1, t0: day.n === 0 ? clock(at) : day.t0, t1: clock(at) }
  const counter = counterOf[status]
  counted[counter] = (counted[counter] ?? 0) + 1
  if (latencyMs === undefined) return counted
  const found = latencyBuckets.findIndex((bound) => latencyMs <= bound)
  const bucket = found === -1 ? latencyBuckets.length : found
  counted.hist = day.hist.with(bucket, (day.hist[bucket] ?? 0) + 1)
  // Made anew in every pass of a day: a spread would copy the list twice.
  counted.ms = day.ms.concat(latencyMs)
  return counted
}

/** The line that a finished day becomes; `undefined` when nobody looked on that day. */
export function rollUp(day: DaySoFar): Rollup | undefined {
  if (day.n === 0) return undefined
  const { d, n, ok, deg, down, part, unk, t0, t1, gaps, hist } = day
  const counts = { v: 1 as const, d, n, ok, deg, down, ...(part === undefined ? {} : { part }), unk, t0, t1 }
  if (day.ms.length === 0) return { ...counts, gaps }
  const ms = day.ms.toSorted((a, b) => a - b)
  return { ...counts, p50: percentile(ms, 50), p95: percentile(ms, 95), p99: percentile(ms, 99), hist, gaps }
}

const counterOf = {
  operational: 'ok',
  degraded: 'deg',
  partial_outage: 'part',
  major_outage: 'down',
  unknown: 'unk',
  under_maintenance: 'unk',
  under_review: 'unk',
} as const satisfies Record<Status, keyof DaySoFar>

function clock(at: Instant): string {
  return iso(at).slice(11, 19)
}
