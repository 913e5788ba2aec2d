import type { Status } from '../model/status.ts'
import type { Instant } from '../model/time.ts'

/** From `from` on, up to but without `to`. */
export interface Span {
  from: Instant
  to: Instant
}

export interface Interval extends Span {
  status: Status
}

/**
 * Intervals that touch, in order, without gaps or overlaps; no two neighbours have the same status, and none is
 * empty. Covers a window from its first instant to its last.
 */
export type Timeline = Interval[]

/**
 * Flattens overlapping spans to one timeline of `window`. `pick` decides what holds from how many spans of each
 * status are running; none is in the map when none is. Time: n log n in the number of spans.
 */
export function flatten(
  spans: Iterable<Interval>,
  window: Span,
  pick: (running: ReadonlyMap<Status, number>) => Status,
): Timeline {
  const edges: { at: Instant; status: Status; step: 1 | -1 }[] = []
  for (const { from, to, status } of spans) {
    const begin = Math.max(from, window.from)
    const end = Math.min(to, window.to)
    if (begin < end) edges.push({ at: begin, status, step: 1 }, { at: end, status, step: -1 })
  }
  edges.sort((a, b) => a.at - b.at)

  const running = new Map<Status, number>()
  const timeline: Timeline = []
  let at = window.from
  for (const edge of edges) {
    if (edge.at > at) append(timeline, { from: at, to: edge.at, status: pick(running) })
    at = edge.at
    const count = (running.get(edge.status) ?? 0) + edge.step
    if (count === 0) running.delete(edge.status)
    else running.set(edge.status, count)
  }
  if (at < window.to) append(timeline, { from: at, to: window.to, status: pick(running) })
  return timeline
}

/** The intervals that lie in a window at least in part, found by halving: a month is a small part of a long record. */
export function during(timeline: Timeline, window: Span): Timeline {
  return timeline.slice(
    firstIndex(timeline, ({ to }) => to > window.from),
    firstIndex(timeline, ({ from }) => from >= window.to),
  )
}

/** A timeline from the start of a window to its end. */
export function clip(timeline: Timeline, window: Span): Timeline {
  return during(timeline, window).map(({ from, to, status }) => ({
    from: Math.max(from, window.from),
    to: Math.min(to, window.to),
    status,
  }))
}

/** Where the first interval stands that has what all later ones have too. */
function firstIndex(timeline: Timeline, has: (interval: Interval) => boolean): number {
  let [low, high] = [0, timeline.length]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const interval = timeline[middle]
    if (interval && has(interval)) high = middle
    else low = middle + 1
  }
  return low
}

function append(timeline: Timeline, next: Interval): void {
  const last = timeline.at(-1)
  if (last?.status === next.status) last.to = next.to
  else timeline.push(next)
}
