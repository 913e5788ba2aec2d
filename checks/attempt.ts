import type { CheckKind, CheckOptions } from '../src/model/check.ts'
import type { Observation, Pass, Probe, Step } from './contract.ts'
import type { Stop } from './stop.ts'
import { durationWords } from './words.ts'

/**
 * Asks once, under one deadline for all of it. The deadline does not wait for the probe: one that hangs in a place that
 * cannot be interrupted, such as the system's name lookup, is left behind.
 */
export function attempt<K extends CheckKind>(
  probe: Probe<K>,
  options: CheckOptions<K>,
  { number, pass, stop, check }: { number: number; pass: Pass; stop: Stop; check?: string },
): Promise<{ observation: Observation; latencyMs: number }> {
  const { timeout }: { timeout: number } = options
  const attempt = new AbortController()
  let step: Step = 'answer'
  const waitFor = (next: Step) => {
    step = next
  }

  return new Promise((resolve) => {
    const started = performance.now()
    const end = (observation: Observation) => {
      clearTimeout(deadline)
      stop.forget(stopped)
      resolve({ observation, latencyMs: performance.now() - started })
    }
    const endEarly = (observation: Observation) => {
      end(observation)
      attempt.abort()
    }
    const stopped = () =>
      endEarly({ outcome: 'unknown', reason: 'the pass was stopped', code: 'stopped', final: true })
    const deadline = setTimeout(() => endEarly(timedOut[step](durationWords(timeout))), timeout)
    stop.whenItHappens(stopped)
    probe
      .ask(options, { signal: attempt.signal, attempt: number, check, pass, waitFor })
      .then(end, (error: unknown) => {
        const message = error instanceof Error ? error.message : String(error)
        end({ outcome: 'unknown', reason: `the prober failed: ${message}`, code: 'prober' })
      })
  })
}

const slow = (reason: string): Observation => ({ outcome: 'failed', reason, code: 'timeout' })

const timedOut = {
  'name lookup': (limit) => ({
    outcome: 'unknown',
    reason: `this prober's name resolver did not answer within ${limit}`,
    code: 'lookup_timeout',
  }),
  'start of the script': (limit) => ({
    outcome: 'unknown',
    reason: `the script was not loaded within ${limit}`,
    code: 'script',
  }),
  connection: (limit) => slow(`no connection within ${limit}`),
  'TLS handshake': (limit) => slow(`the TLS handshake was not complete within ${limit}`),
  answer: (limit) => slow(`no answer within ${limit}`),
  'rest of the answer': (limit) => slow(`the answer was not complete within ${limit}`),
  source: (limit) => ({
    outcome: 'unknown',
    reason: `who was asked about it did not answer within ${limit}`,
    code: 'source_timeout',
  }),
} satisfies Record<Step, (limit: string) => Observation>
