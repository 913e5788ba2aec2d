import { z } from 'zod'

/**
 * Every status a component can have, best first: the one ranking. "Worst of" anywhere in the house means the highest
 * rank here. Maintenance ranks below trouble so that one component's planned work never hides another's outage.
 * `weight` is the share of the time that counts as downtime: Statuspage's numbers, checked against its recorded pages.
 */
export const statuses = {
  operational: { rank: 0, weight: 0, word: 'Operational', glyph: '●', short: 'ok' },
  unknown: { rank: 1, weight: 0, word: 'No data', glyph: '◌', short: 'unk' },
  under_maintenance: { rank: 2, weight: 0, word: 'Under maintenance', glyph: '▪', short: 'mnt' },
  under_review: { rank: 3, weight: 0, word: 'Under review', glyph: '◌', short: 'unk' },
  degraded: { rank: 4, weight: 0, word: 'Degraded performance', glyph: '▼', short: 'deg' },
  partial_outage: { rank: 5, weight: 0.3, word: 'Partial outage', glyph: '◆', short: 'par' },
  major_outage: { rank: 6, weight: 1, word: 'Major outage', glyph: '■', short: 'maj' },
} as const

export type Status = keyof typeof statuses
export const statusNames = Object.keys(statuses) as Status[]
export const statusSchema = z.enum(statusNames as [Status, ...Status[]])

/** The worst of some statuses; `operational` when there are none. */
export function worstStatus(some: Iterable<Status>): Status {
  let worst: Status = 'operational'
  for (const status of some) if (statuses[status].rank > statuses[worst].rank) worst = status
  return worst
}

/** Somebody's problem: worse than working, unknown or planned. */
export function isTrouble(status: Status): boolean {
  return statuses[status].rank > statuses.under_maintenance.rank
}

/** How bad an incident is, and the status it gives a component that it names without one of its own. */
export const severities = {
  minor: { rank: 1, word: 'Minor', implies: 'degraded' },
  major: { rank: 2, word: 'Major', implies: 'partial_outage' },
  critical: { rank: 3, word: 'Critical', implies: 'major_outage' },
} as const satisfies Record<string, { rank: number; word: string; implies: Status }>

export type Severity = keyof typeof severities
export const severityNames = Object.keys(severities) as Severity[]
export const severitySchema = z.enum(severityNames as [Severity, ...Severity[]])

/** Where an incident stands. */
export const incidentPhases = {
  under_review: { word: 'Under review' },
  investigating: { word: 'Investigating' },
  identified: { word: 'Identified' },
  monitoring: { word: 'Monitoring' },
  resolved: { word: 'Resolved' },
} as const
export type IncidentPhase = keyof typeof incidentPhases
export const incidentPhaseNames = Object.keys(incidentPhases) as IncidentPhase[]

/** Where planned work stands. */
export const maintenancePhases = {
  scheduled: { word: 'Scheduled' },
  in_progress: { word: 'In progress' },
  verifying: { word: 'Verifying' },
  completed: { word: 'Completed' },
  extended: { word: 'Extended' },
  cancelled: { word: 'Cancelled' },
} as const
export type MaintenancePhase = keyof typeof maintenancePhases
export const maintenancePhaseNames = Object.keys(maintenancePhases) as MaintenancePhase[]

/** What an update's heading says; a plain `update` changes no phase. */
export type UpdatePhase = IncidentPhase | MaintenancePhase | 'update'

/** The word a reader sees for an update's phase. */
export function phaseWord(phase: UpdatePhase): string {
  if (phase === 'update') return 'Update'
  return phase in incidentPhases
    ? incidentPhases[phase as IncidentPhase].word
    : maintenancePhases[phase as MaintenancePhase].word
}

/** Which components are affected and how. */
export type Impact = Record<string, Status>
