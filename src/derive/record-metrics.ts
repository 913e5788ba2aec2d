import type { Live } from '../model/history.ts'
import { metricKey, type LiveMetric, type MetricDay, type MetricReading } from '../model/metric.ts'
import { DAY, iso, MINUTE, parseInstant, SECOND, utcDay, type Instant } from '../model/time.ts'
import { countValue, metricDay } from './metric-day.ts'

/**
 * What a writer knows of the metrics after one more pass, and the lines that this adds to its history. Pure: `live` is
 * not changed. A day that is over becomes a line at the first pass on a later day. Values of a day whose line is written,
 * and of the future, are refused. A metric that is no longer listed is forgotten, once its day is written.
 */
export function recordMetrics({ live = {}, readings, listed, now }: MetricsPass): RecordedMetrics {
  const metrics: NonNullable<Live['metrics']> = {}
  const days: RecordedMetrics['days'] = []
  const refused: MetricReading[] = []
  const seen = Map.groupBy(readings, ({ component, metric }) => metricKey(component, metric))
  const names = new Map(listed.map((one) => [metricKey(one.component, one.metric), one]))

  for (const key of new Set([...Object.keys(live), ...names.keys()])) {
    let entry: LiveMetric = live[key] ?? { recent: [] }
    const close = (today: string) => {
      if (!entry.today || entry.today.d >= today) return
      days.push({ metric: key, line: metricDay(entry.today) })
      entry = { ...entry, today: undefined }
    }
    for (const reading of (seen.get(key as `${string}.${string}`) ?? []).toSorted((a, b) => a.at - b.at)) {
      if (reading.at > now + MINUTE || isClosed(utcDay(reading.at), entry)) {
        refused.push(reading)
        continue
      }
      close(utcDay(reading.at))
      entry = withReading(entry, reading)
    }
    close(utcDay(now))
    if (names.has(key as `${string}.${string}`)) metrics[key] = withRecent(entry, now)
  }
  for (const [key, some] of seen) if (!names.has(key)) refused.push(...some)
  return { metrics, days, refused }
}

export interface MetricsPass {
  /** What this writer knew after its last pass. */
  live: Live['metrics']
  readings: readonly MetricReading[]
  /** Every metric of the world. */
  listed: readonly { component: string; metric: string }[]
  now: Instant
}

export interface RecordedMetrics {
  metrics: NonNullable<Live['metrics']>
  /** By `<component>.<metric>`. */
  days: { metric: string; line: MetricDay }[]
  /** Values that were not taken: of a day that is written already, of the future, or of no metric that is listed. */
  refused: MetricReading[]
}

/** One value for each five minutes of a day: a line of 24 hours needs no more. */
const RECENT_STEP_S = (5 * MINUTE) / SECOND

function withReading(entry: LiveMetric, { at, value, why, pushed }: MetricReading): LiveMetric {
  const asked = pushed ? entry : { ...entry, asked_at: iso(at) }
  if (value === undefined) return { ...asked, why }
  const seconds = Math.floor(at / SECOND)
  const newest = entry.recent.at(-1)
  const sameStep =
    newest !== undefined && Math.floor(newest[0] / RECENT_STEP_S) === Math.floor(seconds / RECENT_STEP_S)
  const before = sameStep ? entry.recent.slice(0, -1) : entry.recent
  const last = parseInstant(entry.last?.at ?? '')
  return {
    ...asked,
    why: undefined,
    // What was pushed late does not stand above what is newer.
    last: last !== undefined && last > at ? entry.last : { at: iso(at), value },
    recent: newest !== undefined && newest[0] > seconds ? entry.recent : [...before, [seconds, value]],
    today: countValue(entry.today, at, value),
  }
}

function withRecent(entry: LiveMetric, now: Instant): LiveMetric {
  const from = (now - DAY) / SECOND
  return { ...entry, recent: entry.recent.filter(([seconds]) => seconds >= from) }
}

/** Whether a day's line is written, so that nothing can be counted into it any more. */
function isClosed(day: string, { today, last }: LiveMetric): boolean {
  return today ? day < today.d : last !== undefined && day <= last.at.slice(0, 10)
}
