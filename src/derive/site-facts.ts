import type { Component } from '../model/component.ts'
import type { Incident } from '../model/incident.ts'
import { isTrouble, statuses, worstStatus, type Status } from '../model/status.ts'
import { DAY, startOfUtcDay, type Instant } from '../model/time.ts'
import type { World } from '../model/world.ts'
import { chromeOf, namesOf } from './chrome.ts'
import { componentStatus, declaredStatuses, freshness, measuredNow, plannedFor } from './component-status.ts'
import type { Names } from './incident-view.ts'
import { incidentAt, isOpen } from './incident-state.ts'
import { stateVersion } from './state-version.ts'
import { shakingOf } from './outages.ts'
import { measuredOutages } from './proposals.ts'
import { stripView } from './strip.ts'
import { dissent, vantages } from './vantages.ts'
import type { Chrome, ComponentRow, Freshness, Verdict } from './views.ts'
import { verdictOf } from './verdict.ts'

/** What several pages and feeds say of a world at a moment, worked out once. */
export interface SiteFacts {
  world: World
  now: Instant
  chrome: Chrome
  names: Names
  freshness: Freshness
  /** Every component, in the order of the page. */
  rows: ComponentRow[]
  verdict: Verdict
  /** Open incidents, worst and then newest first. */
  open: Incident[]
  /** Incidents that are not over, or were not until less than 90 days ago: what a component's page lists. */
  recent: Incident[]
  /** Changes when what the page says changes, and not when it is only built again. */
  version: string
}

/** Works out what a world says at a moment. */
export function siteFacts(written: World, now: Instant): SiteFacts {
  const world = worldAt(written, now)
  const declared = declaredStatuses(world, now)
  const planned = plannedFor(world, now)
  const rows = world.components.map((component) => componentRow(world, component, { declared, planned, now }))
  const fresh = freshness(world, now)
  // Of a page whose probes are late, the verdict is what was known last; whoever words it says so.
  const asKnown = fresh.stale
    ? rows.map((row) => ({
        ...row,
        status: componentStatus(
          row.declared,
          row.measured?.lastKnown ?? row.measured?.status,
          planned.has(row.id),
        ),
      }))
    : rows
  const facts = {
    world,
    now,
    chrome: chromeOf(world.site),
    names: namesOf(world),
    freshness: fresh,
    rows,
    verdict: verdictOf(world, asKnown, now),
    open: openIncidents(world, now),
    recent: world.incidents.filter(({ resolvedAt = now }) => resolvedAt >= listedSince(now)),
  }
  return { ...facts, version: stateVersion(facts) }
}

/** Measured trouble that no person has said anything about: no incident, and no work that is still planned to go on. */
export function unconfirmed({ world, rows, now }: SiteFacts): ComponentRow[] {
  const planned = plannedFor(world, now)
  return rows.filter(
    ({ id, declared = 'under_maintenance', measured }) =>
      measured !== undefined &&
      isTrouble(measured.status) &&
      declared === 'under_maintenance' &&
      !planned.has(id),
  )
}

/** The midnight from which on a component's page lists what happened. */
export function listedSince(now: Instant): Instant {
  return startOfUtcDay(now) - (LISTED_DAYS - 1) * DAY
}

const LISTED_DAYS = 90

function openIncidents(world: World, now: Instant): Incident[] {
  const worst = (affected: Record<string, Status>) => statuses[worstStatus(Object.values(affected))].rank
  return world.incidents
    .filter((incident) => isOpen(incident, now))
    .sort((a, b) => worst(b.affected) - worst(a.affected) || b.startedAt - a.startedAt)
}

/** A world as it stood at a moment. The same list where nothing lies ahead, so that what was worked out of it holds. */
export function worldAt(world: World, now: Instant): World {
  const incidents = world.incidents.map((incident) => incidentAt(incident, now))
  return incidents.every((incident, index) => incident === world.incidents[index])
    ? world
    : { ...world, incidents }
}

function componentRow(
  world: World,
  component: Component,
  {
    declared: all,
    planned,
    now,
  }: { declared: ReadonlyMap<string, Status>; planned: ReadonlySet<string>; now: Instant },
): ComponentRow {
  const declared = all.get(component.id)
  const measured = measuredNow(world, component, now)
  const places = measured ? vantages(world, component, now) : []
  const against = measured ? dissent(measured.status, places) : []
  const shaking = measured && instability(world, component, now)
  return {
    id: component.id,
    name: component.name,
    status: componentStatus(declared, measured?.status, planned.has(component.id)),
    strip: stripView(world, component, now),
    ...(component.description !== undefined && { description: component.description }),
    ...(component.link !== undefined && { link: component.link }),
    ...(declared !== undefined && { declared }),
    ...(measured && { measured }),
    ...(places.length > 0 && { vantages: places }),
    ...(against.length > 0 && { dissent: against }),
    ...(shaking && { unstable: shaking }),
  }
}

function instability(world: World, component: Component, now: Instant): ComponentRow['unstable'] | undefined {
  const { quiet, within } = world.site.incidents.flapping
  // Most components have been quiet for long, and need no look at all that ever happened to them.
  const recent = world.history[component.id]?.transitions.some(({ confirmed }) => confirmed > now - quiet)
  if (recent !== true) return undefined
  const last = measuredOutages(world, component, now).at(-1)
  const shaking = last && last.endedAt === undefined ? shakingOf(last) : undefined
  if (!shaking || now - shaking.lastChange >= quiet) return undefined
  return { changes: shaking.changes, withinMs: within, lastChange: shaking.lastChange }
}
