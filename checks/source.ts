import type { Facts, Observation, ProbeContext } from './contract.ts'
import { firstRequest } from './http-request.ts'
import { follow } from './http.ts'

export type Unknown = Extract<Observation, { outcome: 'unknown' }>

/**
 * Asks a web address that speaks about the target and is not the target itself: a Prometheus, a registry, a status page.
 * When such a source does not answer, nothing was learned about the target, so every failure is `unknown`.
 */
export async function askSource(
  { url, method = 'GET', headers = {}, body }: SourceRequest,
  context: ProbeContext,
): Promise<{ facts: Facts } | { unknown: Unknown }> {
  const first = firstRequest({ http: url, method, headers, body })
  const asSource: ProbeContext = {
    ...context,
    waitFor: (step) => context.waitFor(step === 'name lookup' ? step : 'source'),
  }
  const seen = 'outcome' in first ? first : await follow(first, { redirects: REDIRECTS }, asSource)
  if (seen.outcome === 'answered') return { facts: seen.facts }
  return { unknown: { ...seen, outcome: 'unknown' } }
}

export interface SourceRequest {
  url: string
  method?: 'GET' | 'POST'
  headers?: Readonly<Record<string, string>>
  body?: string
}

const REDIRECTS = 5

/** That a source answered and cannot be used. `final`: asking again would not help. */
export function unusable(reason: string, code: string, { final = true } = {}): { unknown: Unknown } {
  return { unknown: { outcome: 'unknown', reason, code, final } }
}
