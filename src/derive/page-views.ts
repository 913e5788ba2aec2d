import type { Incident } from '../model/incident.ts'
import type { Maintenance } from '../model/maintenance.ts'
import { isOpen } from './incident-state.ts'
import { incidentView, maintenanceView } from './incident-view.ts'
import type { SiteFacts } from './site-facts.ts'
import type { IncidentPageView, MaintenancePageView, NotFoundView } from './views.ts'

/** The page of one incident. One that is over does not change with the clock, so that it is built once. */
export function incidentPageView(facts: SiteFacts, incident: Incident): IncidentPageView {
  const { world, chrome, names, now } = facts
  const open = isOpen(incident, now)
  return {
    chrome,
    incident: incidentView(incident, world.textOf(incident), names),
    open,
    ...(open && { builtAt: now, version: facts.version }),
  }
}

/** The page of one planned window. */
export function maintenancePageView(
  { world, chrome, names, now }: SiteFacts,
  maintenance: Maintenance,
): MaintenancePageView {
  return { chrome, maintenance: maintenanceView(maintenance, world.textOf(maintenance), names, now) }
}

/** The page for addresses that lead nowhere. It may be shown at any depth, so it has to know where the site is served. */
export function notFoundView({ chrome }: SiteFacts): NotFoundView {
  return { chrome, base: `${new URL(chrome.siteUrl).pathname.replace(/\/+$/, '')}/` }
}
