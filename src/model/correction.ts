import { z } from 'zod'
import { instant } from './fields.ts'
import { writerSchema } from './history.ts'
import { statusNames, type Status } from './status.ts'
import type { Instant } from './time.ts'

/** What corrected time may count as. Planned work is announced before it begins, never said of a measurement afterwards. */
const countable = statusNames.filter((status) => status !== 'under_maintenance') as [Status, ...Status[]]

/** The front matter of `corrections/*.md`. The body is the reason. */
export const correctionFrontMatter = z.strictObject({
  components: z.array(z.string()).min(1).optional(),
  /** Instead of `components`, where it is one. */
  component: z.string().optional(),
  from: instant,
  until: instant,
  counts_as: z.enum(countable).default('unknown'),
  /** Only what this vantage point saw was wrong. */
  writer: writerSchema.optional(),
})

/**
 * "The probe was wrong from 10:05 to 10:20": in [from, until) what was measured of some components counts as something
 * else. The history itself is not touched.
 */
export interface Correction {
  /** The name of its file without folder and ending. */
  id: string
  file: string
  digest: string
  /** Ids; at least one. */
  components: string[]
  from: Instant
  until: Instant
  countsAs: Status
  /** The one vantage point whose measurements it replaces; absent for all of them. */
  writer?: string
  /** Without markup. */
  reason: string
}
