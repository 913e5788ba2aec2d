import { z } from 'zod'
import { liveMetricSchema, type MetricDay } from './metric.ts'
import { statusSchema, type Status } from './status.ts'
import type { Instant } from './time.ts'

/** Machines write these: always UTC with a `Z`, so that reading thirty thousand lines stays cheap. */
const stamp = z.iso.datetime({ error: 'expected a UTC time such as 2026-11-21T03:11:00Z' })

/** Who looked: a vantage point's name, which is part of file and branch names. */
export const writerSchema = z
  .string()
  .regex(/^[a-z0-9-]{1,40}$/, 'expected a writer name of small letters, digits and hyphens, at most 40 long')

/**
 * One confirmed change of a component's measured status: a line of
 * `history/transitions/<writer>.<YYYY>/<component>.<MM>.ndjson`, the month being that of `t_confirmed`, so that files only
 * ever grow at their end. The change lies between the last sample of the old status and the first of the new; the
 * accounts book it at the middle, rounded down to the millisecond, or at `t_after` where nothing came before.
 *
 * A gap in measuring is a change to `unknown` and one back. What is known of a time reaches half an interval beyond
 * each sample, so the passes that should have been made stand in for those that were not: going unknown, `t_after` is
 * one interval after the last sample; coming back, `t_before` is one interval before the next. The middles of these
 * are where knowledge ends and begins again, and no reader needs a rule of its own for gaps.
 */
export const transitionSchema = z.object({
  v: z.literal(1),
  /** Counts up per component and writer, from 1. */
  seq: z.int().min(1),
  from: statusSchema,
  to: statusSchema,
  /** Last sample before the change; absent when there was none. */
  t_before: stamp.optional(),
  /** First of the samples that led to the new status. */
  t_after: stamp,
  /** When enough passes had agreed. */
  t_confirmed: stamp,
  why: z.string().optional(),
  code: z.string().optional(),
  ms: z.number().optional(),
  writer: writerSchema,
  /** First 16 hex digits of the sha256 of this writer's previous line for this component; absent on the first. */
  prev: z.string().optional(),
})
export type TransitionLine = z.output<typeof transitionSchema>

/** Upper bounds of the latency histogram in milliseconds; the tenth bucket is everything above. Fixed, so that days can be merged. */
export const latencyBuckets = [25, 50, 100, 200, 400, 800, 1600, 3200, 6400] as const

/**
 * One finished UTC day of one component as one writer saw it: a line of
 * `history/rollup/<writer>.<YYYY>/<component>.<MM>.ndjson`.
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
  /** Some of its checks down, others not; absent when there was no such pass. `n` is the sum of these five. */
  part: z.int().optional(),
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
  code?: string
  /** Where it stands; absent for one that was not read from a file. */
  source?: { file: string; line: number }
}

/** A line as it stands in its file, without the newline. The hash chain is over exactly this text. */
export function lineText(line: TransitionLine | Rollup | MetricDay): string {
  return JSON.stringify(line)
}

/** The end of what one writer has written of one component: where it goes on. */
export interface HistoryTip {
  /** The last transition, and its line as it stands in the file. */
  transition?: { line: TransitionLine; text: string }
  rollup?: Rollup
}

/**
 * What a writer knows between two passes: the live snapshot. Kept beside the world in `.candor/live/<writer>.json`
 * and, where the prober's disk does not last, on the branch `status-live/<writer>`.
 */
export const liveSchema = z.object({
  v: z.literal(1),
  writer: writerSchema,
  /** When it last looked, and when it means to look next. */
  checked_at: stamp,
  next_expected_at: stamp,
  interval_ms: z.number(),
  /** Heartbeat checks that never had a beat, and since when this writer waits for one. */
  awaiting: z.record(z.string(), stamp).optional(),
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
      /** How often this component is looked at, where that is less often than `interval_ms`. */
      interval_ms: z.number().optional(),
      /** While it is unknown: what it was before, which it is again at once when that is what is seen next. */
      before_pause: statusSchema.optional(),
      /** A change that is seen but not yet confirmed: passes in a row that all differ from `status`, on the same side of it. */
      pending: z
        .object({
          /** What it would become: the one nearest to the present status of all that were seen. */
          status: statusSchema,
          t_before: stamp.optional(),
          /** Oldest first; as many as there were passes. */
          seen: z
            .array(
              z.object({
                t: stamp,
                status: statusSchema,
                why: z.string().optional(),
                code: z.string().optional(),
                ms: z.number().optional(),
                /** Where measuring paused before this pass: when the next pass was due, and when the one before this was. */
                pause: z.object({ begins: stamp, ends: stamp }).optional(),
              }),
            )
            .min(1),
        })
        .optional(),
      /** Of the last transition written, and the hash of its line. */
      seq: z.int(),
      prev: z.string().optional(),
      /** The running day; becomes a {@link Rollup} when the day is over. */
      today: z.object({
        d: z.iso.date(),
        n: z.int(),
        ok: z.int(),
        deg: z.int(),
        down: z.int(),
        part: z.int().optional(),
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
  /** Of each metric, by `<component>.<metric>`; absent where there is none. */
  metrics: z.record(z.string(), liveMetricSchema).optional(),
  /** Pushed values that are counted here, by the names of their files, which are removed after this is written. */
  points_taken: z.array(z.string()).optional(),
})
export type Live = z.output<typeof liveSchema>
export type LiveComponent = Live['components'][string]

/** All that is known of one component's past measurements, oldest first. */
export interface ComponentHistory {
  transitions: Transition[]
  rollups: (Rollup & { writer: string })[]
}
