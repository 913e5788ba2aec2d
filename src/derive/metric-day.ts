import { MOST_VALUES, type LiveMetric, type MetricDay } from '../model/metric.ts'
import { utcDay, type Instant } from '../model/time.ts'
import { percentile } from './percentile.ts'

type DaySoFar = NonNullable<LiveMetric['today']>

/** The day with one more value in it; a new one where there is none yet. */
export function countValue(day: DaySoFar | undefined, at: Instant, value: number): DaySoFar {
  if (!day)
    return { d: utcDay(at), n: 1, sum: value, min: value, max: value, last: value, values: [value], step: 1 }
  const counts = {
    ...day,
    n: day.n + 1,
    sum: day.sum + value,
    min: Math.min(day.min, value),
    max: Math.max(day.max, value),
    last: value,
  }
  if (day.n % day.step !== 0) return counts
  const values = [...day.values, value]
  if (values.length <= MOST_VALUES) return { ...counts, values }
  return { ...counts, values: values.filter((_, index) => index % 2 === 0), step: day.step * 2 }
}

/** The line that a finished day becomes. */
export function metricDay({ d, n, sum, min, max, last, values }: DaySoFar): MetricDay {
  const sorted = values.toSorted((a, b) => a - b)
  const p50 = percentile(sorted, 50) ?? last
  const p95 = percentile(sorted, 95) ?? last
  return { v: 1, d, n, min, avg: rounded(sum / n), max, p50, p95, last }
}

/** Twelve digits say more than any instrument knows, and sums of tenths do not end in 0000000004. */
function rounded(value: number): number {
  return Number(value.toPrecision(12))
}
