import { z } from 'zod'
import type { Condition } from './condition.ts'
import { duration } from './fields.ts'
import type { Instant } from './time.ts'

/** Fields that every kind of check takes. */
const commonOptions = {
  /** How often the check is made; the probe loop's own interval where it is left out. */
  every: duration.optional(),
  /** The longest one attempt may take, from looking up the name to the last byte read. */
  timeout: duration.default(10_000),
  /** Further attempts within the same pass when one fails, so that one lost packet is not an outage. */
  retries: z.int().min(0).max(5).default(2),
  /** How many passes in a row must agree before a change of state counts. */
  confirm: z.int().min(1).max(10).default(2),
  /** Vantage points (writer names) that make this check; every one where it is left out. */
  from: z.array(z.string()).optional(),
  /** How many vantage points must agree that it is down. */
  quorum: z.int().min(1).optional(),
  degraded_over: duration.optional(),
  down_over: duration.optional(),
  /** Conditions that the answer must meet: `status == 200`, `json $.database == "up"`, `certificate > 14d`. */
  expect: z.array(z.string()).default([]),
}

/** One entry a kind: its own key, which holds the target, and its own options. A new kind is one entry here and one file in `checks/`. */
export const checkKinds = {
  http: z.strictObject({
    http: z.url({ protocol: /^https?$/, error: 'expected an address that starts with http:// or https://' }),
    method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).default('GET'),
    /** `${NAME}` is replaced by that environment variable when the check is made. */
    headers: z.record(z.string(), z.string()).default({}),
    body: z.string().optional(),
    /** How many redirects to follow; more are a failure. With 0, a redirect is itself the answer. */
    redirects: z.int().min(0).max(20).default(5),
    ...commonOptions,
  }),
  tcp: z.strictObject({ tcp: hostAndPort(), ...commonOptions }),
  dns: z.strictObject({
    dns: z.string().min(1),
    record: z.enum(['A', 'AAAA', 'CNAME', 'MX', 'NS', 'TXT', 'SRV', 'CAA']).default('A'),
    /** `address`, `address:port` or `[v6 address]:port` of the name server to ask; the machine's own where it is left out. */
    resolver: z.string().optional(),
    ...commonOptions,
  }),
  tls: z.strictObject({
    tls: hostAndPort(),
    /** The name the certificate must be valid for, where it is not the host. */
    server_name: z.string().optional(),
    ...commonOptions,
  }),
} as const

export type CheckKind = keyof typeof checkKinds
export const checkKindNames = Object.keys(checkKinds) as CheckKind[]

/** A check as `components.yaml` has it, after defaults; durations in milliseconds. */
export type CheckOptions<K extends CheckKind = CheckKind> = z.output<(typeof checkKinds)[K]>

/** A check that can be made: its options, its conditions parsed, and who it belongs to. */
export interface Check<K extends CheckKind = CheckKind> {
  /** `api/0`: the component and the check's place in its list. */
  id: string
  component: string
  kind: K
  options: CheckOptions<K>
  conditions: Condition[]
}

/** What a check can conclude. `unknown`: the checker itself failed, so nothing is known about the target. */
export type SampleState = 'up' | 'degraded' | 'down' | 'unknown'

/** What one check saw in one pass. */
export interface Sample {
  check: string
  component: string
  at: Instant
  state: SampleState
  /** How long the answer took. Absent when there was none. */
  latencyMs?: number
  /** Why it is not up, in words, with the value found: `status is 503, expected 200`. Never holds a secret or an answer's body. */
  reason?: string
  /** A short machine word for the reason: `http_503`, `ECONNREFUSED`, `timeout`, `certificate`. */
  code?: string
}

function hostAndPort() {
  return z
    .string()
    .regex(/^(\[[0-9a-fA-F:.]+\]|[^\s:/]+):\d{1,5}$/, 'expected host:port, for example db.example.com:5432')
    .refine((target) => Number(target.split(':').at(-1)) <= 65_535, 'a port is at most 65535')
}
