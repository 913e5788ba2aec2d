import { setTimeout as delay } from 'node:timers/promises'
import { statuses } from '../src/model/status.ts'
import { iso } from '../src/model/time.ts'
import { probePass, type PassOrder, type PassReport } from './probe-pass.ts'
import { plural, sayAt } from './say.ts'

export interface LoopOrder extends PassOrder {
  /** How long to go on, in milliseconds; for ever where it is left out. */
  forMs?: number
  /** Says only the passes that found something new. */
  onlyNews?: boolean
  /** Called after each pass, whatever the forge did not do in it. */
  afterPass?: (report: PassReport) => Promise<void>
}

/**
 * Passes at a steady beat, by the monotonic clock: a pass that takes long delays the next, and never two run at once.
 * A pass that fails as a whole is said and the next is made all the same; a loop that dies is a page that goes stale.
 * @returns what the forge did not do in the last pass; nothing where the loop was stopped
 * @throws what the last pass failed of as a whole, when there is a last one
 */
export async function probeLoop(order: LoopOrder): Promise<string[]> {
  const begin = performance.now()
  const stopped = () => order.signal?.aborted === true
  for (let beat = 1; ; beat++) {
    let failure: { error: unknown } | undefined
    let failures: string[] = []
    try {
      const report = await probePass(order)
      failures = report.failures
      if (stopped() && failures.length === 0) return []
      if (order.onlyNews !== true || isNews(report)) sayAt(passLine(report))
      if (stopped()) return []
      await order.afterPass?.(report)
    } catch (error) {
      failure = { error }
    }
    const elapsed = performance.now() - begin
    const next = Math.max(beat, Math.ceil(elapsed / order.intervalMs)) * order.intervalMs
    const last = order.forMs !== undefined && next >= order.forMs
    if (failure && last) throw failure.error
    if (failure)
      sayAt(
        `this pass failed: ${failure.error instanceof Error ? failure.error.message : String(failure.error)}`,
      )
    if (stopped()) return []
    if (last) return failures
    beat = Math.round(next / order.intervalMs)
    await delay(next - elapsed, undefined, order.signal && { signal: order.signal }).catch(() => undefined)
    if (stopped()) return []
  }
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
