import { recordPass } from '../../src/derive/record.ts'
import type { Additions } from '../../src/files/history-lines.ts'
import type { Live, Rollup, TransitionLine } from '../../src/model/history.ts'
import { MINUTE, parseInstant, SECOND, type Instant } from '../../src/model/time.ts'
import { randomFrom, type Random } from './random.ts'
import { simulatedComponent, simulatedFaults } from './simulated-samples.ts'

const WRITER = 'bench'
const APART = 20 * MINUTE
/** Around trouble the looks are a minute apart, as they always are in truth. */
const AROUND = 25 * MINUTE
const PASSES_A_DAY = 1440

/**
 * The history of many components, in the order in which a probe would have written it: what stands at one time is one
 * commit. Through the recorder, but with looks only where something can change, and every twenty minutes; the counts of
 * each day are then those of 1,440 looks. That takes a fifteenth of the time that all looks would take.
 */
export function simulatedHistory(
  ids: string[],
  from: Instant,
  to: Instant,
): { at: Instant; additions: Additions }[] {
  const byTime = new Map<Instant, Additions>()
  const at = (time: Instant) => {
    const found = byTime.get(time) ?? { writer: WRITER, transitions: [], rollups: [] }
    byTime.set(time, found)
    return found
  }
  for (const [index, component] of ids.entries()) {
    const seed = index + 1
    for (const line of transitionsAndDays(component, seed, from, to)) {
      if ('seq' in line) at(parseInstant(line.t_confirmed) ?? NaN).transitions.push({ component, line })
      // All days are written by the first pass of the next day.
      else
        at((parseInstant(`${line.d}T00:00:10Z`) ?? NaN) + PASSES_A_DAY * MINUTE).rollups.push({
          component,
          line,
        })
    }
  }
  return [...byTime].map(([time, additions]) => ({ at: time, additions })).sort((a, b) => a.at - b.at)
}

function transitionsAndDays(component: string, seed: number, from: Instant, to: Instant) {
  const look = simulatedComponent(component, seed, from, to)
  const faults = simulatedFaults(seed, from, to)
  const random = randomFrom(seed + 1_000_000)
  const lines: (TransitionLine | Rollup)[] = []
  let live: Live | undefined
  let next = 0
  for (let now = from + 10 * SECOND; now < to;) {
    const recorded = recordPass({
      live,
      samples: [look(now)],
      components: [{ id: component, confirm: 2 }],
      writer: WRITER,
      now,
      intervalMs: APART,
    })
    live = recorded.live
    lines.push(...recorded.transitions.map(({ line }) => line))
    lines.push(...recorded.rollups.map(({ line }) => ofAllLooks(line, random)))
    while (now > (faults[next]?.to ?? Infinity) + AROUND) next++
    const fault = faults[next]
    now += fault && now + APART >= fault.from - AROUND ? MINUTE : APART
  }
  return lines
}

/** The same day with the counts that a look each minute would have given, and as little round. */
function ofAllLooks(day: Rollup, random: Random): Rollup {
  const scaled = (count: number) => Math.round((count * PASSES_A_DAY) / day.n)
  const [deg, down] = [scaled(day.deg), scaled(day.down)]
  const hist = day.hist?.map((count) => (count === 0 ? 0 : Math.max(scaled(count) + random.whole(-9, 9), 1)))
  return { ...day, n: PASSES_A_DAY, ok: PASSES_A_DAY - deg - down, deg, down, ...(hist && { hist }) }
}
