import { latencySize } from './latency-path.ts'

/** What the drawing's edges stand for. Zero is among them, so that a small change does not look like a large one. */
export function seriesRange(values: readonly number[]): { top: number; bottom: number } {
  const top = Math.max(0, ...values)
  const bottom = Math.min(0, ...values)
  return { top: top === bottom ? 1 : top, bottom }
}

/**
 * Values over time as a path, oldest first; where two are further apart than `step`, there is a gap.
 * `points` are a time in any unit and a value, `step` a time in that unit.
 */
export function seriesPath(points: readonly (readonly [number, number])[], step: number): string {
  const start = points[0]?.[0] ?? 0
  const span = Math.max(step, (points.at(-1)?.[0] ?? 0) - start)
  const { top, bottom } = seriesRange(points.map(([, value]) => value))
  let before: number | undefined
  return points
    .map(([at, value]) => {
      const x = ((at - start) / span) * latencySize.width
      const y = 4 + ((top - value) / (top - bottom)) * (latencySize.height - 6)
      const joined = before !== undefined && at - before <= step
      before = at
      return `${joined ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}${joined ? '' : 'h.01'}`
    })
    .join('')
}
