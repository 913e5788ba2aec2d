import type { Incident, Passage, Text, Update } from '../model/incident.ts'
import type { Maintenance } from '../model/maintenance.ts'
import { statuses, type Impact, type Status } from '../model/status.ts'
import type { Instant } from '../model/time.ts'
import { currentImpact, worstImpact } from './incident-state.ts'
import { maintenanceState } from './maintenance-state.ts'
import type { ImpactView, IncidentSummary, IncidentView, MaintenanceView, UpdateView } from './views.ts'

/** The names of components by id. */
export type Names = ReadonlyMap<string, string>

/** An incident as one line of a list shows it. */
export function incidentSummary(incident: Incident, names: Names): IncidentSummary {
  return {
    id: incident.id,
    title: incident.title,
    phase: incident.phase,
    severity: incident.severity,
    startedAt: incident.startedAt,
    readFully: incident.readFully,
    sample: incident.labels.includes('sample'),
    worst: impactViews(worstImpact(incident), names),
    updateCount: incident.updates.length,
    ...(incident.resolvedAt !== undefined && { resolvedAt: incident.resolvedAt }),
    ...(incident.retracted !== undefined && { retracted: incident.retracted }),
    ...(incident.mergedInto !== undefined && { mergedInto: incident.mergedInto }),
    ...(incident.announcement && { announcement: true }),
  }
}

/** An incident with all its words. */
export function incidentView(incident: Incident, text: Text, names: Names): IncidentView {
  const over = incident.phase === 'resolved'
  const promise = over ? undefined : incident.updates.find(({ nextUpdateBy }) => nextUpdateBy !== undefined)
  const eta = over ? undefined : incident.updates.find((update) => update.eta !== undefined)?.eta
  // A promise is kept by any later update, whether it makes a new one or not.
  const nextUpdateBy = promise === incident.updates[0] ? promise?.nextUpdateBy : undefined
  return {
    ...incidentSummary(incident, names),
    impacts: impactViews(impactEntries(currentImpact(incident)), names),
    updates: updateViews(incident.updates, text.updates, names),
    introHtml: text.intro.html,
    sections: text.sections.map(({ heading, html }) => ({ heading, html })),
    ...(incident.detectedAt !== undefined && { detectedAt: incident.detectedAt }),
    ...(nextUpdateBy !== undefined && { nextUpdateBy }),
    ...(eta !== undefined && { eta }),
    ...(incident.source !== undefined && { source: incident.source }),
    ...(incident.splitFrom !== undefined && { splitFrom: incident.splitFrom }),
  }
}

/** Planned work with all its words, as it stands at a moment. */
export function maintenanceView(
  maintenance: Maintenance,
  text: Text,
  names: Names,
  now: Instant,
): MaintenanceView {
  const { phase, overrun, endsAt } = maintenanceState(maintenance, now)
  return {
    id: maintenance.id,
    title: maintenance.title,
    phase,
    startsAt: maintenance.startsAt,
    endsAt: phase === 'completed' ? endsAt : maintenance.endsAt,
    plannedEndsAt: maintenance.plannedEndsAt,
    overrun,
    readFully: maintenance.readFully,
    impacts: impactViews(Object.entries(maintenance.affected), names),
    emergency: maintenance.emergency,
    sample: maintenance.labels.includes('sample'),
    updates: updateViews(maintenance.updates, text.updates, names),
    introHtml: text.intro.html,
    sections: text.sections.map(({ heading, html }) => ({ heading, html })),
    ...(maintenance.impact !== undefined && { impact: maintenance.impact }),
    ...(maintenance.reason !== undefined && { reason: maintenance.reason }),
    ...(maintenance.source !== undefined && { source: maintenance.source }),
  }
}

function updateViews(updates: Update[], passages: Passage[], names: Names): UpdateView[] {
  // Updates that lie ahead have been left out; they are the newest, and their words stand first.
  const ahead = Math.max(0, passages.length - updates.length)
  return updates.map((update, index) => ({
    id: update.id,
    at: update.at,
    phase: update.phase,
    html: passages[ahead + index]?.html ?? '',
    plain: passages[ahead + index]?.plain ?? '',
    automated: update.automated,
    ...(update.affected && { affected: impactViews(Object.entries(update.affected), names) }),
  }))
}

function impactEntries(impact: Impact): [string, Status][] {
  return Object.entries(impact)
    .filter(([, status]) => status !== 'operational')
    .sort(([, a], [, b]) => statuses[b].rank - statuses[a].rank)
}

function impactViews(entries: [string, Status][], names: Names): ImpactView[] {
  return entries.map(([id, status]) => ({ id, name: names.get(id) ?? id, status }))
}
