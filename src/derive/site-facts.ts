import type { Component } from '../model/component.ts'
import { isTrouble, statuses, worstStatus, type Status } from '../model/status.ts'
import type { Instant } from '../model/time.ts'
import type { World } from '../model/world.ts'
import { chromeOf, namesOf } from './chrome.ts'
import { componentStatus, declaredStatuses, freshness, measuredNow } from './component-status.ts'
import type { Names } from './incident-view.ts'
import { isOpen } from './incident-state.ts'
import { stripView } from './strip.ts'
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
}

/** Works out what a world says at a moment. */
export function siteFacts(world: World, now: Instant): SiteFacts {
  const declared = declaredStatuses(world, now)
  const rows = world.components.map((component) =>
    componentRow(world, component, declared.get(component.id), now),
  )
  const fresh = freshness(world, now)
  return {
    world,
    now,
    chrome: chromeOf(world.site),
    names: namesOf(world),
    freshness: fresh,
    rows,
    verdict: verdictOf(world, rows, fresh),
  }
}

/** Measured trouble that no person has said anything about. */
export function unconfirmed({ rows }: SiteFacts): ComponentRow[] {
  return rows.filter(
    ({ declared, measured }) =>
      declared === undefined && measured !== undefined && isTrouble(measured.status),
  )
}

/** Open incidents, worst and then newest first. */
export function openIncidents({ world }: SiteFacts) {
  const worst = (affected: Record<string, Status>) => statuses[worstStatus(Object.values(affected))].rank
  return world.incidents
    .filter(isOpen)
    .sort((a, b) => worst(b.affected) - worst(a.affected) || b.startedAt - a.startedAt)
}

function componentRow(
  world: World,
  component: Component,
  declared: Status | undefined,
  now: Instant,
): ComponentRow {
  const measured = measuredNow(world, component, now)
  return {
    id: component.id,
    name: component.name,
    status: componentStatus(declared, measured?.status),
    strip: stripView(world, component, now),
    ...(component.description !== undefined && { description: component.description }),
    ...(component.link !== undefined && { link: component.link }),
    ...(declared !== undefined && { declared }),
    ...(measured && { measured }),
  }
}
