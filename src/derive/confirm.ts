import type { LiveComponent } from '../model/history.ts'
import { statuses, type Status } from '../model/status.ts'

export type Pending = NonNullable<LiveComponent['pending']>
export type Seen = Pending['seen'][number]

/** A change that enough passes have agreed on. */
export interface ConfirmedChange extends Omit<Seen, 't' | 'status'> {
  to: Status
  t_before?: string
  t_after: string
}

/**
 * What one more pass does to a component's status. A change counts once `confirm` passes in a row differ from the
 * present status and lie on the same side of it. It is then a change to the status nearest to the present one among
 * those passes, the least that all of them agree on, booked back to the first of them; what goes beyond it stays
 * pending. With `confirm` 2: operational, degraded, major is degraded from the first of the two and perhaps major
 * from the second; major, operational, degraded is degraded. Out of `unknown` no status can be better than
 * operational, so one operational pass is enough.
 *
 * `before` is the time of the last sample before this one, absent when there was none.
 */
export function confirmChange(
  status: Status,
  pending: Pending | undefined,
  before: string | undefined,
  seen: Seen,
  confirm: number,
): { pending?: Pending; change?: ConfirmedChange } {
  if (seen.status === status) return {}
  const run =
    pending && sameSide(status, pending.status, seen.status) ? pending : { t_before: before, seen: [] }
  const passes = [...run.seen, seen]
  const to = nearest(status, passes)
  const agreed = passes.length >= confirm || (status === 'unknown' && to === 'operational')
  if (!agreed) return { pending: { status: to, t_before: run.t_before, seen: passes } }

  const [first = seen] = passes
  const { why, code, ms } = passes.find((pass) => pass.status === to) ?? seen
  const change = { to, t_before: run.t_before, t_after: first.t, why, code, ms }
  const lastAgreeing = passes.findLastIndex((pass) => pass.status === to)
  const beyond = passes.slice(lastAgreeing + 1)
  if (beyond.length === 0) return { change }
  return { change, pending: { status: nearest(to, beyond), t_before: passes[lastAgreeing]?.t, seen: beyond } }
}

function sameSide(present: Status, a: Status, b: Status): boolean {
  return present === 'unknown' || Math.sign(distance(present, a)) === Math.sign(distance(present, b))
}

function nearest(present: Status, passes: readonly Seen[]): Status {
  return passes
    .map(({ status }) => status)
    .reduce((a, b) => (Math.abs(distance(present, b)) < Math.abs(distance(present, a)) ? b : a))
}

function distance(from: Status, to: Status): number {
  return statuses[to].rank - statuses[from].rank
}
