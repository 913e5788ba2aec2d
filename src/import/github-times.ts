import type { NewUpdate } from '../model/draft.ts'
import { incidentPhases, maintenancePhases } from '../model/status.ts'
import type { Instant } from '../model/time.ts'
import { phaseOf, readTime, type WrittenEntry } from './github-entry.ts'
import { toMarkdown, wordsOfMarkup } from './plain-text.ts'

/** Every update at its recorded time, in the recorded order. */
export function updatesOf(entry: WrittenEntry, stated: Instant | undefined, guess: Guess): NewUpdate[] {
  const times = entry.updates.map(({ at }) => time(at, guess))
  let previous = stated ?? times.find((at) => at !== undefined)
  previous ??= readTime(entry.published_at)?.at ?? readTime(entry.resolved_at)?.at
  return entry.updates.map(({ status, message }, index) => {
    const at = times[index] ?? previous
    if (at === undefined) throw new Error('an entry without any time is a problem before it gets here')
    if (times[index] === undefined)
      guess('time of an update: none was recorded, taken from the update before it')
    previous = at
    const phase = phaseOf(status ?? '')
    if (phase === undefined) guess(`phase: "${status ?? ''}" is no known phase, a plain update`)
    const written = (message ?? '').trim()
    const words = wordsOfMarkup(written)
    if (words !== written) guess('text: HTML or control characters were turned into plain text')
    return { at, phase: phase ?? 'update', text: toMarkdown(words) }
  })
}

/** A recorded time; what had to be assumed about it is noted. */
export function time(text: string | null | undefined, guess: Guess): Instant | undefined {
  const read = readTime(text)
  if (read?.zoneGuessed === true) guess('time: no offset was recorded, UTC is assumed')
  if (read === undefined && text != null) guess('time: cannot be read and is not used')
  return read?.at
}

/**
 * The recorded start. Nothing is over before it began: where the record says so, the first update wins.
 * `posted`: all updates that will be written.
 */
export function startOf(
  entry: WrittenEntry,
  { stated, posted }: { stated: Instant | undefined; posted: NewUpdate[] },
  guess: Guess,
): Instant {
  const inOrder = oldestFirst(posted)
  const end = inOrder.find(({ phase }) => phase in ends)?.at ?? Infinity
  if (stated !== undefined && stated <= end) return stated
  guess(
    stated === undefined
      ? 'start: none was recorded, taken from the first update'
      : 'start: recorded as later than the end, taken from the first update',
  )
  const first = inOrder[0]?.at ?? readTime(entry.published_at)?.at ?? stated
  if (first === undefined) throw new Error('an entry without any time is a problem before it gets here')
  return first
}

function oldestFirst(updates: NewUpdate[]): NewUpdate[] {
  return [...updates].sort((a, b) => a.at - b.at)
}

const ends = { resolved: true, completed: true, cancelled: true }

/** Somebody posted that it was planned. */
export function isPlanned(updates: NewUpdate[]): boolean {
  return updates.some(({ phase }) => phase in maintenancePhases)
}

/**
 * The update that says it is over, where its end is recorded but the newest phase that was posted does not say so:
 * otherwise the page would show it as running for good.
 */
export function endUpdate(
  updates: NewUpdate[],
  { phase, resolvedAt }: { phase: 'resolved' | 'completed'; resolvedAt: Instant | undefined },
  guess: Guess,
): NewUpdate | undefined {
  const inOrder = oldestFirst(updates)
  const stated = inOrder.findLast(
    (update) => update.phase in (phase === 'resolved' ? incidentPhases : maintenancePhases),
  )
  if (stated && stated.phase in ends) return undefined
  if (resolvedAt === undefined) {
    guess(`end: neither an end nor a "${phase}" update was recorded, left open`)
    return undefined
  }
  guess(`end: no "${phase}" update was posted, one is added at the recorded end`)
  const at = Math.max(resolvedAt, inOrder.at(-1)?.at ?? resolvedAt)
  return { at, phase, text: `Recorded as ${phase}, without a message.` }
}

/** The window that the work took. Its plan stands only in words, which are kept. */
export function windowOf(updates: NewUpdate[], startedAt: Instant, guess: Guess) {
  const begun = updates.find(({ phase }) => phase === 'in_progress')?.at
  const over = updates.findLast(({ phase }) => phase === 'completed')?.at
  guess(
    begun !== undefined && over !== undefined
      ? 'window: the plan stands only in words, taken from "In progress" to "Completed"'
      : 'window: its start or end was not posted, taken from the other times of the entry',
  )
  const startsAt = begun ?? startedAt
  const endsAt = Math.max(
    over ?? startsAt,
    startsAt,
    ...(over === undefined ? updates.map(({ at }) => at) : []),
  )
  const cancelled = updates.some(({ phase }) => phase === 'cancelled')
  return { startsAt, endsAt, ...(cancelled && { cancelled }) }
}

/** Notes a guess; the example is where it was made, unless the words themselves matter. */
export type Guess = (what: string, example?: string) => void
