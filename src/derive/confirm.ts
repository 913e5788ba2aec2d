import type { LiveComponent } from '../model/history.ts'
import { statuses, type Status } from '../model/status.ts'
import { MINUTE } from '../model/time.ts'

export type Pending = NonNullable<LiveComponent['pending']>
export type Seen = Pending['seen'][number]

/** A change that enough passes have agreed on, times as they stand in a line. */
export interface ConfirmedChange extends Omit<Seen, 't' | 'status' | 'pause'> {
  to: Status
  t_before?: string
  t_after: string
}

/**
 * What one more pass does to a component's status. A change counts once `confirm` passes in a row differ from the
 * present status and lie on the same side of it. It is then a change to the status nearest to the present one among
 * those passes, the least that all of them agree on, booked back to the first of them; what goes beyond it stays
 * pending. With `confirm` 2: operational, degraded, major is degraded from the first of the two and perhaps major
 * from the second; major, operational, degraded is degraded.
 *
 * Out of `unknown` two things need one pass only: operational, since nothing is better, and what the component was
 * before measuring paused. Trouble that is seen but once before each of several pauses is confirmed all the same, each
 * pass speaking for half an interval around it; when a pass after a pause says operational, what was seen before the
 * pause stays unknown.
 *
 * `before` is the time of the last sample before this one, absent when there was none.
 */
export function confirmChange(
  { status, pending, before_pause }: Pick<LiveComponent, 'status' | 'pending' | 'before_pause'>,
  before: string | undefined,
  seen: Seen,
  confirm: number,
): { changes: ConfirmedChange[]; pending?: Pending } {
  if (seen.status === status) return { changes: [] }
  const run =
    pending && sameSide(status, pending.status, seen.status) ? pending : { t_before: before, seen: [] }
  const passes = [...run.seen, seen]
  const to = nearest(status, passes)
  if (status === 'unknown' && to === 'operational') {
    const start = passes.findLastIndex(({ pause }) => pause)
    return start < 1
      ? book(to, run.t_before, passes)
      : book(to, passes[start]?.pause?.ends, passes.slice(start))
  }
  const asBefore = status === 'unknown' && passes.length === 1 && to === before_pause
  if (asBefore || passes.length >= confirm) return book(to, run.t_before, passes)
  return { changes: [], pending: { status: to, t_before: run.t_before, seen: passes } }
}

/** The change to `unknown` of a pause: half an interval after the last pass, since `due` is one interval after it. */
export function goneUnknown(last: string, due: string, next: string): ConfirmedChange {
  const minutes = Math.floor((Date.parse(next) - Date.parse(last)) / MINUTE)
  const why = `nothing was measured for ${minutes} minutes`
  return { to: 'unknown', t_before: last, t_after: due, why, code: 'gap' }
}

/** Books a run of passes as `to`, in pieces where measuring paused in between; what goes beyond it stays pending. */
function book(
  to: Status,
  t_before: string | undefined,
  passes: readonly Seen[],
): ReturnType<typeof confirmChange> {
  const lastAgreeing = passes.findLastIndex((pass) => pass.status === to)
  const changes: ConfirmedChange[] = []
  let last: Seen | undefined
  for (const [i, pass] of passes.entries()) {
    if (last && pass.pause) changes.push(goneUnknown(last.t, pass.pause.begins, pass.t))
    if (i > lastAgreeing) {
      // A pause among what goes beyond ends what is booked here, too: after it, nothing but the passes since is known.
      const again = pass.pause ? -1 : passes.findIndex(({ pause }, each) => each > i && pause)
      const [before, after] = [passes[again - 1], passes[again]]
      if (before && after?.pause) {
        changes.push(goneUnknown(before.t, after.pause.begins, after.t))
        const since = passes.slice(again)
        return {
          changes,
          pending: { status: nearest('unknown', since), t_before: after.pause.ends, seen: since },
        }
      }
      const beyond = passes.slice(i)
      const pending = { status: nearest(to, beyond), t_before: pass.pause?.ends ?? last?.t, seen: beyond }
      return { changes, pending }
    }
    if (!last || pass.pause) {
      const { why, code, ms } = passes.slice(i).find((each) => each.status === to) ?? pass
      changes.push({ to, t_before: last ? pass.pause?.ends : t_before, t_after: pass.t, why, code, ms })
    }
    last = pass
  }
  return { changes }
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
