import { downtimeWeight } from '../model/site.ts'
import { statusNames } from '../model/status.ts'
import { MINUTE } from '../model/time.ts'
import { componentUptime } from './accounts.ts'
import { longestPause } from './booking.ts'
import { correctionViews } from './component-view.ts'
import { regionsOf } from './regions.ts'
import { quorumOf } from './quorum.ts'
import type { SiteFacts } from './site-facts.ts'
import { headlineSignal } from './timeline.ts'
import { decimals, enoughCoverage, formatPercent, uptimeWindows, windowEnding } from './uptime.ts'
import { STALE_INTERVALS } from './vantages.ts'
import type { MethodologyView } from './views.ts'

/** How this site's figures come about, in its own numbers. */
export function methodologyView({ world, chrome, names, now }: SiteFacts): MethodologyView {
  const { site } = world
  const places = vantagePointsOf(world)
  const year = windowEnding(now, { days: 365 })
  const counted = statusNames.filter((status) => status !== 'unknown' && status !== 'under_maintenance')
  return {
    chrome,
    weights: counted
      .map((status) => ({ status, weight: downtimeWeight(site, status) }))
      .sort((a, b) => b.weight - a.weight),
    excludesMaintenance: site.uptime.exclude_maintenance,
    enoughCoverage,
    decimals,
    windows: uptimeWindows.map(({ short }) => short),
    intervalMs: site.history.interval,
    longestPauseMs: longestPause(site.history.interval),
    shortestPauseMs: longestPause(0),
    openAfterMs: site.incidents.open_after,
    resolveAfterMs: site.incidents.resolve_after,
    staleAfter: STALE_INTERVALS,
    flapping: {
      changes: site.incidents.flapping.changes,
      withinMs: site.incidents.flapping.within,
      quietMs: site.incidents.flapping.quiet,
    },
    components: world.components.map((component) => {
      const confirm = Math.max(...component.checks.map(({ options }) => options.confirm))
      const every = component.checks.map(({ options }) => options.every ?? site.history.interval)
      return {
        id: component.id,
        name: component.name,
        signal: headlineSignal(world, component),
        checks: component.checks.length,
        ...(component.checks.length > 0 && {
          confirm,
          intervalMs: Math.min(...every),
          ...(places.length > 1 && { quorum: quorumOf(component.checks)(places.length) }),
        }),
        ...(component.since !== undefined && { since: component.since }),
      }
    }),
    vantagePoints: places,
    regions: regionsOf(site).map(({ name, writers }) => ({ name, writers: [...writers] })),
    corrections: correctionViews(world.corrections, year).map((view) => ({
      ...view,
      components: (world.corrections.find(({ id }) => id === view.id)?.components ?? []).map((id) => ({
        id,
        name: names.get(id) ?? id,
      })),
    })),
    ...exampleOf({ world, now }),
  }
}

/** Who looks, as the site calls them; and writers that have looked without being named there. */
function vantagePointsOf({ site, live, history }: SiteFacts['world']): MethodologyView['vantagePoints'] {
  const writers = new Set([
    ...live.map(({ writer }) => writer),
    ...Object.values(history).flatMap(({ rollups }) => rollups.map(({ writer }) => writer)),
  ])
  const named = new Set(site.vantage_points.map(({ id }) => id))
  return [
    ...site.vantage_points.map(({ id, name, region }) => ({
      id,
      name,
      ...(region !== undefined && { region }),
    })),
    ...[...writers]
      .filter((id) => !named.has(id))
      .sort()
      .map((id) => ({ id, name: id })),
  ]
}

/** The component of which the most was down in the last ninety days that are over: its sums, filled into the formula. */
function exampleOf({ world, now }: Pick<SiteFacts, 'world' | 'now'>): Pick<MethodologyView, 'example'> {
  const figures = world.components.flatMap((component) => {
    const found = componentUptime(world, component, now).find(({ window }) => window.short === '90d')
    return found?.uptime.percent === undefined
      ? []
      : [{ component, uptime: found.uptime, percent: found.uptime.percent }]
  })
  const [worst] = figures.sort((a, b) => b.uptime.downSeconds - a.uptime.downSeconds)
  if (!worst) return {}
  const { component, uptime, percent } = worst
  const minutes = (ms: number) => Math.round(ms / MINUTE)
  const { unknown, under_maintenance: maintenance } = uptime.time
  const whole = Object.values(uptime.time).reduce((sum, ms) => sum + ms, 0)
  return {
    example: {
      component: { id: component.id, name: component.name },
      percent: formatPercent(percent),
      downMinutes: minutes(uptime.downSeconds * 1000),
      wholeMinutes: minutes(whole),
      unknownMinutes: minutes(unknown),
      maintenanceMinutes: minutes(maintenance),
    },
  }
}
