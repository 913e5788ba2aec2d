import type { ComponentView } from '../derive/views.ts'
import { DAY } from '../model/time.ts'

/** The drawing's size in its own units; wide enough that a day is a few of them. */
export const latencySize = { width: 359, height: 72 }

/** What the drawing's upper edge stands for, in ms. */
export function latencyTop(days: ComponentView['latency']): number {
  return Math.max(1, ...days.map(({ p95 }) => p95))
}

/**
 * A percentile over the measured days as a path, oldest at the start. Days that were not measured are gaps. The top is
 * the slowest 95th percentile, the bottom zero, so that a small change does not look like a large one.
 */
export function latencyPath(days: ComponentView['latency'], percentile: 'p50' | 'p95'): string {
  const oldest = days.at(-1)
  const newest = days[0]
  if (!oldest || !newest) return ''
  const start = Date.parse(oldest.day)
  const span = Math.max(1, (Date.parse(newest.day) - start) / DAY)
  const top = latencyTop(days)
  let before: number | undefined
  return [...days]
    .reverse()
    .map((day) => {
      const at = (Date.parse(day.day) - start) / DAY
      const x = (at / span) * latencySize.width
      const y = latencySize.height - 2 - (day[percentile] / top) * (latencySize.height - 6)
      const joined = before !== undefined && at - before === 1
      before = at
      return `${joined ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}${joined ? '' : 'h.01'}`
    })
    .join('')
}
