import { queryPrometheus } from '../prometheus-query.ts'
import { unusable } from '../source.ts'
import type { AskMetric } from './registry.ts'

/** The first series of an instant query. An infinite value cannot be drawn, and is none. */
export const prometheusMetric: AskMetric<'prometheus'> = async (request, context) => {
  const result = await queryPrometheus(request, context)
  if ('unknown' in result) return result
  if (result.rows === 0) return unusable('the query gives no series', 'no_series')
  if (result.value === undefined) return unusable('the value is not a number', 'nan')
  return Number.isFinite(result.value)
    ? { value: result.value }
    : unusable('the value is infinite', 'infinite')
}
