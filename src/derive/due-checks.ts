import type { Check } from '../model/check.ts'
import type { Component } from '../model/component.ts'
import type { Live } from '../model/history.ts'
import { parseInstant, type Instant } from '../model/time.ts'

/** What one pass of one writer is to do. */
export interface DuePass {
  checks: Check[]
  /** The components that this writer looks at, due or not: what {@link recordPass} has to know of them. */
  components: { id: string; confirm: number; intervalMs: number }[]
  /**
   * Over how many milliseconds to spread their starts, so that a pass over many is no burst: 400 a second, but half a beat
   * at most, to leave time for retries. Few checks start at once.
   */
  spreadMs: number
}

const STARTS_PER_MS = 0.4
const FEW = 200

/**
 * The checks that are due in a pass. A component is looked at as a whole, at the pace of its most frequent check
 * (`every`, else the loop's own): a status is that of all its checks. Whoever asks for a pass gets one, so only a
 * component with a slower pace than the loop can be not due; it is when less than half a beat is missing, so that a beat
 * that comes a little early is not let go by.
 */
export function dueChecks(
  components: Component[],
  {
    writer,
    now,
    intervalMs,
    live,
  }: { writer: string; now: Instant; intervalMs: number; live: Live | undefined },
): DuePass {
  const pass: DuePass = { checks: [], components: [], spreadMs: 0 }
  for (const { id, checks } of components) {
    const own = checks.filter(({ options }) => options.from?.includes(writer) ?? true)
    if (own.length === 0) continue
    const every = Math.max(intervalMs, Math.min(...own.map(({ options }) => options.every ?? intervalMs)))
    const confirm = Math.max(...own.map(({ options }) => options.confirm))
    pass.components.push({ id, confirm, intervalMs: every })
    const last = parseInstant(live?.components[id]?.checked_at ?? '')
    const atEachPass = every === intervalMs || last === undefined || now < last
    if (atEachPass || now - last >= every - intervalMs / 2) pass.checks.push(...own)
  }
  if (pass.checks.length > FEW) pass.spreadMs = Math.min(pass.checks.length / STARTS_PER_MS, intervalMs / 2)
  return pass
}
