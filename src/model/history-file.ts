import { z } from 'zod'
import { id } from './fields.ts'
import { writerSchema } from './history.ts'

/** A month's file of one component and writer: `history/<kind>/<writer>.<month>/<component>.ndjson`. */
export interface HistoryFile {
  /** Relative to the world, with forward slashes. */
  path: string
  /** The folder below `history/`: `transitions`, `rollup`, or one that only a newer Candor knows. */
  kind: string
  /** Of a metric, `<component>.<metric>`. */
  component: string
  writer: string
  /** `2026-11` */
  month: string
}

/** A line of such a file, numbered from 1. `text` is without its line end. */
export type ReadLine<T> =
  | { state: 'read'; number: number; text: string; line: T }
  | { state: 'bad'; number: number; text: string; reason: string }
  /** The last, without a newline, and no whole line: its writer was killed, or the disk was full. */
  | { state: 'torn'; number: number; text: string }

/**
 * What `status prune` took from one writer's transitions of one component: a line of `history/pruned.ndjson`. It tells
 * an honest cut from a beginning that somebody removed.
 */
export const pruneSchema = z.object({
  v: z.literal(1),
  component: id,
  writer: writerSchema,
  /** The first month that stands whole. */
  before: z.string().regex(/^\d{4}-\d{2}$/, 'expected a month such as 2026-11'),
  /** `seq` and `prev` of the first line that was kept. */
  first: z.int().min(1),
  prev: z.string().optional(),
})
export type Prune = z.output<typeof pruneSchema>
