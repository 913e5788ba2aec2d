import { z } from 'zod'
import { duration, id } from './fields.ts'
import { parseJsonPath } from './json-path.ts'
import { MINUTE } from './time.ts'

const address = z.url({
  protocol: /^https?$/,
  error: 'expected an address that starts with http:// or https://',
})
/** `${NAME}` is replaced by that environment variable when the metric is asked for. */
const headers = z.record(z.string(), z.string()).default({})

/** Where a metric's values come from: the key that it is written with, and what that holds. */
export const metricSources = {
  /** The first series of an instant query. */
  prometheus: z.strictObject({ url: address, query: z.string().min(1), headers }),
  /** A number in a JSON document. */
  json: z.strictObject({
    url: address,
    path: z.string().superRefine((path, context) => {
      const read = parseJsonPath(path)
      if ('error' in read) context.addIssue({ code: 'custom', message: read.error })
    }),
    headers,
  }),
  /** `status push` hands them over. */
  push: z.literal(true, 'expected true, or another source'),
}
export type MetricSource = keyof typeof metricSources
export const metricSourceNames = Object.keys(metricSources) as MetricSource[]
/** What a source that is asked is asked for. */
export type MetricRequest<S extends MetricSource> = z.output<(typeof metricSources)[S]>

/** A number that is drawn on its component's page. */
export const metricSchema = z
  .strictObject({
    id,
    name: z.string().min(1).max(120),
    unit: z.string().max(20).optional(),
    prometheus: metricSources.prometheus.optional(),
    json: metricSources.json.optional(),
    push: metricSources.push.optional(),
    /** How often it is asked for. */
    every: duration.default(5 * MINUTE),
    warn_over: z.number().optional(),
    crit_over: z.number().optional(),
    warn_under: z.number().optional(),
    crit_under: z.number().optional(),
  })
  .superRefine((metric, context) => {
    const problem = (message: string, path: string[] = []) =>
      context.addIssue({ code: 'custom', message, path })
    const written = metricSourceNames.filter((name) => metric[name] !== undefined)
    if (written.length !== 1)
      problem(
        `expected exactly one source (${metricSourceNames.join(', ')}), found ${written.join(' and ') || 'none'}`,
      )
    const { warn_over, crit_over, warn_under, crit_under } = metric
    if (warn_over !== undefined && crit_over !== undefined && crit_over < warn_over)
      problem('it must not be less than `warn_over`', ['crit_over'])
    if (warn_under !== undefined && crit_under !== undefined && crit_under > warn_under)
      problem('it must not be more than `warn_under`', ['crit_under'])
  })
export type Metric = z.output<typeof metricSchema>

export const metricsSchema = z.array(metricSchema).superRefine((metrics, context) => {
  metrics.forEach(({ id }, index) => {
    if (metrics.findIndex((other) => other.id === id) < index)
      context.addIssue({
        code: 'custom',
        path: [index, 'id'],
        message: `"${id}" is another metric of this component`,
      })
  })
})

/** `api.deliveries`: a component's metric, in files and snapshots. No id has a dot in it. */
export type MetricKey = `${string}.${string}`
export function metricKey(component: string, metric: string): MetricKey {
  return `${component}.${metric}`
}

/**
 * One finished UTC day of one metric as one writer saw it: a line of
 * `history/metrics/<writer>.<YYYY>/<component>.<metric>.<MM>.ndjson`. A day without a value has no line.
 */
export const metricDaySchema = z.object({
  v: z.literal(1),
  /** The UTC day, `2026-11-21`. */
  d: z.iso.date(),
  /** How many values there were. */
  n: z.int().min(1),
  min: z.number(),
  avg: z.number(),
  max: z.number(),
  p50: z.number(),
  p95: z.number(),
  last: z.number(),
})
export type MetricDay = z.output<typeof metricDaySchema>

const stamp = z.iso.datetime()

/** What a writer knows of a metric between two passes. */
export const liveMetricSchema = z.object({
  /** When it was last asked for; absent for one that is pushed. */
  asked_at: stamp.optional(),
  /** The newest value. */
  last: z.object({ at: stamp, value: z.number() }).optional(),
  /** Why the last asking gave none, in words and without secrets. */
  why: z.string().optional(),
  /** The last 24 hours, oldest first: seconds since 1970 and the last value of each five minutes. At most 289. */
  recent: z.array(z.tuple([z.int(), z.number()])),
  /** The running day; becomes a {@link MetricDay} when the day is over. */
  today: z
    .object({
      d: z.iso.date(),
      n: z.int(),
      sum: z.number(),
      min: z.number(),
      max: z.number(),
      last: z.number(),
      /** Every `step`th value of the day, for its percentiles: at most {@link MOST_VALUES}. */
      values: z.array(z.number()),
      step: z.int().min(1),
    })
    .optional(),
})
export type LiveMetric = z.output<typeof liveMetricSchema>

/** At a value a minute, a day has 1,440. Of days with more, every second, fourth, … counts for the percentiles. */
export const MOST_VALUES = 1_440

/** What one asking, or one push, gave of a metric. */
export interface MetricReading {
  component: string
  metric: string
  /** When, in ms since 1970. */
  at: number
  value?: number
  /** Why there is no value, in words and without secrets. */
  why?: string
  /** Whether it was handed over rather than asked for. */
  pushed?: true
}

/** The days of a metric by writer, oldest first. */
export type MetricHistory = (MetricDay & { writer: string })[]
