import { isTrouble, worstStatus } from '../model/status.ts'
import type { Interval, Timeline } from './interval.ts'

/**
 * Both signals as one account: at each moment the worse of the two counts. Where measuring is unknown, trouble that was
 * declared counts, and otherwise the time stays unknown. A declaration never makes measured downtime vanish: only a
 * correction does. Both timelines cover the same window.
 */
export function reconciled(measured: Timeline, declared: Timeline): Timeline {
  const timeline: Timeline = []
  let [m, d] = [0, 0]
  for (;;) {
    const [seen, said] = [measured[m], declared[d]]
    if (!seen || !said) return timeline
    const to = Math.min(seen.to, said.to)
    const status = isTrouble(said.status) ? worstStatus([seen.status, said.status]) : seen.status
    append(timeline, { from: Math.max(seen.from, said.from), to, status })
    if (seen.to === to) m++
    if (said.to === to) d++
  }
}

function append(timeline: Timeline, next: Interval): void {
  const last = timeline.at(-1)
  if (last?.status === next.status) last.to = next.to
  else timeline.push(next)
}
