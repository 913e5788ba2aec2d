import { z } from 'zod'
import { hostAndPort } from './check-kinds/define-kind.ts'
import { duration, timeZone } from './fields.ts'
import { liveTargetSchema } from './live-target.ts'
import { writerSchema } from './history.ts'
import { severityNames, statusNames, statuses, type Severity, type Status } from './status.ts'

const secretName = /\$\{[A-Z_][A-Z0-9_]*\}/

const locale = z.string().refine(isLocale, 'expected a language such as en, de or pt-BR')

/** What is expected of people for each severity; the page and the reminders both read it. */
const policyBySeverity = z.strictObject({
  first_update: duration.optional(),
  cadence: duration.optional(),
  postmortem: duration.optional(),
})

/** A place that is looked from: its writer's name in history and in `from`, and what people call it. */
const vantagePoint = z.strictObject({
  id: writerSchema,
  name: z.string().min(1).max(60),
  /** The column it stands in where components are shown by region; its name where it is left out. */
  region: z.string().min(1).max(60).optional(),
})

/** `site.yaml`. Every key has a default but `name` and `url`. Durations in milliseconds. */
export const siteSchema = z.strictObject({
  name: z.string().min(1).max(120),
  /** Where the page is served, without a slash at its end; feeds need whole addresses. */
  url: z
    .url({ protocol: /^https?$/, error: 'expected an address such as https://status.example.com' })
    .transform((url) => url.replace(/\/+$/, '')),
  /** The owner's zone: what a page without JavaScript shows beside UTC. */
  timezone: timeZone.default('UTC'),
  locale: locale.default('en'),
  locales: z.array(locale).default([]),
  /** Says on every page that what it shows is an example and no real service's record. */
  sample: z.boolean().default(false),
  brand: z
    .strictObject({
      logo: z.string().optional(),
      accent: z
        .string()
        .regex(/^#[0-9a-fA-F]{6}$/, 'expected a colour such as #1c4f8f')
        .optional(),
      home: z.url({ protocol: /^https?$/ }).optional(),
      links: z.array(z.strictObject({ name: z.string(), url: z.url({ protocol: /^https?$/ }) })).default([]),
      white_label: z.boolean().default(false),
    })
    .prefault({}),
  uptime: z
    .strictObject({
      /** The share of the time in a status that counts as downtime, 0 to 1. */
      weights: z
        .partialRecord(z.enum(statusNames as [Status, ...Status[]]), z.number().min(0).max(1))
        .default({}),
      exclude_maintenance: z.boolean().default(true),
    })
    .prefault({}),
  incidents: z
    .strictObject({
      publish: z.enum(['commit', 'pr', 'pr+live']).default('pr+live'),
      /** How long an outage must last before it becomes an incident. */
      open_after: duration.default(2 * 60_000),
      /** How long a component must be well again before its incident is resolved. */
      resolve_after: duration.default(2 * 60_000),
      /** An unmerged incident that lasted at least this long is merged when it is resolved; a shorter one is closed. */
      auto_merge_after: duration.default(5 * 60_000),
      /** More changes than this within this time make a component unstable, until nothing has changed for as long as `quiet`. */
      flapping: z
        .strictObject({
          changes: z.int().min(2).max(100).default(4),
          within: duration.default(60 * 60_000),
          quiet: duration.default(30 * 60_000),
        })
        .prefault({}),
    })
    .prefault({}),
  policy: z
    .strictObject({
      severity: z
        .partialRecord(z.enum(severityNames as [Severity, ...Severity[]]), policyBySeverity)
        .default({}),
      maintenance_notice: duration.optional(),
      escalation: z.array(z.strictObject({ after: duration, notify: z.array(z.string()) })).default([]),
    })
    .prefault({}),
  notify: z
    .array(
      z.looseObject({
        channel: z.string(),
        url: z
          .string()
          .regex(secretName, 'a secret: name an environment variable, as in ${SLACK_WEBHOOK_URL}')
          .optional(),
      }),
    )
    .default([]),
  /** Where live snapshots can be read that a build is to show; `{writer}.json` of `history.live_to` as others see it. */
  live: z
    .array(
      z
        .string()
        .regex(/^(?:https?:\/\/[^/@]+|file:.)/, 'expected an address that begins with https:// or file:'),
    )
    .default([]),
  history: z
    .strictObject({
      /** The branch that history is committed to; the main branch where it is left out. */
      branch: z
        .string()
        .regex(/^[A-Za-z0-9][\w./-]{0,99}$/, 'expected the name of a branch, such as history')
        .optional(),
      /** Where each pass puts the writer's live snapshot; its branch, for passes that commit, where it is left out. */
      live_to: z.array(liveTargetSchema).optional(),
      /** How often the probes mean to look. The page uses it to say when its data is stale. */
      interval: duration.default(60_000),
    })
    .prefault({}),
  /** In the order in which they are shown. A writer that is not among them is called by its own name. */
  vantage_points: z.array(vantagePoint).default([]),
  probe: z
    .strictObject({
      /** Asked when no target answers: while none of these accepts a connection, the prober is offline and nothing is down. */
      anchors: z.array(hostAndPort()).max(16).optional(),
    })
    .prefault({}),
  service: z.url({ protocol: /^https?$/ }).optional(),
})

/** `site.yaml` as read, defaults filled in. */
export type Site = z.output<typeof siteSchema>
export type VantagePoint = z.output<typeof vantagePoint>

/** The share of the time in a status that counts as downtime on this site. */
export function downtimeWeight(site: Site, status: Status): number {
  return site.uptime.weights[status] ?? statuses[status].weight
}

function isLocale(name: string): boolean {
  try {
    return Intl.getCanonicalLocales(name).length === 1
  } catch {
    return false
  }
}
