/**
 * Probes a world and prints what that was like, as JSON: `node --expose-gc bench/processes/probing.ts <order>`. The order
 * says, as JSON, which world, at which beat, and for how many passes; with `simulated`, time goes on as fast as they do.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { machineClock, probeLoop, type Clock } from '../../scripts/probe-loop.ts'

export interface ProbingOrder {
  root: string
  intervalMs: number
  passes: number
  simulated: boolean
}

export interface Probing {
  /** Of the event loop, in milliseconds: the delay that 99 of 100 ticks stay below, and the longest. */
  delay: { p99: number; max: number }
  /** The longest pass, from its first check to the snapshot on the disk. */
  longestPassMs: number
  /** The heap after a collection, a sixth of the way in and at the end, in bytes. */
  heap: { early: number; late: number }
}

const { root, intervalMs, passes, simulated } = JSON.parse(process.argv[2] ?? '{}') as ProbingOrder
const clock = simulated ? simulatedClock() : machineClock
const loop = monitorEventLoopDelay({ resolution: 10 })
const heaps: number[] = []
let begun = performance.now()
let longestPassMs = 0
loop.enable()
await probeLoop({
  ...{ root, intervalMs, clock, writer: 'bench', env: {}, allowPrivate: true, onlyNews: true },
  forMs: passes * intervalMs,
  clock: {
    ...clock,
    async wait(milliseconds, signal) {
      await clock.wait(milliseconds, signal)
      begun = performance.now()
    },
  },
  async afterPass({ samples }) {
    longestPassMs = Math.max(longestPassMs, performance.now() - begun)
    const bad = samples.find(({ state }) => state !== 'up')
    if (bad) throw new Error(`${bad.check} is ${bad.state}: ${bad.reason ?? ''}`)
    // To collect takes longer than anything else here, and is not what is measured with the machine's clock.
    if (!simulated) return
    globalThis.gc?.()
    heaps.push(process.memoryUsage().heapUsed)
  },
})
loop.disable()
const found: Probing = {
  delay: { p99: loop.percentile(99) / 1e6, max: loop.max / 1e6 },
  longestPassMs,
  heap: { early: heaps[Math.floor(passes / 6)] ?? 0, late: heaps.at(-1) ?? 0 },
}
process.stdout.write(`${JSON.stringify(found)}\n`, () => process.exit())

function simulatedClock(): Clock {
  let elapsed = 0
  return {
    now: () => Date.UTC(2026, 10, 21) + elapsed,
    elapsed: () => elapsed,
    async wait(milliseconds) {
      await new Promise((resolve) => setImmediate(resolve))
      elapsed += milliseconds
    },
  }
}
