import { networkInterfaces } from 'node:os'
import { connect, isIP } from 'node:net'
import type { Check, CheckKind, Sample } from '../src/model/check.ts'
import { SECOND } from '../src/model/time.ts'
import { hostAndPort } from './host-and-port.ts'
import { ATTEMPT_PER_ADDRESS_MS, isPrivate, PrivateAddressError, type Network } from './network.ts'

/** Where the prober asks after its own network; see {@link unlessOffline}. */
export type Anchors = readonly string[] | 'internet'

/** Name servers that the world leans on, by address, so that no name has to be looked up. */
const INTERNET = ['1.1.1.1:443', '8.8.8.8:443', '9.9.9.9:443', '[2606:4700:4700::1111]:443']

/** All anchors are asked at once, and one of them is a quick connection away wherever there is a network. */
const PATIENCE_MS = 3 * SECOND

/**
 * The samples of a pass, those that are down only because this prober is offline made `unknown`. Nothing is asked while a
 * single target elsewhere answers. Where none does, and one is down, the prober doubts itself: without a network
 * interface other than loopback it is offline; else it is when no anchor (`host:port`) accepts a connection.
 *
 * The `internet` as anchor speaks for public targets only; named anchors speak for everything beyond this machine. What
 * answered stands in any case, and so does what a `script` or a failed job says.
 */
export async function unlessOffline(
  checks: readonly Check[],
  samples: Sample[],
  { anchors, network, interfaces = networkInterfaces }: Surroundings,
): Promise<Sample[]> {
  const named = anchors === 'internet' ? INTERNET : anchors
  const spokenFor = samples.filter((_, index) => {
    const check = checks[index]
    return check !== undefined && isSpokenFor(check, anchors === 'internet')
  })
  const kindOf = new Map<string, CheckKind>(checks.map(({ id, kind }) => [id, kind]))
  const answers = spokenFor.some((sample) => isAnswered(sample, kindOf.get(sample.check)))
  // That a job has failed it has said itself.
  const doubted = new Set(spokenFor.filter(({ state, code }) => state === 'down' && code !== 'beat_failed'))
  if (named.length === 0 || answers || doubted.size === 0) return samples
  const why = hasInterface(interfaces())
    ? !(await anyAccepts(named, network)) && 'neither this nor what it asks to be sure answers'
    : 'it has no network interface up'
  if (why === false) return samples
  return samples.map((sample) => (doubted.has(sample) ? offline(sample, why) : sample))
}

function offline({ check, component, at }: Sample, why: string): Sample {
  return { check, component, at, state: 'unknown', reason: `this prober is offline: ${why}`, code: 'offline' }
}

/** Any answer, however bad, came over a network. A push that came in earlier, and silence over UDP, did not come now. */
function isAnswered({ state, latencyMs }: Sample, kind: CheckKind | undefined): boolean {
  if (isAwaited(kind)) return false
  if (kind === 'udp') return latencyMs !== undefined
  return state === 'up' || state === 'degraded' || latencyMs !== undefined
}

function isAwaited(kind: string | undefined): boolean {
  return kind === 'heartbeat'
}

function isSpokenFor(check: Check, publicOnly: boolean): boolean {
  if (check.kind === 'script') return false
  const target: unknown = (check.options as Record<string, unknown>)[check.kind]
  const host = typeof target === 'string' ? hostOf(target) : undefined
  if (host === undefined) return true
  if (/^(?:localhost|127\.[\d.]+|::1)$/i.test(host)) return false
  return !(publicOnly && isIP(host) > 0 && isPrivate(host))
}

/** The host of `https://user@host:1/x`, `host:1` or `host`; a variable in it is some name. */
function hostOf(target: string): string {
  const authority = target.replace(/^[a-z][\w+.-]*:\/\//i, '').replace(/[/?#].*$/, '')
  const place = authority.replace(/^.*@/, '')
  return /^\[(.+)\]/.exec(place)?.[1] ?? (isIP(place) ? place : place.replace(/:\d+$/, ''))
}

function hasInterface(all: ReturnType<typeof networkInterfaces>): boolean {
  return Object.values(all).some((addresses) => addresses?.some(({ internal }) => !internal))
}

/** Whether an anchor accepts a connection. Anchors that this prober may not ask leave the matter open, and it is `true`. */
async function anyAccepts(anchors: readonly string[], network: Network): Promise<boolean> {
  const end = new AbortController()
  const deadline = setTimeout(() => end.abort(), PATIENCE_MS)
  try {
    await Promise.any(anchors.map((anchor) => accepts(anchor, network, end.signal)))
    return true
  } catch (error) {
    return error instanceof AggregateError && error.errors.every((one) => one instanceof PrivateAddressError)
  } finally {
    clearTimeout(deadline)
    end.abort()
  }
}

/** Rejects where the anchor does not accept. */
function accepts(anchor: string, network: Network, signal: AbortSignal): Promise<void> {
  const { host, port } = hostAndPort(anchor)
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('no answer in time')), { once: true })
    network.addressesOf(host).then(() => {
      if (signal.aborted) return
      const { lookup } = network
      const socket = connect({ host, port, lookup, autoSelectFamilyAttemptTimeout: ATTEMPT_PER_ADDRESS_MS })
      signal.addEventListener('abort', () => socket.destroy(), { once: true })
      socket.once('connect', resolve).once('error', reject)
    }, reject)
  })
}

interface Surroundings {
  anchors: Anchors
  network: Network
  interfaces?: typeof networkInterfaces | undefined
}
