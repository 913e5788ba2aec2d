import type { Impact, Severity, UpdatePhase } from './status.ts'
import type { Instant } from './time.ts'

/** An incident that the measurements call for, as a file should say it. */
export interface ProposedIncident {
  /** The file's name without its ending, derived from the transition that began it: `2026-11-21-api-0311`. */
  id: string
  title: string
  severity: Severity
  affected: Impact
  startedAt: Instant
  detectedAt: Instant
  /** Oldest first. Each is written once: a heading with the same time and phase in the file means that it stands there. */
  updates: ProposedUpdate[]
}

export interface ProposedUpdate {
  at: Instant
  phase: UpdatePhase
  affected: Impact
  /** Markdown, one paragraph. */
  text: string
}

/** What should be true in the repository about one measured outage. Making it true twice changes nothing the second time. */
export interface Proposal {
  incident: ProposedIncident
  component: string
  /** `incident/api/20261121T0311`, from the first failed sample and never from the clock, so that every run agrees. */
  branch: string
  /** `incidents/2026-11-21-api-0311.md`, relative to the world. */
  path: string
  labels: string[]
  /** Markdown: what is measured now. Replaces the marked block in the pull request's text; people's own words around it stay. */
  summary: string
  state: 'ongoing' | 'resolved'
  /** `commit` writes to the main branch at once; the others open a pull request. */
  publish: 'commit' | 'pr' | 'pr+live'
  /** What becomes of a pull request that nobody merged before it was resolved. */
  onResolve: 'merge' | 'close' | 'leave'
}
