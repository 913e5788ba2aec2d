import type { Impact, Severity, UpdatePhase } from './status.ts'
import { iso, parseInstant, type Instant } from './time.ts'

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
  /**
   * Of the component's newest outage only: an incident of the probes about the same component that is open and began later
   * than `after` (and before `before`) is this outage under another name, given by a run that knew other samples. It goes
   * on under that name.
   */
  joins?: { after: Instant; before: Instant }
  /** What becomes of a pull request that nobody merged before it was resolved. */
  onResolve: 'merge' | 'close' | 'leave'
}

/** The name of a proposed incident's file, from its component and its first failed sample. */
export function incidentIdAt(component: string, startedAt: Instant): string {
  const { day, time } = stampOf(startedAt)
  return `${day}-${component}-${time}`
}

/** The branch of a proposed incident. */
export function incidentBranchAt(component: string, startedAt: Instant): string {
  const { day, time } = stampOf(startedAt)
  return `${incidentBranches(component)}${day.replaceAll('-', '')}T${time}`
}

/** What the branches of a component's proposed incidents begin with. */
export function incidentBranches(component: string): string {
  return `incident/${component}/`
}

/** The minute of the first failed sample in the name of a component's proposed incident or its branch; `undefined` for other names. */
export function incidentStart(component: string, name: string): Instant | undefined {
  const text = name.startsWith(incidentBranches(component))
    ? /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})$/.exec(name.slice(incidentBranches(component).length))
    : name.slice(11, -5) === component
      ? /^(\d{4})-(\d{2})-(\d{2})-.+-(\d{2})(\d{2})$/.exec(name)
      : undefined
  if (!text) return undefined
  const [, year, month, day, hour, minute] = text
  return parseInstant(`${year}-${month}-${day}T${hour}:${minute}:00Z`)
}

/** Whether an incident of the probes is the outage that a proposal is about, by its name. */
export function isSameOutage({ component, incident, joins }: Proposal, id: string): boolean {
  if (id === incident.id) return true
  const start = incidentStart(component, id)
  return start !== undefined && joins !== undefined && start > joins.after && start < joins.before
}

function stampOf(at: Instant): { day: string; time: string } {
  const stamp = iso(at)
  return { day: stamp.slice(0, 10), time: `${stamp.slice(11, 13)}${stamp.slice(14, 16)}` }
}
