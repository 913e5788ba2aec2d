import type { Component } from '../model/component.ts'
import type { Live } from '../model/history.ts'
import { metricKey, type Metric } from '../model/metric.ts'
import { parseInstant, type Instant } from '../model/time.ts'

/**
 * The metrics to ask for in a pass: those that were not asked for within their `every`, less half a turn of the loop, so
 * that a turn that comes a little early is not let go by. What is pushed is not asked for.
 */
export function dueMetrics(
  components: readonly Component[],
  { live, now, intervalMs }: { live: Live | undefined; now: Instant; intervalMs: number },
): { component: string; metric: Metric }[] {
  return components.flatMap(({ id: component, metrics }) =>
    metrics
      .filter((metric) => {
        if (metric.push) return false
        const asked = parseInstant(live?.metrics?.[metricKey(component, metric.id)]?.asked_at ?? '')
        return asked === undefined || now < asked || now - asked >= metric.every - intervalMs / 2
      })
      .map((metric) => ({ component, metric })),
  )
}
