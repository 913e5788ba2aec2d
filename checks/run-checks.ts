import type { networkInterfaces } from 'node:os'
import type { Check, CheckKind, Sample } from '../src/model/check.ts'
import { SECOND, type Instant } from '../src/model/time.ts'
import { attempt } from './attempt.ts'
import type { Pass } from './contract.ts'
import { expandEnv } from './env.ts'
import { judge } from './judge.ts'
import { createNetwork } from './network.ts'
import { unlessOffline, type Anchors } from './offline.ts'
import { loadProbe } from './registry.ts'
import { createSlots, type Slots } from './slots.ts'
import { createStop, type Stop } from './stop.ts'
import { redactor, shownReason } from './words.ts'

export interface RunOptions {
  /** Where `${NAME}` in checks is looked up, and the `PATH` to programs that checks are made with. */
  env: Record<string, string | undefined>
  /** The wall clock: the time of samples and the life left of certificates. */
  now: () => Instant
  /** How many attempts may be under way at a time; 50 or a tenth of the checks by default. Waiting does not count. */
  concurrency?: number
  /** Over how many milliseconds the starts are spread. Each component has a place of its own in them, the same in every pass. */
  spreadMs?: number
  /** Until when, in milliseconds from now, a retry must be over in the worst case to be made: the next pass is one, too. */
  retryWithinMs?: number
  /** From 0 up to 1, for the waits before retries; `Math.random` by default. */
  jitter?: () => number
  /** Waits before the first, second and further retries in milliseconds, each ±50 %; the last stands for all further ones. */
  retryDelaysMs?: readonly number[]
  /** Ends the pass early: what is not known by then is `unknown` with the code `stopped`. */
  signal?: AbortSignal
  /** Called as soon as a check's sample is known, in no particular order, and before the prober doubts itself. */
  onSample?: (sample: Sample) => void
  /** Whether loopback, private, link-local and cloud metadata addresses may be asked; off by default. */
  allowPrivate?: boolean
  /** Where the prober asks after its own network before it calls down everything there is; nowhere where left out. */
  anchors?: Anchors
  /** The machine's network interfaces, where they are not to be looked up. */
  interfaces?: typeof networkInterfaces
  /** The world's folder, for the kinds whose checks have a file there. */
  root?: string
  /** What is known of the beats of heartbeat checks. */
  beatsOf?: Pass['beatsOf']
  /** A further certificate authority to trust, in PEM. */
  ca?: string
}

/**
 * Makes every check once, with its retries, and returns one sample each, in the order of the checks. Never rejects for
 * what the network does: a target that does not answer is `down`, and a check that could not be made is `unknown`. So is
 * every one that is down while the prober itself is offline.
 */
export async function runChecks(checks: readonly Check[], options: RunOptions): Promise<Sample[]> {
  const stop = createStop(options.signal)
  const endings = [stop.now]
  const network = createNetwork({ allowPrivate: options.allowPrivate ?? false })
  const { ca, env, now, root, beatsOf } = options
  const pass: Pass = { network, ca, env, now, root, beatsOf, onEnd: (letGo) => endings.push(letGo) }
  // Some that hang must not hold up all the others.
  const slots = createSlots(options.concurrency ?? Math.max(50, checks.length / 10))
  const { spreadMs = 0, retryWithinMs = Infinity } = options
  const lastRetryEnd = performance.now() + retryWithinMs
  try {
    const samples = await Promise.all(
      checks.map(async (check) => {
        if (spreadMs > 0) await wait(placeOf(check.component) * spreadMs, stop)
        const sample = await makeCheck(check, options, { pass, slots, stop, lastRetryEnd })
        options.onSample?.(sample)
        return sample
      }),
    )
    const { anchors = [], interfaces } = options
    return stop.happened ? samples : await unlessOffline(checks, samples, { anchors, network, interfaces })
  } finally {
    for (const letGo of endings) letGo()
  }
}

/** 2 s bridge a lost packet or the restart of one process, 10 s that of a small service. */
const RETRY_DELAYS_MS = [2 * SECOND, 10 * SECOND]

interface Surroundings {
  pass: Pass
  slots: Slots
  stop: Stop
  /** By `performance.now()`. */
  lastRetryEnd: number
}

/** From 0 up to 1: FNV-1a of a name, 32 bits (http://www.isthe.com/chongo/tech/comp/fnv). */
function placeOf(name: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
  return (hash >>> 0) / 2 ** 32
}

async function makeCheck<K extends CheckKind>(
  check: Check<K>,
  { env, now, jitter = Math.random, retryDelaysMs = RETRY_DELAYS_MS }: RunOptions,
  { pass, slots, stop, lastRetryEnd }: Surroundings,
): Promise<Sample> {
  const probe = await loadProbe(check.kind)
  const expanded = expandEnv(check.options, probe.takesEnv, env)
  if ('missing' in expanded) {
    const reason = `the environment variable ${expanded.missing} is not set`
    return { check: check.id, component: check.component, at: now(), state: 'unknown', reason, code: 'env' }
  }
  const { options, secrets } = expanded
  const redact = redactor([...secrets, ...(probe.secretsOf?.(options) ?? [])])

  const once = async (number: number) => {
    const at = now()
    const seen = await attempt(probe, options, { number, pass, stop, check: check.id })
    return toSample(check, seen, at, redact)
  }
  for (let number = 0; ; number++) {
    const { sample, worthRetry } = await slots.use(() => once(number))
    if (!worthRetry || number >= check.options.retries || stop.happened) return sample
    const delay = (retryDelaysMs[Math.min(number, retryDelaysMs.length - 1)] ?? 0) * (0.5 + jitter())
    if (performance.now() + delay + check.options.timeout > lastRetryEnd) return sample
    await wait(delay, stop)
    if (stop.happened) return sample
  }
}

/** A slow answer or a certificate about to end will not change within seconds; what failed may. */
function toSample(
  check: Check,
  { observation, latencyMs: askedForMs }: Awaited<ReturnType<typeof attempt>>,
  at: Instant,
  redact: (text: string) => string,
): { sample: Sample; worthRetry: boolean } {
  const identity = { check: check.id, component: check.component, at }
  if (observation.outcome !== 'answered') {
    const state = observation.outcome === 'failed' ? 'down' : 'unknown'
    const reason = shownReason(observation.reason, redact)
    const isFinal = observation.outcome === 'unknown' && observation.final === true
    return { sample: { ...identity, state, reason, code: observation.code }, worthRetry: !isFinal }
  }
  const { facts, finding, latencyMs: measured = askedForMs } = observation
  const latency = measured === 'none' ? {} : { latencyMs: Math.round(measured * 10) / 10 }
  const evidence = { facts, now: at, redact, ...(measured !== 'none' && { latencyMs: measured }) }
  const verdict = judge(check, evidence, finding)
  const answered = { ...identity, state: verdict.state, ...latency }
  if (verdict.state === 'up') return { sample: answered, worthRetry: false }
  const reason = shownReason(verdict.reason, redact)
  return { sample: { ...answered, reason, code: verdict.code }, worthRetry: verdict.state === 'down' }
}

/** Waits, or less when the pass is stopped. */
function wait(milliseconds: number, stop: Stop): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      stop.forget(end)
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    stop.whenItHappens(end)
  })
}
