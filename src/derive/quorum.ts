import type { Check } from '../model/check.ts'
import { statuses, type Status } from '../model/status.ts'

/** Of how many vantage points that know, how many must agree. Never more than there are. */
export type Quorum = (voters: number) => number

/** ⌈(K+1)/2⌉ of K: more than half; of two, both. */
export const majority: Quorum = (voters) => Math.ceil((voters + 1) / 2)

/**
 * How many vantage points must agree about a component: as many as the strictest of its checks asks for, since a
 * writer's word is about all of them. A check without `quorum` asks for more than half. Where fewer know than are asked
 * for, all of them must agree: to call it unknown would let an outage go uncounted because a probe died beside it.
 */
export function quorumOf(checks: readonly Pick<Check, 'options'>[]): Quorum {
  if (checks.length === 0) return majority
  return (voters) =>
    Math.min(voters, Math.max(...checks.map(({ options }) => options.quorum ?? majority(voters))))
}

/**
 * The one rule by which several vantage points are one: a component is as bad as `quorum` of them agree that it is at
 * least. `running` holds how many see each status, without those that do not know; `unknown` when there are none.
 */
export function agreedStatus(running: ReadonlyMap<Status, number>, quorum: Quorum): Status {
  const voters = [...running.values()].reduce((sum, count) => sum + count, 0)
  const needed = quorum(voters)
  let agreeing = 0
  for (const [status, count] of [...running].toSorted(([a], [b]) => statuses[b].rank - statuses[a].rank)) {
    agreeing += count
    if (agreeing >= needed) return status
  }
  return 'unknown'
}

/** How many see each status, of those that know. */
export function countOf(some: Iterable<Status>): Map<Status, number> {
  const counts = new Map<Status, number>()
  for (const status of some) if (status !== 'unknown') counts.set(status, (counts.get(status) ?? 0) + 1)
  return counts
}
