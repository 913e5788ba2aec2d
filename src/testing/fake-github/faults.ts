import type { OperationId } from './operations.ts'

/** Trouble to come. Each is used `times` times (once where left out) by the next requests that it fits. */
export type Fault = {
  /** Only requests for this operation; any where left out. */
  operation?: OperationId | 'graphql'
  times?: number
  /** The request takes effect although the caller never learns of it: a lost answer. */
  takesEffect?: boolean
} & (
  | { kind: 'status'; status: number }
  | { kind: 'reset' }
  | { kind: 'latency'; milliseconds: number }
  /** 403 or 429 with `retry-after`, as GitHub answers too many requests at once. */
  | { kind: 'secondary limit'; status?: 403 | 429; retryAfterSeconds?: number }
  /** The hour's requests are used up; `resetsInSeconds` from the answer's own `date`. */
  | { kind: 'primary limit'; resetsInSeconds: number }
)

/** Takes the first fault that fits, and counts it down. */
export function takeFault(faults: Fault[], operation: string | undefined): Fault | undefined {
  const index = faults.findIndex((fault) => fault.operation === undefined || fault.operation === operation)
  const fault = faults[index]
  if (!fault) return undefined
  const left = (fault.times ?? 1) - 1
  faults.splice(index, 1, ...(left > 0 ? [{ ...fault, times: left }] : []))
  return fault
}

/** What a fault answers in place of the real answer; `undefined` for those that are no answer. */
export function faultAnswer(
  fault: Fault,
): { status: number; headers: Record<string, string>; body: object } | undefined {
  const docs = 'https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api'
  if (fault.kind === 'status') return { status: fault.status, headers: {}, body: { message: 'Server Error' } }
  if (fault.kind === 'secondary limit') {
    const message =
      'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.'
    const headers: Record<string, string> =
      fault.retryAfterSeconds === undefined ? {} : { 'retry-after': String(fault.retryAfterSeconds) }
    return { status: fault.status ?? 403, headers, body: { message, documentation_url: docs } }
  }
  if (fault.kind === 'primary limit') {
    const date = Date.UTC(2026, 0, 1)
    return {
      status: 403,
      headers: {
        date: new Date(date).toUTCString(),
        'x-ratelimit-limit': '1000',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(date / 1000 + fault.resetsInSeconds),
      },
      body: { message: 'API rate limit exceeded for installation ID 1.', documentation_url: docs },
    }
  }
  return undefined
}
