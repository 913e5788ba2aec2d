import { z } from 'zod'
import { statusSchema, type Status } from './status.ts'
import { parseInstant, type Instant } from './time.ts'

const stamp = z.string().refine((text) => parseInstant(text) !== undefined, 'expected an RFC 3339 time')

/**
 * One confirmed change of a component's measured status: a line of
 * `history/transitions/<component>/<YYYY-MM>.<writer>.ndjson`. The change lies between the last sample of the old
 * status and the first of the new; the accounts book it at the middle. A gap in measuring is a change to `unknown`.
 */
export const transitionSchema = z.object({
  v: z.literal(1),
  /** Counts up per component and writer, from 1. */
  seq: z.int().min(1),
  from: statusSchema,
  to: statusSchema,
  /** Last sample of the old status; absent when there was none. */
  t_before: stamp.optional(),
  /** First sample of the new status. */
  t_after: stamp,
  /** When enough passes had agreed. */
  t_confirmed: stamp,
  why: z.string().optional(),
  code: z.string().optional(),
  ms: z.number().optional(),
  writer: z.string(),
  /** First 16 hex digits of the sha256 of this writer's previous line for this component; absent on the first. */
  prev: z.string().optional(),
})
export type TransitionLine = z.output<typeof transitionSchema>

/** Upper bounds of the latency histogram in milliseconds; the tenth bucket is everything above. Fixed, so that days can be merged. */
export const latencyBuckets = [25, 50, 100, 200, 400, 800, 1600, 3200, 6400] as const

/**
 * One finished UTC day of one component as one writer saw it: a line of
 * `history/rollup/<component>/<YYYY-MM>.<writer>.ndjson`.
 */
export const rollupSchema = z.object({
  v: z.literal(1),
  /** The UTC day, `2026-11-21`. */
  d: z.iso.date(),
  /** Passes made, and how many of them found it up, degraded, down or could not tell. */
  n: z.int(),
  ok: z.int(),
  deg: z.int(),
  down: z.int(),
  unk: z.int(),
  /** Times of the first and the last pass of the day, `HH:MM:SS` UTC. */
  t0: z.string(),
  t1: z.string(),
  /** Milliseconds, from the samples themselves; absent when no pass was answered. */
  p50: z.number().optional(),
  p95: z.number().optional(),
  p99: z.number().optional(),
  hist: z
    .array(z.int())
    .length(latencyBuckets.length + 1)
    .optional(),
  /** How often measuring paused for longer than the gap rule allows. */
  gaps: z.int(),
})
export type Rollup = z.output<typeof rollupSchema>

/** A transition with its times as instants. */
export interface Transition {
  component: string
  writer: string
  seq: number
  from: Status
  to: Status
  before?: Instant
  after: Instant
  confirmed: Instant
  why?: string
}

/**
 * What a writer knows between two passes: the live snapshot. Kept beside the world in `.candor/live/<writer>.json`
 * and, where the prober's disk does not last, on the branch `status-live/<writer>`.
 */
export const liveSchema = z.object({
  v: z.literal(1),
  writer: z.string(),
  /** When it last looked, and when it means to look next. */
  checked_at: stamp,
  next_expected_at: stamp,
  interval_ms: z.number(),
  components: z.record(
    z.string(),
    z.object({
      status: statusSchema,
      /** The middle between the last sample of the status before and the first of this one. */
      since: stamp,
      /** The last pass that could tell anything about it; absent when none could yet. */
      checked_at: stamp.optional(),
      why: z.string().optional(),
      ms: z.number().optional(),
      /** The last passes' latencies, oldest first, at most 48; `null` where a pass was not answered. */
      recent: z.array(z.number().nullable()),
      /** A status that is seen but not yet confirmed. */
      pending: z
        .object({
          status: statusSchema,
          passes: z.int(),
          t_before: stamp.optional(),
          t_after: stamp,
          why: z.string().optional(),
          code: z.string().optional(),
        })
        .optional(),
      seq: z.int(),
      prev: z.string().optional(),
      /** The running day; becomes a {@link Rollup} when the day is over. */
      today: z.object({
        d: z.iso.date(),
        n: z.int(),
        ok: z.int(),
        deg: z.int(),
        down: z.int(),
        unk: z.int(),
        t0: z.string(),
        t1: z.string(),
        gaps: z.int(),
        hist: z.array(z.int()).length(latencyBuckets.length + 1),
        /** Every answered pass's latency of the day, for exact percentiles; at 60 s at most 1,440 numbers. */
        ms: z.array(z.number()),
      }),
    }),
  ),
})
export type Live = z.output<typeof liveSchema>

/** All that is known of one component's past measurements, oldest first. */
export interface ComponentHistory {
  transitions: Transition[]
  rollups: (Rollup & { writer: string })[]
}
