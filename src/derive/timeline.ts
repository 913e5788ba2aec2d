import type { Component } from '../model/component.ts'
import type { Instant } from '../model/time.ts'
import type { World } from '../model/world.ts'
import { declaredTimeline } from './declared-timeline.ts'
import { flatten, type Span, type Timeline } from './interval.ts'
import { measuredTimeline } from './measured-timeline.ts'
import { excusedWindows, withMaintenance } from './planned-work.ts'

/**
 * The one timeline that a component's strip and figures are made from, and which log it comes from: `measured` where
 * it has checks or any history, so that a figure is never better than the measurements; else `declared`. Nothing is
 * known before `component.since`; a declared log without one begins with the earliest incident of the world.
 * Covers `window`, whose end must not lie in the future.
 */
export function componentTimeline(world: World, component: Component, window: Span): ComponentTimeline {
  const source = isMeasured(world, component) ? 'measured' : 'declared'
  const since = source === 'measured' ? component.since : (component.since ?? earliestStart(world))
  const known = { from: Math.max(window.from, since ?? window.from), to: window.to }
  const log = logs[source](world, component, known, since)
  const timeline = flatten(log, window, (running) => running.keys().next().value ?? 'unknown')
  if (!world.site.uptime.exclude_maintenance) return { source, timeline }
  return { source, timeline: withMaintenance(timeline, excusedWindows(component.id, world.maintenance)) }
}

export interface ComponentTimeline {
  source: 'measured' | 'declared'
  timeline: Timeline
}

const logs = {
  measured: (world, { id }, known) =>
    measuredTimeline(id, world.history[id], world.live, {
      ...known,
      intervalMs: world.site.history.interval,
    }),
  declared: (world, { id }, { from, to }, since) =>
    since === undefined || from >= to ? [] : declaredTimeline(id, world.incidents, { since: from, to }),
} as const satisfies Record<
  ComponentTimeline['source'],
  (world: World, component: Component, known: Span, since: Instant | undefined) => Timeline
>

function isMeasured({ history }: World, { id, checks }: Component): boolean {
  const past = history[id]
  return checks.length > 0 || (past !== undefined && past.transitions.length + past.rollups.length > 0)
}

/** Announcements and retracted incidents too: the log was kept by then. Incidents are in order, newest first. */
function earliestStart({ incidents }: World): Instant | undefined {
  return incidents.at(-1)?.startedAt
}
