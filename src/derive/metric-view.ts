import { metricKey, type Metric, type MetricDay } from '../model/metric.ts'
import { DAY, MINUTE, parseInstant, SECOND, utcDay, type Instant } from '../model/time.ts'
import type { World } from '../model/world.ts'
import { metricDay } from './metric-day.ts'
import { trendOf } from './trend.ts'
import type { MetricView } from './views.ts'

/** One metric of a component: its newest value, its last 24 hours, its last 90 days, and where it goes. */
export function metricView(world: World, component: string, metric: Metric, now: Instant): MetricView {
  const key = metricKey(component, metric.id)
  const entries = world.live.flatMap(({ metrics }) => metrics?.[key] ?? [])
  // With several vantage points, what the one says that saw it last: values of different places are not to be mixed.
  const newest = entries.toSorted((a, b) => timeOf(b.last?.at) - timeOf(a.last?.at))[0]
  const at = timeOf(newest?.last?.at)
  const fresh = newest?.last && at <= now + MINUTE && now - at <= staleAfter(metric)
  const days = daysOf(world, key, newest?.today && metricDay(newest.today), now)
  const trend = trendOf(days, now, meanOf)
  return {
    id: metric.id,
    name: metric.name,
    ...(metric.unit !== undefined && { unit: metric.unit }),
    ...(fresh &&
      newest.last && { latest: { value: newest.last.value, at, state: stateOf(metric, newest.last.value) } }),
    recent: (newest?.recent ?? []).flatMap(([seconds, value]): [Instant, number][] => {
      const moment = seconds * SECOND
      return moment > now - DAY && moment <= now ? [[moment, value]] : []
    }),
    days: days.map(({ d, n, min, avg, max, p95 }) => ({ day: d, n, min, avg, max, p95 })).reverse(),
    ...(trend !== undefined && { trend }),
  }
}

/** What is pushed has no beat of its own; a day without a push is no news. */
function staleAfter({ push, every }: Metric): number {
  return push ? DAY : Math.max(3 * every, 10 * MINUTE)
}

function stateOf({ warn_over, crit_over, warn_under, crit_under }: Metric, value: number) {
  if ((crit_over !== undefined && value > crit_over) || (crit_under !== undefined && value < crit_under))
    return 'crit'
  if ((warn_over !== undefined && value > warn_over) || (warn_under !== undefined && value < warn_under))
    return 'warn'
  return [warn_over, crit_over, warn_under, crit_under].some((limit) => limit !== undefined) ? 'well' : 'none'
}

/** Of the last 90 days, oldest first; each once, by the first vantage point that has it. */
function daysOf(world: World, key: string, today: MetricDay | undefined, now: Instant): MetricDay[] {
  const since = utcDay(now - 89 * DAY)
  const days = new Map<string, MetricDay>()
  for (const day of [...(world.metrics[key] ?? []), ...(today ? [today] : [])])
    if (day.d >= since && day.d <= utcDay(now) && !days.has(day.d)) days.set(day.d, day)
  return [...days.values()].sort((a, b) => (a.d < b.d ? -1 : 1))
}

/** Each value counts alike, so that a day with one of them does not weigh as much as one with a thousand. */
function meanOf(days: MetricDay[]): number | undefined {
  const n = days.reduce((sum, day) => sum + day.n, 0)
  return n === 0 ? undefined : days.reduce((sum, day) => sum + day.avg * day.n, 0) / n
}

function timeOf(stamp: string | undefined): Instant {
  return parseInstant(stamp ?? '') ?? -Infinity
}
