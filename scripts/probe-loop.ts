import { setTimeout as delay } from 'node:timers/promises'
import { durationWords } from '../checks/words.ts'
import { statuses } from '../src/model/status.ts'
import { iso, SECOND, type Instant } from '../src/model/time.ts'
import { look, tellForge, type Look, type PassOrder, type PassReport } from './probe-pass.ts'
import { plural, sayAt } from './say.ts'

export interface LoopOrder extends Omit<PassOrder, 'now'> {
  /** How long to go on, in milliseconds; for ever where it is left out. */
  forMs?: number
  /** Says only the passes that found something new. */
  onlyNews?: boolean
  /** Called when a pass has been recorded, before the forge is told. */
  afterLook?: () => Promise<void>
  /** Called when the forge has been told of a pass, whatever it did not do. */
  afterPass?: (report: PassReport) => Promise<void>
  clock?: Clock
}

/** Two clocks: the wall's, whose times are recorded and which people and machines set, and one that only goes on. */
export interface Clock {
  now: () => Instant
  /** Milliseconds since whenever. Stands still while a machine sleeps. */
  elapsed: () => number
  /** Waits, or less when `signal` aborts. */
  wait: (milliseconds: number, signal?: AbortSignal) => Promise<void>
}

export const machineClock: Clock = {
  now: Date.now,
  elapsed: () => performance.now(),
  wait: async (milliseconds, signal) => {
    await delay(milliseconds, undefined, signal && { signal }).catch(() => undefined)
  },
}

/** How long a forge may go on with the last pass after a stop was asked for. */
const GRACE_MS = 5 * SECOND

/** From here on the two clocks tell different stories. A machine that is merely busy stays below. */
const JUMP_MS = 30 * SECOND

/**
 * Looks at a steady beat, by the clock that only goes on: a look that takes long delays the next, and never two run at
 * once. The forge is told beside it, one pass at a time: while it is slow or away, the looks go on, and what they
 * recorded is told with a later one. A pass that fails as a whole is said and the next is made all the same; a loop that
 * dies is a page that goes stale.
 * @returns what the forge did not do in the last pass; nothing where the loop was stopped
 * @throws what the last pass failed of as a whole, when there is a last one
 */
export async function probeLoop(order: LoopOrder): Promise<string[]> {
  const { signal, clock = machineClock } = order
  const pass: PassOrder = { ...order, now: clock.now }
  const stopped = () => signal?.aborted === true
  const begin = clock.elapsed()
  const jump = jumps(clock)
  const lookOnce = async () => {
    const seen = await look(pass)
    await order.afterLook?.()
    return seen
  }
  let telling: Promise<PassEnd> | undefined
  for (let beat = 1; ; beat++) {
    jump()
    const seen = await lookOnce().catch((error: unknown): PassEnd => ({ error }))
    const elapsed = clock.elapsed() - begin
    const next = Math.max(beat, Math.ceil(elapsed / order.intervalMs)) * order.intervalMs
    const last = order.forMs !== undefined && next >= order.forMs
    if (last) {
      await telling
      const end = 'recorded' in seen ? await tell(pass, order, seen) : seen
      if (end.error !== undefined) throw end.error
      return stopped() ? [] : (end.failures ?? [])
    }
    if (!('recorded' in seen)) sayFailure(seen)
    else if (telling) sayAt(passLine({ ...seen, proposed: [], failures: [...seen.failures, BUSY] }))
    else {
      telling = tell(pass, order, seen).finally(() => (telling = undefined))
      void telling.then(sayFailure)
    }
    beat = Math.round(next / order.intervalMs)
    if (!stopped()) await clock.wait(next - elapsed, signal)
    if (!stopped()) continue
    if (telling && !(await endsWithin(GRACE_MS, telling, clock)))
      sayAt('the forge does not answer; what it was not told is on the disk, and comes with the next pass')
    return []
  }
}

/** Tells the forge of one pass, and says what came of it. Never rejects. */
async function tell(pass: PassOrder, order: LoopOrder, seen: Look): Promise<PassEnd> {
  try {
    const report = await tellForge(pass, seen)
    const stopped = pass.signal?.aborted === true
    if (report.failures.length > 0 || !stopped)
      if (order.onlyNews !== true || isNews(report)) sayAt(passLine(report))
    if (!stopped) await order.afterPass?.(report)
    return { failures: report.failures }
  } catch (error) {
    return { error }
  }
}

const BUSY = 'the forge is still busy with an earlier pass'

function sayFailure({ error }: PassEnd): void {
  if (error === undefined) return
  sayAt(`this pass failed: ${error instanceof Error ? error.message : String(error)}`)
}

/** Says, when it is called, how far the wall clock and the other have come apart since it was called last. */
function jumps(clock: Clock): () => void {
  let known = clock.now() - clock.elapsed()
  return () => {
    const by = clock.now() - clock.elapsed() - known
    known += by
    if (by >= JUMP_MS) sayAt(`this machine slept, or its clock was set forward, for ${durationWords(by)}`)
    if (by <= -JUMP_MS)
      sayAt(`the clock was set back by ${durationWords(-by)}; nothing is recorded until it has caught up`)
  }
}

async function endsWithin(milliseconds: number, work: Promise<unknown>, clock: Clock): Promise<boolean> {
  const enough = new AbortController()
  const late = clock.wait(milliseconds, enough.signal).then(() => false)
  const inTime = await Promise.race([work.then(() => true), late])
  enough.abort()
  return inTime
}

/** How a pass ended: with what the forge did not do, or with what it failed of as a whole. */
interface PassEnd {
  failures?: string[]
  error?: unknown
}

function isNews({ recorded, committed, proposed, failures }: PassReport): boolean {
  return (
    recorded.transitions.length > 0 || committed !== undefined || proposed.some(isAct) || failures.length > 0
  )
}

function isAct({ action }: PassReport['proposed'][number]): boolean {
  return action !== 'unchanged' && action !== 'nothing'
}

/** What a pass found, changed, did and could not do, on one line. */
export function passLine({ samples, recorded, committed, proposed, failures }: PassReport): string {
  const counts = Object.groupBy(samples, ({ state }) => state)
  const found = (['up', 'degraded', 'down', 'unknown'] as const)
    .map((state) => [counts[state]?.length ?? 0, state] as const)
    .filter(([count]) => count > 0)
    .map(([count, state]) => `${String(count)} ${state}`)
  const bad = samples.filter(({ state }) => state !== 'up').slice(0, 3)
  const why = bad.map(({ component, reason }) => `${component}: ${reason ?? 'no reason given'}`)
  const changes = recorded.transitions.map(
    ({ component, line }) => `${component} is now ${statuses[line.to].word.toLowerCase()}`,
  )
  const skew = recorded.rejected.some((one) => one.why === 'not_newer')
    ? ['the clock was set back; nothing is recorded until it has caught up']
    : []
  const acts = proposed.filter(isAct).map(({ action, branch, url }) => `incident ${action}: ${url ?? branch}`)
  const said = [
    `checked ${plural(samples.length, 'target')}: ${found.join(', ') || 'nothing to check'}`,
    ...why,
    ...changes,
    ...skew,
    ...(committed === undefined ? [] : [`committed ${committed.slice(0, 8)}`]),
    ...acts,
    ...failures,
  ]
  return `${said.join(' · ')} · next look ${iso(Date.parse(recorded.live.next_expected_at)).slice(11, 19)}`
}
