import type { Check, SampleState } from '../src/model/check.ts'
import { evaluate, type Evidence } from './conditions.ts'
import type { Finding } from './contract.ts'
import { durationWords } from './words.ts'

/** What an answer is worth: `up`, or the worst of what is wrong with it and why. */
export type Verdict = { state: 'up' } | Finding

/** Holds an answer against a check's conditions and thresholds; `said` is what the answer says is wrong itself. */
export function judge(
  { conditions, degradedUnless, options }: Check,
  evidence: Evidence,
  said?: Finding,
): Verdict {
  const findings = [
    ...(said ? [said] : []),
    ...statusByDefault(conditions, evidence),
    ...conditions.flatMap((condition) => evaluate(condition, evidence) ?? []),
    ...degradedUnless.flatMap((condition) => milder(evaluate(condition, evidence)) ?? []),
    ...tooSlow(options, evidence.latencyMs),
  ]
  const worst = findings.reduce<SampleState>(
    (state, one) => (rank[one.state] > rank[state] ? one.state : state),
    'up',
  )
  const [first, ...others] = findings.filter((one) => one.state === worst)
  if (!first) return { state: 'up' }
  return { ...first, reason: [first, ...others].map((one) => one.reason).join('; ') }
}

function milder(finding: Finding | undefined): Finding | undefined {
  return finding?.state === 'down' ? { ...finding, state: 'degraded' } : finding
}

/** A condition that cannot be decided hides a slow answer, but not one that is known to be wrong. */
const rank: Record<SampleState, number> = { up: 0, degraded: 1, unknown: 2, down: 3 }

/** A web answer without a condition on its status is well from 200 to 399. */
function statusByDefault(conditions: Check['conditions'], { facts: { status } }: Evidence): Finding[] {
  if (status === undefined || conditions.some(({ subject }) => subject === 'status')) return []
  if (status >= 200 && status <= 399) return []
  return [{ state: 'down', reason: `status is ${status}, expected 200 to 399`, code: `http_${status}` }]
}

function tooSlow({ degraded_over, down_over }: Check['options'], latencyMs: number | undefined): Finding[] {
  if (latencyMs === undefined) return []
  const reason = (limit: number) => `latency is ${durationWords(latencyMs)}, over ${durationWords(limit)}`
  if (down_over !== undefined && latencyMs > down_over) {
    return [{ state: 'down', reason: reason(down_over), code: 'latency' }]
  }
  if (degraded_over !== undefined && latencyMs > degraded_over) {
    return [{ state: 'degraded', reason: reason(degraded_over), code: 'latency' }]
  }
  return []
}
