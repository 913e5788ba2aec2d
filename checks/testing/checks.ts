import { checkKinds, type Check, type CheckKind, type Sample } from '../../src/model/check.ts'
import { parseCondition, type Condition } from '../../src/model/condition.ts'
import { runChecks, type RunOptions } from '../run-checks.ts'

/** The moment of every test: 2026-11-21T12:00:00Z. */
export const NOW = Date.UTC(2026, 10, 21, 12)

/** A check as `components.yaml` would make it, without retries unless it says so. */
export function makeCheck<K extends CheckKind>(
  kind: K,
  written: Record<string, unknown>,
  id = 'api/0',
): Check<K> {
  const options = checkKinds[kind].options.parse({ retries: 0, ...written }) as Check<K>['options']
  return {
    id,
    component: id.split('/')[0] ?? id,
    kind,
    options,
    conditions: options.expect.map(conditionOf),
    degradedUnless: options.degraded_unless.map(conditionOf),
  }
}

export function conditionOf(text: string): Condition {
  const result = parseCondition(text)
  if ('error' in result) throw new Error(`${text}: ${result.error}`)
  return result.condition
}

/** Runs one check against loopback, with retries that do not wait. */
export async function sampleOf(check: Check, options: Partial<RunOptions> = {}): Promise<Sample> {
  const [sample] = await runChecks([check], { ...testing, ...options })
  if (!sample) throw new Error('no sample')
  return sample
}

export const testing = {
  env: {},
  now: () => NOW,
  retryDelaysMs: [0],
  allowPrivate: true,
} satisfies RunOptions
