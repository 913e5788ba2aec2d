import type { CheckKind, CheckOptions } from '../src/model/check.ts'
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
  ask(options: CheckOptions<K>, context: ProbeContext): Promise<Observation>
}

export interface ProbeContext {
  /** Aborts when the attempt's time is over or the pass is stopped; the probe then lets go of its sockets. */
  signal: AbortSignal
  /** 0 for the first attempt of a pass. A retry must not depend on connections of an earlier attempt. */
  attempt: number
  /** What the checks of this pass share. */
  pass: Pass
  /** Says what the probe waits for from now on, for the reason given when the time is over. */
  waitFor(step: Step): void
}

/** One pass over all checks. A probe may keep connections for it, as long as it lets go of them at its end. */
export interface Pass {
  network: Network
  /** Further certificate authorities to trust, in PEM, beside the machine's own. */
  ca?: string
  onEnd(letGo: () => void): void
}

/** What an attempt can be waiting for. Only `name lookup` is the prober's own affair: a timeout there is `unknown`. */
export type Step = 'name lookup' | 'connection' | 'TLS handshake' | 'answer' | 'rest of the answer'

/** What came of one attempt. */
export type Observation =
  | { outcome: 'answered'; facts: Facts }
  /** The target did not answer, or not in its protocol: it is down. */
  | { outcome: 'failed'; reason: string; code: string }
  /** The checker itself failed, so nothing is known about the target. `final`: asking again would not help. */
  | { outcome: 'unknown'; reason: string; code: string; final?: boolean }

/** What an answer holds. A kind gives the facts that it has; the others are absent. */
export interface Facts {
  status?: number
  /** Names in lower case; several headers of one name are joined with `, `. */
  headers?: Readonly<Record<string, string>>
  body?: Body
  certificate?: Certificate
  /** The records of a DNS answer, one text each. */
  answers?: readonly string[]
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
