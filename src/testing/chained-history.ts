import { hashLine } from '../derive/chain.ts'
import { lineText, type Rollup, type TransitionLine } from '../model/history.ts'
import { DAY, iso, MINUTE, parseInstant, utcDay } from '../model/time.ts'

/** Transitions as a writer would have written them: numbered, chained, `apart` milliseconds from each other. */
export function chainedLines(
  count: number,
  { from = '2026-11-01T00:00:00Z', apart = 60 * MINUTE, writer = 'main' } = {},
): TransitionLine[] {
  const lines: TransitionLine[] = []
  for (let seq = 1; seq <= count; seq++) {
    const at = (parseInstant(from) ?? NaN) + (seq - 1) * apart
    const last = lines.at(-1)
    lines.push({
      v: 1,
      seq,
      from: last?.to ?? 'unknown',
      to: seq % 2 === 1 ? 'operational' : 'major_outage',
      ...(last && { t_before: iso(at - 2 * MINUTE) }),
      t_after: iso(at - MINUTE),
      t_confirmed: iso(at),
      writer,
      ...(last && { prev: hashLine(lineText(last)) }),
    })
  }
  return lines
}

/** Days on which all was well. */
export function wholeDays(count: number, from = '2026-11-01'): Rollup[] {
  const first = parseInstant(`${from}T00:00:00Z`) ?? NaN
  return Array.from({ length: count }, (_, day) => ({
    v: 1,
    d: utcDay(first + day * DAY),
    n: 1440,
    ok: 1440,
    deg: 0,
    down: 0,
    unk: 0,
    t0: '00:00:10',
    t1: '23:59:10',
    gaps: 0,
  }))
}
