import type { Impact, Severity, UpdatePhase } from './status.ts'
import type { Instant } from './time.ts'

/** What an incident's file says before its first update. */
export interface IncidentHead {
  title: string
  severity: Severity
  affected: Impact
  startedAt: Instant
  detectedAt?: Instant
  labels?: string[]
  source?: string
}

/** What a planned window's file says before its first update. */
export interface MaintenanceHead {
  title: string
  affected: Impact
  startsAt: Instant
  endsAt: Instant
  cancelled?: boolean
  labels?: string[]
  source?: string
}

/** An update to be written. */
export interface NewUpdate {
  at: Instant
  phase: UpdatePhase
  affected?: Impact
  nextUpdateBy?: Instant
  automated?: boolean
  /** Markdown. A line that would read as a heading is kept from being one. */
  text: string
}

/** A file to be written: its name without the ending, what it says first, and its updates, oldest first. */
export interface Draft<Head> {
  id: string
  head: Head
  updates: NewUpdate[]
}

/** A world to be written into a new folder. */
export interface WorldDraft {
  site: { name: string; url: string }
  groups: { id: string; name: string }[]
  components: { id: string; name: string; group?: string; description?: string }[]
  incidents: Draft<IncidentHead>[]
  maintenance: Draft<MaintenanceHead>[]
}
