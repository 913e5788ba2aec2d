import type { SampleState } from '../model/check.ts'
import type { Status } from '../model/status.ts'

/**
 * A component's status from what its checks saw in one pass. A check that could not tell is left out while others can:
 * all down is a major outage, some down a partial one, else any degraded is degraded. `unknown` when no check could tell.
 */
export function measuredStatus(samples: readonly { state: SampleState }[]): Status {
  const told = samples.filter(({ state }) => state !== 'unknown')
  if (told.length === 0) return 'unknown'
  const down = told.filter(({ state }) => state === 'down').length
  if (down === told.length) return 'major_outage'
  if (down > 0) return 'partial_outage'
  return told.some(({ state }) => state === 'degraded') ? 'degraded' : 'operational'
}
