import { DAY, type Instant } from '../src/model/time.ts'
import type { Finding } from './contract.ts'
import { readFeed, type Entry } from './read-feed.ts'
import { unusable, type Unknown } from './source.ts'
import { shownValue } from './words.ts'

/**
 * What a feed of incidents says: that one is open, or that none is. The newest entry on an incident speaks for it; an
 * incident on which nothing was said for a week was forgotten rather than goes on.
 */
export function readStatusFeed(
  xml: string,
  { host, component, now }: { host: string; component?: string; now: Instant },
): { finding?: Finding } | { unknown: Unknown } {
  const feed = readFeed(xml)
  if (!feed) return unusable(`what ${host} says is not an Atom or RSS feed`, 'unreadable')
  const wanted = component?.toLowerCase()
  const recent = newestOfEach(feed.entries)
    .filter(({ at }, place) => (at === undefined ? place === 0 : now - at < FORGOTTEN_MS))
    .filter(({ title, text }) => wanted === undefined || `${title} ${text}`.toLowerCase().includes(wanted))
  const told = recent.map((entry) => ({ entry, ...phaseOf(entry) }))
  const open = told.find(({ phase }) => phase === 'open')
  const name = shown(feed.title || host)
  if (open) {
    const reason = `${name}: ${shown(open.entry.title)} is not over (${open.word})`
    return { finding: { state: 'degraded', reason, code: 'incident' } }
  }
  const unclear = told.find(({ phase }) => phase === undefined)
  if (!unclear) return {}
  return unusable(
    `${name} does not say in a known way whether ${shown(unclear.entry.title)} is over`,
    'phase',
  )
}

const FORGOTTEN_MS = 7 * DAY

/**
 * The phase in which an entry leaves its incident. Statuspage and its like list the updates, newest first, each with its
 * phase in bold; others, this project among them, put it at the start of the title.
 */
function phaseOf({ title, text }: Entry): { phase?: 'open' | 'over' | 'to come'; word?: string } {
  const inText = [
    ...text.matchAll(/<(?:strong|b)>\s{0,9}([a-z]{1,30}(?: [a-z]{1,30}){0,4})\s{0,9}:?\s{0,9}<\//gi),
  ].map(([, word = '']) => word)
  const inTitle = /^[[(]?([a-z]{1,30}(?: [a-z]{1,30}){0,4})(?:[\])]| ?[:–-]|$)/i.exec(title)?.[1]
  for (const word of [...(inTitle === undefined ? [] : [inTitle]), ...inText]) {
    const phase = phases.get(word.toLowerCase())
    if (phase) return { phase, word: word.toLowerCase() }
  }
  return {}
}

const phases = new Map<string, 'open' | 'over' | 'to come'>(
  Object.entries({
    investigating: 'open',
    'under review': 'open',
    identified: 'open',
    monitoring: 'open',
    update: 'open',
    'in progress': 'open',
    verifying: 'open',
    scheduled: 'to come',
    planned: 'to come',
    resolved: 'over',
    completed: 'over',
    cancelled: 'over',
    canceled: 'over',
    postmortem: 'over',
    'service is operating normally': 'over',
  }),
)

function newestOfEach(entries: Entry[]): Entry[] {
  const newest = new Map<string, Entry>()
  for (const entry of entries) {
    const key = entry.link || entry.title
    const other = newest.get(key)
    // Of two that say no time, or the same, the one further up.
    if (!other || (entry.at ?? -Infinity) > (other.at ?? -Infinity)) newest.set(key, entry)
  }
  return [...newest.values()].toSorted((a, b) => (b.at ?? Infinity) - (a.at ?? Infinity))
}

function shown(text: string): string {
  return shownValue(text, (same) => same)
}
