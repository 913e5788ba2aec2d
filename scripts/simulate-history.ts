import { recordPass } from '../src/derive/record.ts'
import { appendHistory } from '../src/files/history-store.ts'
import type { Sample, SampleState } from '../src/model/check.ts'
import type { Live } from '../src/model/history.ts'
import { DAY, HOUR, MINUTE, SECOND, type Instant } from '../src/model/time.ts'

/** Trouble that the simulated probes are to find. */
export interface Fault {
  component: string
  from: Instant
  to: Instant
  state: SampleState
}

/**
 * Writes a made-up past into a world's history, through the same recorder that real probes use: one pass every ten
 * minutes, and every minute around faults and in the last hour. For sample worlds only; the page of one says that it is a sample.
 * The same seed gives the same past. Returns what its writer knows at the end.
 */
export function simulateHistory(
  root: string,
  {
    components,
    from,
    to,
    writer,
    faults,
    seed,
  }: { components: string[]; from: Instant; to: Instant; writer: string; faults: Fault[]; seed: number },
): Live | undefined {
  const random = randomFrom(seed)
  let live: Live | undefined
  const transitions: Parameters<typeof appendHistory>[1]['transitions'] = []
  const rollups: Parameters<typeof appendHistory>[1]['rollups'] = []
  for (let at = from; at < to;) {
    const samples = components.map((component) => sampleOf(component, at, faults, random))
    const closely = nearFault(at, faults) || at > to - HOUR
    const intervalMs = closely ? MINUTE : 10 * MINUTE
    const recorded = recordPass({
      live,
      samples,
      components: components.map((id) => ({ id, confirm: 1 })),
      writer,
      now: at + SECOND,
      intervalMs: 10 * MINUTE,
    })
    live = recorded.live
    transitions.push(...recorded.transitions)
    rollups.push(...recorded.rollups)
    at += intervalMs
  }
  appendHistory(root, { writer, transitions, rollups })
  return live
}

/** Faults as real services have them: now and then, mostly short, at any hour. */
export function simulatedFaults(components: string[], from: Instant, to: Instant, seed: number): Fault[] {
  const random = randomFrom(seed)
  return components.flatMap((component) =>
    Array.from({ length: Math.floor(random() * 4) + 1 }, (): Fault => {
      const begin = from + Math.floor(random() * (to - from - DAY))
      const length = Math.ceil(3 * MINUTE + random() ** 3 * 2 * HOUR)
      return { component, from: begin, to: begin + length, state: random() < 0.5 ? 'down' : 'degraded' }
    }),
  )
}

function sampleOf(component: string, at: Instant, faults: Fault[], random: () => number): Sample {
  const fault = faults.find((one) => one.component === component && at >= one.from && at < one.to)
  const wave = 1 + 0.4 * Math.sin(((at % DAY) / DAY) * 2 * Math.PI)
  const latencyMs = Math.round(60 * wave * Math.exp((random() - 0.5) * 1.2))
  const base = { check: `${component}/0`, component, at }
  if (!fault) return { ...base, state: 'up', latencyMs }
  if (fault.state === 'degraded')
    return { ...base, state: 'degraded', latencyMs: latencyMs * 15, reason: 'slow', code: 'slow' }
  return { ...base, state: fault.state, reason: 'status is 503, expected 200–399', code: 'http_503' }
}

function nearFault(at: Instant, faults: Fault[]): boolean {
  return faults.some(({ from, to }) => at >= from - 10 * MINUTE && at <= to + 10 * MINUTE)
}

/** A small generator with a known stream (mulberry32), so that a sample world is the same on every machine. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
