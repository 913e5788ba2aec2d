import type { KnownBeats } from '../src/model/beat.ts'
import type { CheckKind, CheckOptions, SampleState } from '../src/model/check.ts'
import type { Instant } from '../src/model/time.ts'
import type { Network } from './network.ts'

/**
 * One kind of check. A probe asks the network and returns what it saw. It never writes, never throws for a target that
 * is down, and leaves timeouts, retries, timing and conditions to the runner.
 */
export interface Probe<K extends CheckKind> {
  kind: K
  /** The options in which `${NAME}` is replaced from the environment before `ask` sees them. */
  takesEnv: readonly (keyof CheckOptions<K>)[]
  /** What else no reason may show: parts of the options that are secrets in themselves, such as the password in an address. */
  secretsOf?(options: CheckOptions<K>): readonly string[]
  ask(options: CheckOptions<K>, context: ProbeContext): Promise<Observation>
}

export interface ProbeContext {
  /** Aborts when the attempt's time is over or the pass is stopped; the probe then lets go of its sockets. */
  signal: AbortSignal
  /** 0 for the first attempt of a pass. A retry must not depend on connections of an earlier attempt. */
  attempt: number
  /** The check's id; absent where a probe is asked without one. */
  check?: string | undefined
  /** What the checks of this pass share. */
  pass: Pass
  /** Says what the probe waits for from now on, for the reason given when the time is over. */
  waitFor(step: Step): void
}

/** One pass over all checks. A probe may keep connections for it, as long as it lets go of them at its end. */
export interface Pass {
  network: Network
  now: () => Instant
  /** The world's folder, where a check may have a file of its own. Absent where checks are made without one. */
  root?: string
  /**
   * The prober's environment: where its programs are (`PATH`), and what tells where it runs. Not for the secrets of a
   * check, which come by `takesEnv`.
   */
  env?: Readonly<Record<string, string | undefined>>
  /** What is known of the beats of a heartbeat check; `undefined` for a check that none are kept of. */
  beatsOf?: (check: string) => KnownBeats | undefined
  /** Further certificate authorities to trust, in PEM, beside the machine's own. */
  ca?: string
  onEnd(letGo: () => void): void
}

/**
 * What an attempt can be waiting for. The first two are the prober's own affair, and a `source` only speaks about the
 * target: a timeout there is `unknown`.
 */
export type Step =
  | 'name lookup'
  | 'start of the script'
  | 'source'
  | 'connection'
  | 'TLS handshake'
  | 'answer'
  | 'rest of the answer'

/** What came of one attempt. */
export type Observation =
  | {
      outcome: 'answered'
      facts: Facts
      /** What the answer itself says is wrong, beside anything that conditions find. */
      finding?: Finding
      /** How long the target took, where that is not the time that asking took; `none` where there is nothing to measure. */
      latencyMs?: number | 'none'
    }
  /** The target did not answer, or not in its protocol: it is down. */
  | { outcome: 'failed'; reason: string; code: string }
  /** The checker itself failed, so nothing is known about the target. `final`: asking again would not help. */
  | { outcome: 'unknown'; reason: string; code: string; final?: boolean }

/** Why an answer is not well: what it says itself, one condition that does not hold, or one threshold that was passed. */
export interface Finding {
  state: Exclude<SampleState, 'up'>
  /** In words, with the value found. */
  reason: string
  code: string
}

/** What an answer holds. A kind gives the facts that it has; the others are absent. */
export interface Facts {
  status?: number
  /** Names in lower case; several headers of one name are joined with `, `. */
  headers?: Readonly<Record<string, string>>
  body?: Body
  certificate?: Certificate
  /** The records of a DNS answer, one text each; of other protocols, what was answered in words. */
  answers?: readonly string[]
  /** The one value that was asked for: of a query, or of a script. */
  value?: string | number | boolean | null
  /** How many rows or series a query gave. */
  rows?: number
  /** When a domain's registration ends. */
  expires?: Instant
  /** Of what was sent, how much got no reply: from 0 to 100. */
  lossPercent?: number
}

export interface Body {
  /** Whether there was more than was read. */
  truncated: boolean
  text(): string
  /** The parsed body, or why it cannot be parsed. */
  json(): { value: unknown } | { problem: string }
}

export interface Certificate {
  validTo: Instant
  /** The names it is for, as OpenSSL writes them: `DNS:example.com, IP Address:192.0.2.1`. */
  names?: string
}
