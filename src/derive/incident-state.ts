import type { Incident } from '../model/incident.ts'
import { statuses, type Impact, type Status } from '../model/status.ts'
import type { Instant } from '../model/time.ts'

/** Open: it says something about now. Announcements, retractions and incidents merged into another do not. */
export function isOpen(incident: Incident): boolean {
  return incident.phase !== 'resolved' && counts(incident)
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
  for (const update of [...incident.updates].reverse()) {
    if (!update.affected) continue
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
