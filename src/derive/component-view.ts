import type { Check } from '../model/check.ts'
import type { Component } from '../model/component.ts'
import type { Correction } from '../model/correction.ts'
import { utcDay, type Instant } from '../model/time.ts'
import type { World } from '../model/world.ts'
import { componentUptime, type WindowUptime } from './accounts.ts'
import { incidentSummary, maintenanceView } from './incident-view.ts'
import { maintenanceState } from './maintenance-state.ts'
import type { Span } from './interval.ts'
import { metricView } from './metric-view.ts'
import { responseView } from './response-view.ts'
import { listedSince, type SiteFacts } from './site-facts.ts'
import { signals } from './timeline.ts'
import { formatPercent, windowEnding } from './uptime.ts'
import type { ComponentView, CorrectionView } from './views.ts'

/** The page of one component: both signals, its figures over every window, how fast it answered, what happened to it. */
export function componentView(facts: SiteFacts, component: Component): ComponentView {
  const { world, now, names, chrome } = facts
  const row = facts.rows.find(({ id }) => id === component.id)
  if (!row) throw new Error(`${component.id} is no component of this world`)
  const since = listedSince(now)
  const response = responseView(world.history[component.id]?.rollups ?? [], now)
  const group = world.groups.find(({ id }) => id === component.group)
  const touches = (affected: Record<string, unknown>) => component.id in affected
  return {
    chrome,
    version: facts.version,
    component: row,
    ...(group && { group: { id: group.id, name: group.name } }),
    freshness: facts.freshness,
    uptime: componentUptime(world, component, now).map(windowFigure),
    ...(row.strip.source === 'measured' && { accounts: accountRows(world, component, now) }),
    checks: component.checks.map((check) => checkLine(check, world.site.history.interval)),
    latency: latency(world, component.id, now),
    ...(response && { response }),
    metrics: component.metrics.map((metric) => metricView(world, component.id, metric, now)),
    incidents: facts.recent
      .filter(
        ({ affected, updates }) =>
          touches(affected) || updates.some((update) => touches(update.affected ?? {})),
      )
      .map((incident) => incidentSummary(incident, names)),
    maintenance: world.maintenance
      .filter(
        (maintenance) => touches(maintenance.affected) && maintenanceState(maintenance, now).endsAt >= since,
      )
      .map((maintenance) => maintenanceView(maintenance, world.textOf(maintenance), names, now)),
    corrections: correctionViews(
      world.corrections.filter(({ components }) => components.includes(component.id)),
      windowEnding(now, { days: 365 }),
    ),
  }
}

/** Every window by what was measured, by what was declared, and by both. */
function accountRows(world: World, component: Component, now: Instant): ComponentView['accounts'] {
  const [measured = [], declared = [], reconciled = []] = signals.map((by) =>
    componentUptime(world, component, now, { by }).map(windowFigure),
  )
  return measured.flatMap((figure, index) => {
    const [said, both] = [declared[index], reconciled[index]]
    return said && both ? [{ window: figure.window, measured: figure, declared: said, reconciled: both }] : []
  })
}

function windowFigure({ window, uptime }: WindowUptime): ComponentView['uptime'][number] {
  return {
    window: window.words,
    coverage: uptime.coverage,
    insufficient: uptime.insufficient,
    ...(uptime.percent !== undefined && { percent: formatPercent(uptime.percent) }),
  }
}

/** Those that touch a window, newest first. One that begins later says nothing yet. */
export function correctionViews(corrections: readonly Correction[], window: Span): CorrectionView[] {
  return corrections
    .filter(({ from, until }) => until > window.from && from < window.to)
    .toSorted((a, b) => b.from - a.from)
    .map(({ id, from, until, countsAs, writer, reason }) => ({
      id,
      from,
      until,
      countsAs,
      reason,
      ...(writer !== undefined && { writer }),
    }))
}

function latency(world: World, component: string, now: Instant): ComponentView['latency'] {
  const since = utcDay(listedSince(now))
  // With several vantage points, the first that measured the day: percentiles of different places cannot be merged.
  const days = new Map<string, ComponentView['latency'][number]>()
  for (const { d: day, p50, p95, p99 } of world.history[component]?.rollups ?? [])
    if (day >= since && p50 !== undefined && p95 !== undefined && p99 !== undefined && !days.has(day))
      days.set(day, { day, p50, p95, p99 })
  return [...days.values()].sort((a, b) => (a.day < b.day ? 1 : -1))
}

/** Addresses may carry a secret in their query or user part; what is shown is where it asks, not with what. */
function checkLine({ kind, options }: Check, interval: number): string {
  const target = (options as Record<string, unknown>)[kind]
  const every = Math.round((options.every ?? interval) / 1000)
  const shown = kind === 'http' ? withoutSecrets(String(target)) : String(target)
  return `${kind} ${shown}, every ${every % 60 === 0 && every > 60 ? `${String(every / 60)} min` : `${String(every)} s`}`
}

function withoutSecrets(address: string): string {
  const bare = address.replace(/\$\{[^}]*\}/g, '…')
  try {
    const { protocol, host, pathname } = new URL(bare)
    return `${protocol}//${host}${decodeURIComponent(pathname)}`
  } catch {
    return bare.replace(/[?#].*$/, '').replace(/\/\/[^/@]*@/, '//')
  }
}
