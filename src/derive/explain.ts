import type { Component } from '../model/component.ts'
import type { Correction } from '../model/correction.ts'
import { downtimeWeight } from '../model/site.ts'
import { statusNames, type Status } from '../model/status.ts'
import type { World } from '../model/world.ts'
import type { Evidence } from './evidence.ts'
import type { Interval, Span } from './interval.ts'
import { plannedWindows, type PlannedWindow } from './planned-work.ts'
import { componentEvidence, componentTimeline, knownSince, type Account, type Signal } from './timeline.ts'
import { uptimeOf, type Uptime } from './uptime.ts'

/**
 * Why a component's uptime in a window is what it is: every stretch of the window, who said so and where that stands,
 * and the sums. The stretches cover the window without gaps, so that they alone give the figure again.
 */
export function explainUptime(
  world: World,
  component: Component,
  window: Span,
  account: Account = {},
): Explanation {
  const { source: by, timeline } = componentTimeline(world, component, window, account)
  const weightOf = (status: Status) => downtimeWeight(world.site, status)
  const planned = plannedWindows(component.id, world.maintenance).filter(({ from, to }) =>
    touches(window, from, to),
  )
  const excused = world.site.uptime.exclude_maintenance ? planned.filter((each) => each.excused) : []
  const since = knownSince(world, component, by)
  const evidence = componentEvidence(world, component, window.to, { ...account, by }).filter(({ from, to }) =>
    touches(window, from, to),
  )
  const stretches = pieces(timeline, [...evidence, ...excused, { from: since, to: since }]).map(
    (piece): Stretch => {
      const within = ({ from, to }: Span) => from <= piece.from && piece.to <= to
      const running = piece.from < since ? [] : evidence.filter(within)
      const work = piece.status === 'under_maintenance' ? excused.filter(within).map(asEvidence) : []
      return {
        ...piece,
        ms: piece.to - piece.from,
        ...(isCounted(piece.status) && { weight: weightOf(piece.status) }),
        evidence: work.length > 0 ? work : running,
        ...(piece.from < since && { beforeSince: true }),
      }
    },
  )
  const uptime = uptimeOf(timeline, window, weightOf)
  return {
    component: { id: component.id, name: component.name },
    by,
    window,
    stretches: joined(stretches),
    sums: statusNames
      .filter((status) => uptime.time[status] > 0)
      .map((status) => ({
        status,
        ms: uptime.time[status],
        ...(isCounted(status) && { weight: weightOf(status) }),
      })),
    uptime,
    planned,
    corrections: world.corrections.filter(
      ({ components, from, until }) => components.includes(component.id) && touches(window, from, until),
    ),
  }
}

export interface Explanation {
  component: { id: string; name: string }
  by: Signal
  window: Span
  stretches: Stretch[]
  /** Milliseconds in each status of which there are any; `weight` is absent where they do not count. */
  sums: { status: Status; ms: number; weight?: number }[]
  uptime: Uptime
  /** All planned work in the window, whether it takes its time out or not. */
  planned: PlannedWindow[]
  corrections: Correction[]
}

/** A part of the window in which nothing changed, neither the status nor who said so. */
export interface Stretch extends Interval {
  ms: number
  /** The share of it that is downtime; absent where it counts in neither part of the fraction. */
  weight?: number
  /** What everybody said of it; empty where nobody said anything. */
  evidence: Evidence[]
  /** It lies before anything counts. */
  beforeSince?: true
}

function isCounted(status: Status): boolean {
  return status !== 'unknown' && status !== 'under_maintenance'
}

/** A timeline, cut wherever one of some spans begins or ends. */
function pieces(timeline: Interval[], spans: Span[]): Interval[] {
  const edges = [...new Set(spans.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b)
  let next = 0
  return timeline.flatMap(({ from, to, status }) => {
    const cut: Interval[] = []
    let begin = from
    for (; next < edges.length && (edges[next] ?? to) < to; next++) {
      const edge = edges[next] ?? begin
      if (edge <= begin) continue
      cut.push({ from: begin, to: edge, status })
      begin = edge
    }
    return [...cut, { from: begin, to, status }]
  })
}

/** Neighbours of which the same people said the same are one. */
function joined(stretches: Stretch[]): Stretch[] {
  const all: Stretch[] = []
  for (const stretch of stretches) {
    const last = all.at(-1)
    if (last && last.status === stretch.status && saying(last) === saying(stretch))
      Object.assign(last, { to: stretch.to, ms: last.ms + stretch.ms })
    else all.push({ ...stretch })
  }
  return all
}

function saying({ evidence, beforeSince }: Stretch): string {
  return JSON.stringify([
    beforeSince,
    evidence.map(({ by, writer, status, source }) => [by, writer, status, source.file, source.line]),
  ])
}

function asEvidence({ from, to, file }: PlannedWindow): Evidence {
  return { from, to, status: 'under_maintenance', by: 'planned', source: { file } }
}

function touches(window: Span, from: number, to: number): boolean {
  return to > window.from && from < window.to
}
