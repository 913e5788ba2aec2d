import type { Probe } from './contract.ts'
import { queryPrometheus } from './prometheus-query.ts'

/** Asks a Prometheus what it measured. It is the instrument and not the target: when it fails, nothing is known. */
export const prometheus: Probe<'prometheus'> = {
  kind: 'prometheus',
  takesEnv: ['prometheus', 'headers'],
  async ask({ prometheus: url, query, headers, expect }, context) {
    const result = await queryPrometheus({ url, query, headers }, context)
    if ('unknown' in result) return result.unknown
    // `value != 1` would hold of nothing. Whoever counts the series has said what none of them means.
    const countsSeries = expect.some((line) => /^\s*rows\b/.test(line))
    if (result.value === undefined && !countsSeries) {
      const [reason, code] =
        result.rows === 0 ? ['the query gives no series', 'no_series'] : ['the value is not a number', 'nan']
      return { outcome: 'unknown', reason, code, final: true }
    }
    return { outcome: 'answered', facts: result, latencyMs: 'none' }
  },
}
