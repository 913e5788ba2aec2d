import type { HistoryTip, Live, LiveComponent } from '../model/history.ts'
import { iso, parseInstant, type Instant } from '../model/time.ts'
import { afterLine, newEntry } from './record.ts'

/**
 * What a writer goes on from when it starts: its live snapshot, brought up to what its history already says. Where
 * the history is ahead (it was written, and the writer was killed before the snapshot was; or the snapshot is gone),
 * the history is right: numbering and hash chain go on from its last line, and what was pending is forgotten.
 * `undefined` when there is neither snapshot nor history. `tips` come from `readHistoryTips`.
 */
export function resumeLive({ live, tips, writer, intervalMs }: Resumption): Live | undefined {
  const components = { ...live?.components }
  for (const [component, tip] of Object.entries(tips)) {
    const known = components[component]
    if (tip.transition && tip.transition.line.seq > (known?.seq ?? 0))
      components[component] = goOnFrom(tip.transition, tip.rollup, known)
  }
  if (live) return { ...live, components }
  const checked = Object.values(components).flatMap((entry) => instants(entry.checked_at))
  if (checked.length === 0) return undefined
  const last = Math.max(...checked)
  return {
    v: 1,
    writer,
    checked_at: iso(last),
    next_expected_at: iso(last + intervalMs),
    interval_ms: intervalMs,
    components,
  }
}

function goOnFrom(
  { line, text }: NonNullable<HistoryTip['transition']>,
  rollup: HistoryTip['rollup'],
  known: LiveComponent | undefined,
): LiveComponent {
  // A line to `unknown` is written by a pass that may have told nothing; the sample before it certainly did.
  const told = line.to === 'unknown' ? (line.t_before ?? line.t_after) : line.t_confirmed
  const last = Math.max(...instants(told, known?.checked_at, rollup && `${rollup.d}T${rollup.t1}Z`))
  return { ...afterLine(known ?? newEntry(last), line, text), checked_at: iso(last) }
}

function instants(...stamps: (string | undefined)[]): Instant[] {
  return stamps.flatMap((stamp) => (stamp === undefined ? [] : (parseInstant(stamp) ?? [])))
}

interface Resumption {
  live: Live | undefined
  tips: Record<string, HistoryTip>
  writer: string
  intervalMs: number
}
