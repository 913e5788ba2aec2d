import type { Rollup } from '../model/history.ts'
import { DAY, startOfUtcDay, utcDay, type Instant } from '../model/time.ts'
import { histogramPercentile, mergeHistograms } from './histogram.ts'
import { trendOf } from './trend.ts'
import type { ResponseView } from './views.ts'

/**
 * How a component answered over the last 7, 30 and 90 complete UTC days, by all vantage points together: latency from
 * merged histograms, and how many passes failed. Absent where no such day was looked at.
 */
export function responseView(rollups: readonly Rollup[], now: Instant): ResponseView | undefined {
  const today = utcDay(now)
  const windows = [7, 30, 90].flatMap((days) => {
    const from = utcDay(startOfUtcDay(now) - days * DAY)
    const own = rollups.filter(({ d }) => d >= from && d < today)
    const passes = sumOf(own, ({ n, unk }) => n - unk)
    if (passes === 0) return []
    const failed = sumOf(own, ({ down, part = 0 }) => down + part)
    const seen = new Set(own.map(({ d }) => d)).size
    return [{ days, seen, passes, failed, passesPerDay: Math.round(passes / seen), ...percentilesOf(own) }]
  })
  if (windows.length === 0) return undefined
  const trend = trendOf(rollups, now, (days) => percentileOf(days, 95))
  return { windows, ...(trend !== undefined && { trend }) }
}

function percentilesOf(days: readonly Rollup[]) {
  const [p50, p95, p99] = [50, 95, 99].map((percent) => percentileOf(days, percent))
  return p50 === undefined || p95 === undefined || p99 === undefined ? {} : { p50, p95, p99 }
}

/** In whole milliseconds. */
function percentileOf(days: readonly Rollup[], percent: number): number | undefined {
  const ms = histogramPercentile(mergeHistograms(days.flatMap(({ hist }) => (hist ? [hist] : []))), percent)
  return ms === undefined ? undefined : Math.round(ms)
}

function sumOf(days: readonly Rollup[], count: (day: Rollup) => number): number {
  return days.reduce((sum, day) => sum + count(day), 0)
}
