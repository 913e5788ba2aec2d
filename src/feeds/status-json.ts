import { z } from 'zod'
import { componentUptime } from '../derive/accounts.ts'
import { incidentView, maintenanceView } from '../derive/incident-view.ts'
import { maintenanceState } from '../derive/maintenance-state.ts'
import { regionMatrix } from '../derive/region-matrix.ts'
import type { SiteFacts } from '../derive/site-facts.ts'
import { formatPercent } from '../derive/uptime.ts'
import type { ImpactView, RegionMatrix, UpdateView, VantageView } from '../derive/views.ts'
import { writersNow, type WriterNow } from '../derive/writers.ts'
import { verdictSentence, verdictStatus } from '../i18n/verdict.ts'
import {
  incidentPhaseNames,
  maintenancePhaseNames,
  severitySchema,
  statusSchema,
  type IncidentPhase,
  type MaintenancePhase,
} from '../model/status.ts'
import { iso, type Instant } from '../model/time.ts'

const time = z.iso.datetime().describe('RFC 3339, UTC')
const impact = z.strictObject({ id: z.string(), name: z.string(), status: statusSchema })
const update = z.strictObject({
  at: time,
  phase: z.string(),
  text: z.string().describe('without markup'),
  automated: z.boolean().describe('written by the probes, not confirmed by a person'),
  affected: z.array(impact).optional(),
})

/** `/status.json`, the page's state for machines. A changed field is a changed promise. */
const statusDocument = z
  .strictObject({
    generated_at: time.describe('when this file was built'),
    checked_at: time.optional().describe('when the probes last looked; absent where nothing is measured'),
    next_expected_at: time.optional().describe('when they mean to look next'),
    interval_seconds: z.number(),
    stale: z
      .boolean()
      .describe('the last look is more than three intervals old: the current state cannot be confirmed'),
    writers: z
      .array(
        z.strictObject({
          id: z.string(),
          name: z.string().optional(),
          region: z.string().optional(),
          checked_at: time.describe('when it last looked'),
          next_expected_at: time.describe('when it means to look next'),
          interval_seconds: z.number(),
          stale: z.boolean().describe('it is more than three of its own intervals late'),
        }),
      )
      .describe('every vantage point that has looked'),
    page: z.strictObject({ name: z.string(), url: z.url(), sample: z.boolean() }),
    status: statusSchema,
    sentence: z.string().describe('what the page says, in its first language'),
    updated_at: time.optional().describe('the newest update of any incident or maintenance'),
    version: z.string().describe('changes when what the page says changes'),
    components: z.array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        group: z.string().optional(),
        status: statusSchema,
        declared: statusSchema.optional().describe('what people say'),
        measured: z
          .strictObject({
            status: statusSchema,
            last_known: statusSchema.optional().describe('what they saw last, while they are late'),
            since: time.optional(),
            checked_at: time.optional(),
            reason: z.string().optional(),
            latency_ms: z.number().optional(),
          })
          .optional()
          .describe('what the probes say'),
        unstable: z
          .strictObject({ changes: z.number(), last_change_at: time })
          .optional()
          .describe('it changes too often to be told change by change'),
        vantage_points: z
          .array(
            z.strictObject({
              id: z.string(),
              name: z.string(),
              region: z.string().optional(),
              status: statusSchema,
              since: time.optional(),
              checked_at: time.optional(),
              reason: z.string().optional(),
              latency_ms: z.number().optional(),
            }),
          )
          .optional()
          .describe('what each place that looks at it sees by itself; absent where it is one'),
        uptime: z.record(
          z.string(),
          z.strictObject({
            percent: z.number().optional().describe('floored; absent when nothing is known'),
            coverage: z.number().describe('known share of the window, 0 to 1'),
            sufficient: z.boolean().describe('at least 90 % of the window is known'),
          }),
        ),
        uptime_source: z.enum(['measured', 'declared']),
      }),
    ),
    regions: z
      .array(
        z.strictObject({
          name: z.string(),
          components: z.array(
            z.strictObject({
              id: z.string(),
              status: statusSchema,
              since: time.optional(),
              latency_ms: z.number().optional(),
            }),
          ),
        }),
      )
      .optional()
      .describe(
        'what each region sees by itself; absent where nothing is looked at from more than one place',
      ),
    incidents: z
      .array(
        z.strictObject({
          id: z.string(),
          title: z.string(),
          url: z.url(),
          phase: z.enum(incidentPhaseNames as [IncidentPhase, ...IncidentPhase[]]),
          severity: severitySchema,
          started_at: time,
          affected: z.array(impact),
          next_update_by: time.optional(),
          read_fully: z.boolean(),
          updates: z.array(update),
        }),
      )
      .describe('open incidents'),
    maintenance: z
      .array(
        z.strictObject({
          id: z.string(),
          title: z.string(),
          url: z.url(),
          phase: z.enum(maintenancePhaseNames as [MaintenancePhase, ...MaintenancePhase[]]),
          starts_at: time,
          ends_at: time,
          affected: z.array(impact),
        }),
      )
      .describe('running and upcoming'),
  })
  .describe('The state of a status page. See docs/status-json.md.')

export type StatusDocument = z.output<typeof statusDocument>

/** The JSON Schema of `status.json`, as it is published beside it. */
export function statusJsonSchema(): unknown {
  return { ...z.toJSONSchema(statusDocument), title: 'status.json' }
}

