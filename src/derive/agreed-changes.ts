import type { ComponentHistory, Live } from '../model/history.ts'
import { statuses, type Status } from '../model/status.ts'
import { parseInstant, type Instant } from '../model/time.ts'
import { longestPause } from './booking.ts'
import { lastTold } from './measured-timeline.ts'
import { agreedStatus, countOf, type Quorum } from './quorum.ts'

/** A change of what a component's vantage points agree on. */
export interface AgreedChange {
  from: Status
  to: Status
  /** The first sample with which they agreed. */
  after: Instant
  /** When it was known that they do. */
  confirmed: Instant
  /** Since when it could be seen coming: the first sample of the one that decided, or when it was known. */
  foreseen: Instant
  why?: string
}

/**
 * What the vantage points of a component agreed on, one change after the other, by the same rule as the account
 * ({@link agreedStatus}). The account looks back and books each word where it belongs; this goes through the words in the
 * order in which they became known, so that what was once concluded and told to people stays as it was told, whatever is
 * learned later. A writer that has paused for longer than counts as measured has no voice until it is back.
 */
export function agreedChanges(
  component: string,
  history: ComponentHistory | undefined,
  live: readonly Live[],
  { now, intervalMs, quorum }: { now: Instant; intervalMs: number; quorum: Quorum },
): AgreedChange[] {
  const words = wordsOf(component, history, live, now, intervalMs).sort(
    (a, b) => a.known - b.known || (a.writer < b.writer ? -1 : a.writer > b.writer ? 1 : 0),
  )
  const voices = new Map<string, Word>()
  const changes: AgreedChange[] = []
  let from: Status = 'unknown'
  let after = -Infinity
  for (const word of words) {
    if (word.to === 'unknown') voices.delete(word.writer)
    else voices.set(word.writer, word)
    const heard = [...voices.values()]
    const to = agreedStatus(countOf(heard.map((one) => one.to)), quorum)
    if (to === from) continue
    after = Math.max(after, since(heard, { from, to, word, quorum }))
    const why = (word.to === to ? word : heard.find((one) => one.to === to))?.why
    const confirmed = Math.max(word.known, after)
    const pending = word.to !== 'unknown' && confirmed - word.after <= longestPause(intervalMs)
    const foreseen = pending ? word.after : confirmed
    changes.push({
      from,
      to,
      after,
      confirmed,
      foreseen,
      ...(why !== undefined && { why }),
    })
    from = to
  }
  return changes
}

/** What one writer says from a moment on. `unknown`: it has no voice. */
interface Word {
  writer: string
  to: Status
  /** Its first sample. */
  after: Instant
  known: Instant
  why?: string
}

/** Those that see it at least as bad, when it got worse, or at most as bad, when it got better; the last one needed decides. */
function since(
  heard: Word[],
  { from, to, word, quorum }: { from: Status; to: Status; word: Word; quorum: Quorum },
): Instant {
  // One that contradicted has gone quiet: what is left counts from then on.
  if (word.to === 'unknown') return word.known
  if (from === 'unknown') return word.after
  const worse = statuses[to].rank > statuses[from].rank
  const needed = worse ? quorum(heard.length) : heard.length - quorum(heard.length) + 1
  const agreeing = heard
    .filter((one) => (worse ? 1 : -1) * (statuses[one.to].rank - statuses[to].rank) >= 0)
    .map((one) => one.after)
    .sort((a, b) => a - b)
  return agreeing[needed - 1] ?? word.after
}

function wordsOf(
  component: string,
  history: ComponentHistory | undefined,
  live: readonly Live[],
  now: Instant,
  intervalMs: number,
): Word[] {
  const transitions = Map.groupBy(history?.transitions ?? [], ({ writer }) => writer)
  const snapshots = new Map(live.map((snapshot) => [snapshot.writer, snapshot]))
  return [...new Set([...transitions.keys(), ...snapshots.keys()])].flatMap((writer) => {
    const snapshot = snapshots.get(writer)
    const entry = snapshot?.components[component]
    const own = (transitions.get(writer) ?? []).toSorted((a, b) => a.seq - b.seq)
    const words: Word[] = []
    const say = (known: Instant, { to, after, why }: Pick<Word, 'to' | 'after' | 'why'>) => {
      // A writer's lines are in its own order, however its clock went.
      const last = words.at(-1)?.known ?? -Infinity
      words.push({ writer, to, after, known: Math.max(known, last), ...(why !== undefined && { why }) })
    }
    for (const { to, before, after, confirmed, why } of own)
      if (to === 'unknown' && before !== undefined)
        say(Math.min(confirmed, before + longestPause(after - before)), { to, after: before })
      else say(confirmed, { to, after, ...(why !== undefined && { why }) })
    const since = parseInstant(entry?.since ?? '')
    // The snapshot may be fresher than the history that this was made from.
    if (entry && since !== undefined && entry.seq > (own.at(-1)?.seq ?? 0))
      say(since, { to: entry.status, after: since, ...(entry.why !== undefined && { why: entry.why }) })
    const told = lastTold(
      own,
      history?.rollups.findLast((day) => day.writer === writer),
      entry,
    )
    const pause = longestPause(entry?.interval_ms ?? snapshot?.interval_ms ?? intervalMs)
    if (told !== undefined && now - told > pause) say(told + pause, { to: 'unknown', after: told })
    return words
  })
}
