import type { Component } from '../model/component.ts'
import type { Instant } from '../model/time.ts'
import type { World } from '../model/world.ts'
import { declaredEvidence, declaredTimeline } from './declared-timeline.ts'
import type { Evidence } from './evidence.ts'
import { flatten, type Span, type Timeline } from './interval.ts'
import { heard, measuredEvidence, measuredTimeline, type Looking } from './measured-timeline.ts'
import { excusedWindows, withMaintenance } from './planned-work.ts'
import { quorumOf } from './quorum.ts'
import { reconciled } from './reconciled.ts'

/** From which signal an account is made. `reconciled` is both: see {@link reconciled}. */
export const signals = ['measured', 'declared', 'reconciled'] as const
export type Signal = (typeof signals)[number]

/**
 * The one timeline that a component's strip and figures are made from, and which signal it comes from: `measured` where
 * it has checks or any history, so that a figure is never better than the measurements; else `declared`. Nothing is
 * known before `component.since`; a declared log without one begins with the earliest incident of the world.
 * Covers `window`, whose end must not lie in the future. `by` asks for another signal than the component's own.
 */
export function componentTimeline(
  world: World,
  component: Component,
  window: Span,
  { by = headlineSignal(world, component), writers }: Account = {},
): ComponentTimeline {
  const timeline = timelines[by]({ world, component, window, writers })
  if (!world.site.uptime.exclude_maintenance) return { source: by, timeline }
  return { source: by, timeline: withMaintenance(timeline, excusedWindows(component.id, world.maintenance)) }
}

export interface ComponentTimeline {
  source: Signal
  timeline: Timeline
}

/** Which account is asked for. */
export interface Account {
  by?: Signal
  /** Only what these vantage points saw; all of them where it is left out. */
  writers?: ReadonlySet<string> | undefined
}

/** The signal that a component's headline is made from. */
export function headlineSignal(world: World, component: Component): 'measured' | 'declared' {
  return isMeasured(world, component) ? 'measured' : 'declared'
}

/** Everything that was said of a component by `now` in the signals that an account is made from, in no order. */
export function componentEvidence(
  world: World,
  component: Component,
  now: Instant,
  { by = headlineSignal(world, component), writers }: Account = {},
): Evidence[] {
  const measured = by !== 'declared' ? heard(measuredEvidence(...looked(world, component, writers)), now) : []
  const declared = by !== 'measured' ? declaredEvidence(component.id, world.incidents) : []
  return [...measured, ...declared]
}

/** Since when anything counts in an account of a component; from all eternity where nothing says. */
export function knownSince(world: World, component: Component, by: Signal): Instant {
  const declared = by === 'declared' || !isMeasured(world, component)
  return component.since ?? (declared ? (earliestStart(world) ?? Infinity) : -Infinity)
}

const timelines: Record<Signal, (asked: Asked) => Timeline> = {
  measured: ({ world, component, window, writers }) =>
    isMeasured(world, component)
      ? from(component.since, window, (known) => {
          const [id, history, live, looking] = looked(world, component, writers)
          return measuredTimeline(id, history, live, { ...known, ...looking })
        })
      : nothingKnown(window),
  declared: ({ world, component, window }) => {
    const since = component.since ?? earliestStart(world)
    if (since === undefined) return nothingKnown(window)
    return from(since, window, ({ from: begin, to }) =>
      declaredTimeline(component.id, world.incidents, { since: begin, to }),
    )
  },
  reconciled: (asked) =>
    isMeasured(asked.world, asked.component)
      ? reconciled(timelines.measured(asked), timelines.declared(asked))
      : timelines.declared(asked),
}

interface Asked {
  world: World
  component: Component
  window: Span
  writers: Account['writers']
}

/** A timeline that says nothing of the time before a moment. */
function from(since: Instant | undefined, window: Span, known: (span: Span) => Timeline): Timeline {
  if (since === undefined || since <= window.from) return known(window)
  if (since >= window.to) return nothingKnown(window)
  const rest = known({ from: since, to: window.to })
  const [first] = rest
  if (first?.status === 'unknown') return [{ ...first, from: window.from }, ...rest.slice(1)]
  return [{ from: window.from, to: since, status: 'unknown' }, ...rest]
}

function nothingKnown(window: Span): Timeline {
  return flatten([], window, () => 'unknown')
}

function looked(
  { history, live, site, corrections }: World,
  { id, checks }: Component,
  writers: Account['writers'],
) {
  const own = corrections.filter(({ components }) => components.includes(id))
  const quorum = quorumOf(checks)
  const looking: Looking = { intervalMs: site.history.interval, corrections: own, writers, quorum }
  return [id, history[id], live, looking] as const
}

function isMeasured({ history }: World, { id, checks }: Component): boolean {
  const past = history[id]
  return checks.length > 0 || (past !== undefined && past.transitions.length + past.rollups.length > 0)
}

/** Announcements and retracted incidents too: the log was kept by then. Incidents are in order, newest first. */
function earliestStart({ incidents }: World): Instant | undefined {
  return incidents.at(-1)?.startedAt
}