/** What a site says at a moment, for machines. */
export function statusJson(facts: SiteFacts): StatusDocument {
  const { world, now, names, freshness, verdict, rows } = facts
  const { url } = world.site
  const matrix = regionMatrix(rows)
  const newest = Math.max(
    ...[...world.incidents, ...world.maintenance].flatMap(({ updates }) => updates[0]?.at ?? []),
  )
  return {
    generated_at: iso(now),
    ...optionalTime('checked_at', freshness.checkedAt),
    ...optionalTime(
      'next_expected_at',
      freshness.checkedAt === undefined ? undefined : freshness.checkedAt + freshness.intervalMs,
    ),
    interval_seconds: freshness.intervalMs / 1000,
    stale: freshness.stale,
    writers: writersNow(world, now).map(writerJson),
    page: { name: world.site.name, url: `${url}/`, sample: world.site.sample },
    status: verdictStatus(verdict, freshness),
    sentence: verdictSentence(verdict, freshness),
    ...optionalTime('updated_at', Number.isFinite(newest) ? newest : undefined),
    version: facts.version,
    components: world.components.map((component, index) => {
      const row = rows[index]
      return {
        id: component.id,
        name: component.name,
        ...(component.group !== undefined && { group: component.group }),
        status: row?.status ?? 'unknown',
        ...(row?.declared !== undefined && { declared: row.declared }),
        ...(row?.measured && { measured: measuredJson(row.measured) }),
        ...(row?.unstable && {
          unstable: { changes: row.unstable.changes, last_change_at: iso(row.unstable.lastChange) },
        }),
        ...(row?.vantages && { vantage_points: row.vantages.map(vantageJson) }),
        uptime: Object.fromEntries(
          componentUptime(world, component, now).map(({ window, uptime }) => [
            window.id,
            {
              ...(uptime.percent !== undefined && { percent: Number(formatPercent(uptime.percent)) }),
              coverage: Math.floor(uptime.coverage * 1e4) / 1e4,
              sufficient: !uptime.insufficient,
            },
          ]),
        ),
        uptime_source: row?.strip.source ?? 'declared',
      }
    }),
    ...(matrix.regions.length > 0 && { regions: regionsJson(matrix) }),
    incidents: facts.open.map((incident) => {
      const view = incidentView(incident, world.textOf(incident), names)
      return {
        id: view.id,
        title: view.title,
        url: `${url}/incidents/${encodeURIComponent(view.id)}/`,
        phase: view.phase,
        severity: view.severity,
        started_at: iso(view.startedAt),
        affected: view.impacts.map(impactJson),
        ...optionalTime('next_update_by', view.nextUpdateBy),
        read_fully: view.readFully,
        updates: view.updates.map(updateJson),
      }
    }),
    maintenance: world.maintenance
      .filter((one) =>
        ['scheduled', 'in_progress', 'verifying', 'extended'].includes(maintenanceState(one, now).phase),
      )
      .map((one) => {
        const view = maintenanceView(one, world.textOf(one), names, now)
        return {
          id: view.id,
          title: view.title,
          url: `${url}/maintenance/${encodeURIComponent(view.id)}/`,
          phase: view.phase,
          starts_at: iso(view.startsAt),
          ends_at: iso(view.endsAt),
          affected: view.impacts.map(impactJson),
        }
      }),
  }
}

function writerJson({ checkedAt, nextAt, intervalMs, ...writer }: WriterNow) {
  const { id, name, region, stale } = writer
  return {
    id,
    ...(name !== undefined && { name }),
    ...(region !== undefined && { region }),
    checked_at: iso(checkedAt),
    next_expected_at: iso(nextAt),
    interval_seconds: intervalMs / 1000,
    stale,
  }
}

function measuredJson(measured: NonNullable<SiteFacts['rows'][number]['measured']>) {
  return {
    status: measured.status,
    ...(measured.lastKnown !== undefined && { last_known: measured.lastKnown }),
    ...optionalTime('since', measured.since),
    ...optionalTime('checked_at', measured.checkedAt),
    ...(measured.why !== undefined && { reason: measured.why }),
    ...(measured.latencyMs !== undefined && { latency_ms: measured.latencyMs }),
  }
}

function vantageJson({ id, name, region, ...seen }: VantageView) {
  return { id, name, ...(region !== undefined && { region }), ...measuredJson(seen) }
}

function regionsJson({ regions, rows }: RegionMatrix) {
  return regions.map((name, index) => ({
    name,
    components: rows.flatMap(({ id, cells }) => {
      const cell = cells[index]
      if (!cell) return []
      const { status, since, latencyMs } = cell
      return {
        id,
        status,
        ...optionalTime('since', since),
        ...(latencyMs !== undefined && { latency_ms: latencyMs }),
      }
    }),
  }))
}

function impactJson({ id, name, status }: ImpactView) {
  return { id, name, status }
}

function updateJson({ at, phase, plain, automated, affected }: UpdateView) {
  return {
    at: iso(at),
    phase,
    text: plain,
    automated,
    ...(affected && { affected: affected.map(impactJson) }),
  }
}

function optionalTime<Key extends string>(key: Key, at: Instant | undefined): Partial<Record<Key, string>> {
  return at === undefined ? {} : ({ [key]: iso(at) } as Record<Key, string>)
}
