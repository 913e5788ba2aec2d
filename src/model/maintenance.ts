import { z } from 'zod'
import { duration, timeZone } from './fields.ts'
import { affectedSchema, type Update } from './incident.ts'
import { maintenancePhaseNames, type Impact, type MaintenancePhase } from './status.ts'
import type { Instant } from './time.ts'

/** The front matter of `maintenance/*.md`. Times may be local where `timezone` stands, so they are read after the schema. */
export const maintenanceFrontMatter = z.strictObject({
  title: z.string().min(1).max(300),
  starts: z.string(),
  ends: z.string().optional(),
  duration: duration.optional(),
  status: z.enum(maintenancePhaseNames as [MaintenancePhase, ...MaintenancePhase[]]).optional(),
  affected: affectedSchema.optional(),
  /** What users will notice, in words. */
  impact: z.string().optional(),
  timezone: timeZone.optional(),
  repeat: z.string().optional(),
  except: z.array(z.string()).optional(),
  changes: z.unknown().optional(),
  emergency: z.boolean().default(false),
  reason: z.string().optional(),
  cancelled: z.union([z.boolean(), z.string()]).optional(),
  extended_to: z.string().optional(),
  labels: z.array(z.string()).default([]),
  source: z.url({ protocol: /^https?$/ }).optional(),
})

/** The facts of one planned window. Its words are a {@link Text}, as an incident's are. */
export interface Maintenance {
  id: string
  file: string
  digest: string
  readFully: boolean
  title: string
  startsAt: Instant
  /** The planned end, or the one it was extended to. */
  endsAt: Instant
  /** The end it had before it was extended. */
  plannedEndsAt: Instant
  affected: Impact
  impact?: string
  emergency: boolean
  reason?: string
  cancelled: boolean
  /** What the front matter says of where it stands. */
  statedPhase?: MaintenancePhase
  /** Newest first. */
  updates: Update[]
  labels: string[]
  source?: string
}
