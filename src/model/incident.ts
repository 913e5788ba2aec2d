import { z } from 'zod'
import { instant } from './fields.ts'
import {
  incidentPhaseNames,
  severitySchema,
  statusSchema,
  type Impact,
  type IncidentPhase,
  type Severity,
  type UpdatePhase,
} from './status.ts'
import type { Instant } from './time.ts'

/** `affected:`, a list of component ids or a map from id to status. */
export const affectedSchema = z.union([z.array(z.string()), z.record(z.string(), statusSchema)])

/** The front matter of `incidents/*.md`. */
export const incidentFrontMatter = z.strictObject({
  title: z.string().min(1).max(300),
  status: z.enum(incidentPhaseNames as [IncidentPhase, ...IncidentPhase[]]).optional(),
  severity: severitySchema.optional(),
  affected: affectedSchema.optional(),
  started: instant.optional(),
  detected: instant.optional(),
  resolved: instant.optional(),
  postmortem: z.string().optional(),
  reviewed: z.boolean().optional(),
  merged_into: z.string().optional(),
  split_from: z.string().optional(),
  retracted: z.string().optional(),
  pinned: z.boolean().optional(),
  announcement: z.boolean().optional(),
  labels: z.array(z.string()).default([]),
  caused_by_maintenance: z.string().optional(),
  /** Where it was imported from. */
  source: z.url({ protocol: /^https?$/ }).optional(),
})

/**
 * The facts of one incident. Its words are kept apart ({@link Text}), so that ten thousand incidents can be held
 * and compared without their bodies.
 */
export interface Incident {
  /** The file's name without its ending; its URL for good. */
  id: string
  /** `incidents/2026-11-21-webhooks.md`. */
  file: string
  /** sha256 of the file's bytes, in hex: what was made from this text can be told from what was not. */
  digest: string
  /** False when something in the file could not be read; the page says so and shows what it has. */
  readFully: boolean
  title: string
  phase: IncidentPhase
  severity: Severity
  startedAt: Instant
  detectedAt?: Instant
  resolvedAt?: Instant
  /** From the start, until an update says otherwise. */
  affected: Impact
  /** Newest first. */
  updates: Update[]
  labels: string[]
  mergedInto?: string
  splitFrom?: string
  /** The reason, when the incident was retracted. Kept in history, left out of uptime. */
  retracted?: string
  pinned: boolean
  announcement: boolean
  source?: string
}

/** The facts of one update of an incident or of planned work. */
export interface Update {
  /** The permalink's anchor, unique in its file: `20251106T1500Z`. */
  id: string
  at: Instant
  phase: UpdatePhase
  affected?: Impact
  nextUpdateBy?: Instant
  eta?: Instant
  /** Written by the probes and not yet confirmed by a person. */
  automated: boolean
}

/** The words of a file, ready to be shown. Sanitised HTML; `plain` is the same text without markup, for feeds and sentences. */
export interface Text {
  /** What stands before the first heading. */
  intro: Passage
  /** In the order of {@link Incident.updates}. */
  updates: Passage[]
  /** Other headings, in the order of the file. */
  sections: (Passage & { heading: string })[]
}

export interface Passage {
  html: string
  plain: string
}

/** A file that was posted but says too little to be placed in time. Shown by name, so that it is not lost. */
export interface UnreadFile {
  id: string
  file: string
  title?: string
}
