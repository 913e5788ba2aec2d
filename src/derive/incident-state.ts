import type { Incident } from '../model/incident.ts'
import { incidentPhases, statuses, type Impact, type IncidentPhase, type Status } from '../model/status.ts'
import type { Instant } from '../model/time.ts'

/**
 * An incident as it stood at a moment: what was posted for later has not been said yet, and a resolution that lies ahead
 * resolves nothing. The same object when all of it lies behind, which is nearly always.
 */
export function incidentAt(incident: Incident, now: Instant): Incident {
  const later = incident.resolvedAt !== undefined && incident.resolvedAt > now
  if (!later && (incident.updates[0]?.at ?? now) <= now) return incident
  const { resolvedAt, ...rest } = incident
  const updates = incident.updates.filter(({ at }) => at <= now)
  const said = updates.find(({ phase }) => phase in incidentPhases)?.phase as IncidentPhase | undefined
  const phase = incident.phase === 'resolved' ? (said ?? 'investigating') : (said ?? incident.phase)
  return {
    ...rest,
    updates,
    phase,
    ...(resolvedAt !== undefined && !later && { resolvedAt, phase: 'resolved' }),
  }
}

/** Names what an incident says at the moment it was looked at: its file, and how far into it the moment has come. */
export function incidentVersion({ digest, phase, updates }: Incident): string {
  return `${digest}.${phase}${String(updates.length)}`
}

/** Open: it says something about now. Announcements, retractions and incidents merged into another do not. */
export function isOpen(incident: Incident, now: Instant): boolean {
  return incident.phase !== 'resolved' && incident.startedAt <= now && counts(incident)
}

/** It is an incident of its own, and its time counts. */
export function counts(incident: Incident): boolean {
  return incident.retracted === undefined && incident.mergedInto === undefined && !incident.announcement
}

/** What an incident does to each component now: each update overrides what was said before; nothing once it is resolved. */
export function currentImpact(incident: Incident): Impact {
  if (incident.phase === 'resolved') return {}
  return impactSteps(incident).at(-1)?.impact ?? {}
}

/** How an incident's impact went, oldest first; the last step ends it where it is resolved. */
export function impactSteps(incident: Incident): { at: Instant; impact: Impact }[] {
  const steps = [{ at: incident.startedAt, impact: incident.affected }]
  for (const update of incident.updates.filter(({ affected }) => affected).reverse()) {
    const impact = { ...steps.at(-1)?.impact, ...update.affected }
    steps.push({ at: Math.max(update.at, incident.startedAt), impact })
  }
  if (incident.resolvedAt !== undefined) steps.push({ at: incident.resolvedAt, impact: {} })
  return steps
}

/** The worst it did to each component at any time, worst first. */
export function worstImpact(incident: Incident): [component: string, status: Status][] {
  const worst = new Map<string, Status>()
  for (const impact of [incident.affected, ...incident.updates.map(({ affected }) => affected ?? {})])
    for (const [id, status] of Object.entries(impact)) {
      if (status === 'operational') continue
      const known = worst.get(id)
      if (known === undefined || statuses[status].rank > statuses[known].rank) worst.set(id, status)
    }
  return [...worst].sort(([, a], [, b]) => statuses[b].rank - statuses[a].rank)
}
