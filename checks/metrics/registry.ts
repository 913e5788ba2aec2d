import type { MetricRequest, MetricSource } from '../../src/model/metric.ts'
import type { ProbeContext } from '../contract.ts'
import type { Unknown } from '../source.ts'

/** A source that is asked for a metric's value. What is pushed is handed over, and not asked for. */
export type AskedSource = Exclude<MetricSource, 'push'>

export type AskMetric<S extends AskedSource> = (
  request: MetricRequest<S>,
  context: ProbeContext,
) => Promise<{ value: number } | { unknown: Unknown }>

/** Every source that is asked, loaded when a metric first needs it. */
export const metricAskers = {
  prometheus: async () => (await import('./prometheus.ts')).prometheusMetric,
  json: async () => (await import('./json.ts')).jsonMetric,
} satisfies { [S in AskedSource]: () => Promise<AskMetric<S>> }
