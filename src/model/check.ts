import type { z } from 'zod'
import { checkKinds } from './check-kinds/index.ts'
import type { Condition, ConditionSubject } from './condition.ts'
import type { Instant } from './time.ts'

export { checkKinds }

export type CheckKind = keyof typeof checkKinds
export const checkKindNames = Object.keys(checkKinds) as CheckKind[]

/** A check as `components.yaml` has it, after defaults; durations in milliseconds. */
export type CheckOptions<K extends CheckKind = CheckKind> = z.output<(typeof checkKinds)[K]['options']>

/** A check that can be made: its options, its conditions parsed, and who it belongs to. */
export interface Check<K extends CheckKind = CheckKind> {
  /** `api/0`: the component and the check's place in its list. */
  id: string
  component: string
  kind: K
  options: CheckOptions<K>
  /** What must hold, or it is down. */
  conditions: Condition[]
  /** What must hold, or it is degraded. */
  degradedUnless: Condition[]
}

/** What a check can conclude. `unknown`: the checker itself failed, so nothing is known about the target. */
export type SampleState = 'up' | 'degraded' | 'down' | 'unknown'

/** What one check saw in one pass. */
export interface Sample {
  check: string
  component: string
  at: Instant
  state: SampleState
  /** How long the answer took. Absent when there was none. */
  latencyMs?: number
  /** Why it is not up, in words, with the value found: `status is 503, expected 200`. Never holds a secret or an answer's body. */
  reason?: string
  /** A short machine word for the reason: `http_503`, `ECONNREFUSED`, `timeout`, `certificate`. */
  code?: string
}

/** Why a condition cannot be asked of a kind of check (`a tcp check has no status …`), or `undefined` when it can. */
export function conditionMisfit(condition: Condition, kind: CheckKind): string | undefined {
  const known: readonly ConditionSubject[] = checkKinds[kind].subjects
  if (known.includes(condition.subject)) return undefined
  if (known.length === 0) return `a check of kind ${kind} takes no conditions`
  return `a ${kind} check has no ${condition.subject}; its conditions can be about ${known.join(' and ')}`
}
