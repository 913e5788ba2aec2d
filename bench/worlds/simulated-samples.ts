import type { Sample } from '../../src/model/check.ts'
import { DAY, HOUR, MINUTE, type Instant } from '../../src/model/time.ts'
import { randomFrom, type Random } from './random.ts'

/** What goes wrong with a component in a year, on average. */
const OUTAGES = 8
const SLOW_SPELLS = 12
const FLAPPING_HOURS = 2

/**
 * What probes of a component would see at a time, asked in the order of time: log-normal latency with a daily wave, and in a year
 * eight outages of twenty minutes in the median, twelve slow spells of thirty, and two hours of going up and down.
 */
export function simulatedComponent(
  component: string,
  seed: number,
  from: Instant,
  to: Instant,
): (at: Instant) => Sample {
  const { random, median, faults } = begun(seed, from, to)
  const check = `${component}/0`
  let next = 0
  return (at) => {
    while (at >= (faults[next]?.to ?? Infinity)) next++
    const fault = faults[next]
    const state = fault && at >= fault.from ? fault.state : 'up'
    if (state === 'down')
      return {
        check,
        component,
        at,
        state,
        reason: 'status is 503, expected 200 to 399',
        code: 'http_503',
        latencyMs: tenths(random.logNormal(median, 0.25)),
      }
    const wave = 1 + 0.15 * Math.sin(((at % DAY) / DAY) * 2 * Math.PI)
    const latencyMs = tenths(
      random.logNormal(median * wave, 0.25) * (state === 'degraded' ? random.between(3, 8) : 1),
    )
    if (state === 'up') return { check, component, at, state, latencyMs }
    return {
      check,
      component,
      at,
      state,
      latencyMs,
      reason: `latency is ${String(Math.round(latencyMs))} ms, over 800 ms`,
      code: 'latency',
    }
  }
}

/** When something is wrong with the component of a seed, in the order of time. */
export function simulatedFaults(seed: number, from: Instant, to: Instant): readonly Fault[] {
  return begun(seed, from, to).faults
}

function begun(seed: number, from: Instant, to: Instant) {
  const random = randomFrom(seed)
  const median = random.between(60, 600)
  return { random, median, faults: faultsOf(random, from, to) }
}

interface Fault {
  from: Instant
  to: Instant
  state: 'down' | 'degraded'
}

/** In the order of time, each beginning after the one before has ended. */
function faultsOf(random: Random, from: Instant, to: Instant): Fault[] {
  const years = (to - from) / (365 * DAY)
  const some = (perYear: number, make: (begin: Instant) => Fault[]) =>
    Array.from({ length: arrivals(random, perYear * years) }, () => make(random.between(from, to))).flat()
  const faults = [
    ...some(OUTAGES, (begin) => [
      { from: begin, to: begin + random.logNormal(20 * MINUTE, 1.1), state: 'down' },
    ]),
    ...some(SLOW_SPELLS, (begin) => [
      { from: begin, to: begin + random.logNormal(30 * MINUTE, 1.1), state: 'degraded' },
    ]),
    ...some(FLAPPING_HOURS, flappingHour),
  ].sort((a, b) => a.from - b.from)
  return faults.filter(
    (fault, index) => fault.from >= Math.max(0, ...faults.slice(0, index).map((earlier) => earlier.to)),
  )
}

/** Down for five minutes of every ten. */
function flappingHour(begin: Instant): Fault[] {
  return Array.from({ length: HOUR / (10 * MINUTE) }, (_, index) => {
    const from = begin + index * 10 * MINUTE
    return { from, to: from + 5 * MINUTE, state: 'down' }
  })
}

/** How often something happens that happens so often on average (Knuth's way to a Poisson number). */
function arrivals(random: Random, mean: number): number {
  const limit = Math.exp(-mean)
  let count = 0
  for (let product = random.next(); product >= limit; product *= random.next()) count++
  return count
}

function tenths(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10
}
