import { z } from 'zod'
import { methodologyView } from '../derive/methodology-view.ts'
import type { SiteFacts } from '../derive/site-facts.ts'
import { statusSchema } from '../model/status.ts'
import { iso } from '../model/time.ts'

const time = z.iso.datetime().describe('RFC 3339, UTC')
const seconds = z.number().describe('seconds')

/** `/api/v1/methodology.json`, the rules behind the figures. A changed field is a changed promise. */
const document = z
  .strictObject({
    formula: z.string(),
    weights: z
      .partialRecord(statusSchema, z.number())
      .describe('the share of the time that counts as downtime'),
    excludes_maintenance: z
      .boolean()
      .describe('work that was announced before it began is in neither part of the fraction'),
    sufficient_coverage: z.number().describe('0 to 1; with less known, a figure is no record'),
    decimals: z.int().describe('figures are rounded down'),
    windows: z.array(z.string()),
    interval_seconds: seconds,
    longest_pause_seconds: seconds.describe('between two passes further apart, time is unknown'),
    open_after_seconds: seconds,
    resolve_after_seconds: seconds,
    flapping: z.strictObject({ changes: z.int(), within_seconds: seconds, quiet_seconds: seconds }),
    stale_after_intervals: z.int(),
    vantage_points: z.array(
      z.strictObject({ id: z.string(), name: z.string(), region: z.string().optional() }),
    ),
    components: z.array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        counted_by: z.enum(['measured', 'declared']),
        checks: z.int(),
        confirm: z.int().optional(),
        interval_seconds: seconds.optional(),
        quorum: z.int().optional().describe('so many vantage points have to agree while all of them know'),
        since: time.optional(),
      }),
    ),
    corrections: z.array(
      z.strictObject({
        id: z.string(),
        components: z.array(z.string()),
        from: time,
        until: time,
        counts_as: statusSchema,
        writer: z.string().optional(),
        reason: z.string(),
      }),
    ),
  })
  .describe('How the uptime of a status page is counted. See docs/uptime.md.')

/** The JSON Schema of `methodology.json`, as it is published beside it. */
export function methodologyJsonSchema(): unknown {
  return { ...z.toJSONSchema(document), title: 'methodology.json' }
}

/** The same facts as on `/methodology/`, for machines. */
export function methodologyJson(facts: SiteFacts): z.output<typeof document> {
  const view = methodologyView(facts)
  return {
    formula: '1 - sum(w * t) / (T - unknown - maintenance)',
    weights: Object.fromEntries(view.weights.map(({ status, weight }) => [status, weight])),
    excludes_maintenance: view.excludesMaintenance,
    sufficient_coverage: view.enoughCoverage,
    decimals: view.decimals,
    windows: view.windows,
    interval_seconds: view.intervalMs / 1000,
    longest_pause_seconds: view.longestPauseMs / 1000,
    open_after_seconds: view.openAfterMs / 1000,
    resolve_after_seconds: view.resolveAfterMs / 1000,
    flapping: {
      changes: view.flapping.changes,
      within_seconds: view.flapping.withinMs / 1000,
      quiet_seconds: view.flapping.quietMs / 1000,
    },
    stale_after_intervals: view.staleAfter,
    vantage_points: view.vantagePoints,
    components: view.components.map(({ id, name, signal, checks, confirm, intervalMs, quorum, since }) => ({
      id,
      name,
      counted_by: signal,
      checks,
      ...(confirm !== undefined && { confirm }),
      ...(intervalMs !== undefined && { interval_seconds: intervalMs / 1000 }),
      ...(quorum !== undefined && { quorum }),
      ...(since !== undefined && { since: iso(since) }),
    })),
    corrections: view.corrections.map(({ id, components, from, until, countsAs, writer, reason }) => ({
      id,
      components: components.map((component) => component.id),
      from: iso(from),
      until: iso(until),
      counts_as: countsAs,
      ...(writer !== undefined && { writer }),
      reason,
    })),
  }
}
