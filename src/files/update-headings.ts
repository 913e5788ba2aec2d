import { incidentPhases, maintenancePhases, type UpdatePhase } from '../model/status.ts'
import { DAY, MINUTE, parseInstant, startOfUtcDay, utcDay, yearProblem, type Instant } from '../model/time.ts'

/** What a heading such as `Update 15:00 UTC` or `2026-11-21 03:50 UTC identified` says of an update. */
export interface UpdateHeading {
  /** The whole moment, where the heading gives a date. */
  at?: Instant
  /** Milliseconds after midnight UTC, where it gives a bare time. */
  timeOfDay?: number
  /** The phase word in it; absent for `Update` before the time and for none. `update` behind the time states a plain update. */
  phase?: UpdatePhase
  /** The time stands there without UTC, Z or an offset: read as UTC, and reported. */
  zoneMissing: boolean
  /** What stands in the zone's place, such as CET: it names different offsets in different places and seasons. */
  zoneWord?: string
  /** Why its date or time cannot be: `does not exist`. */
  impossible?: string
}

/** `12:00-13:00 UTC` is a span of time and not a time with an offset. */
const TIME =
  /(?:(\d{4}-\d{2}-\d{2})[T ,]+)?(?<![\d:])(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([ap]m\b|[ap]\.m\.)?\s*(UTC|GMT|Z|[+-]\d{2}:?\d{2}(?!\s*(?:UTC|GMT|Z)\b))?(?![\w:])/i

/** Reads a heading as an update's; `undefined` when it holds no time. */
export function readUpdateHeading(heading: string): UpdateHeading | undefined {
  const found = TIME.exec(heading)
  if (!found) return undefined
  const [whole, date, hour = '', minute = '', second = '00', half, zone] = found
  const behind = heading.slice(found.index + whole.length).trim()
  const phase =
    phaseIn(heading.replace(whole, ' ')) ?? (behind.toLowerCase() === 'update' ? 'update' : undefined)
  const offset = zone === undefined || /^(UTC|GMT|Z)$/i.test(zone) ? 'Z' : zone
  const clock = `${hourOfDay(hour, half)}:${minute}:${second}`
  const at = parseInstant(`${date ?? '2000-01-01'}T${clock}${offset}`)
  const strange = at === undefined ? undefined : yearProblem(at)
  const impossible =
    at === undefined ? 'does not exist' : strange === undefined ? undefined : `cannot be: ${strange}`
  const zoneWord = zone === undefined ? /^[A-Z]{2,5}\b/.exec(behind)?.[0] : undefined
  const result: UpdateHeading = {
    zoneMissing: zone === undefined,
    ...(impossible !== undefined && { impossible }),
    ...(phase && { phase }),
    ...(zoneWord !== undefined && { zoneWord }),
  }
  if (at === undefined || impossible !== undefined) return result
  if (date !== undefined) return { ...result, at }
  return { ...result, timeOfDay: at - startOfUtcDay(at) }
}

/** `03` of `3`, `15` of `3` with `pm`. */
function hourOfDay(hour: string, half: string | undefined): string {
  const pm = half?.toLowerCase().startsWith('p') === true
  if (half === undefined || Number(hour) > 12) return hour.padStart(2, '0')
  return String((Number(hour) % 12) + (pm ? 12 : 0)).padStart(2, '0')
}

/** Whether a heading without a time was probably meant as an update's: a day, a phase, or just `Update`. */
export function missesTime(heading: string): boolean {
  const words = heading.toLowerCase().replaceAll(/[_-]/g, ' ').trim()
  return (
    /^\d{4}-\d{2}-\d{2}\b/.test(heading) || words === 'update' || phaseWords.some(([word]) => word === words)
  )
}

/** The phase that a text's first words state: `Identified cause: …`, `We are investigating …`. */
export function phaseOfFirstWords(text: string): UpdatePhase | undefined {
  const words = text.slice(0, 200).trim().split(/\s+/, 6).join(' ').toLowerCase()
  if (UNSURE.test(words)) return undefined
  return firstWords.find(([pattern]) => pattern.test(words))?.[1]
}

/**
 * Gives bare times their dates. `headings` in the order of the file, newest or oldest first: both read the same.
 * The oldest takes its date from `started`; each later one moves on a day when it would run backwards. The file runs the
 * way that takes fewer days, or else the way whose oldest is nearer to the start.
 * Answers the moments in the order of the file.
 */
export function placeInTime(headings: UpdateHeading[], started: Instant): Instant[] {
  const down = walk([...headings].reverse(), started)
  const up = walk(headings, started)
  const runsUp = up.daysMoved - down.daysMoved || up.wait - down.wait
  return runsUp < 0 ? up.moments : down.moments.reverse()
}

/** `wait` is how long after the start the first one is. */
function walk(
  headings: UpdateHeading[],
  started: Instant,
): { moments: Instant[]; daysMoved: number; wait: number } {
  let daysMoved = 0
  // A heading often gives whole minutes where `started` gives seconds.
  let previous = Math.floor(started / MINUTE) * MINUTE
  const moments = headings.map((heading) => {
    const at = heading.at ?? nextAt(heading.timeOfDay, previous)
    if (at < previous) daysMoved += Math.max(1, Math.ceil((previous - at) / DAY))
    else if (heading.at === undefined && startOfUtcDay(at) > startOfUtcDay(previous)) daysMoved += 1
    previous = at
    return at
  })
  return { moments, daysMoved, wait: (moments[0] ?? started) - started }
}

/** The first moment from `previous` on that is at a time of day. */
function nextAt(timeOfDay: number | undefined, previous: Instant): Instant {
  if (timeOfDay === undefined) return previous
  const at = startOfUtcDay(previous) + timeOfDay
  return at < previous ? at + DAY : at
}

/** `20251106T1500Z`, with seconds where there are any: the anchor of an update's permalink. */
export function updateAnchor(at: Instant): string {
  const text = new Date(at).toISOString()
  const seconds = text.slice(17, 19)
  return `${utcDay(at).replaceAll('-', '')}T${text.slice(11, 13)}${text.slice(14, 16)}${seconds === '00' ? '' : seconds}Z`
}

const phaseWords: [string, UpdatePhase, RegExp][] = (
  [...Object.keys(incidentPhases), ...Object.keys(maintenancePhases)] as UpdatePhase[]
).map((phase) => {
  const word = phase.replace('_', ' ')
  return [word, phase, new RegExp(`\\b${word.replace('cancelled', 'cancell?ed')}\\b`)]
})

function phaseIn(words: string): UpdatePhase | undefined {
  const text = words.toLowerCase().replaceAll(/[_-]/g, ' ')
  return phaseWords.find(([, , pattern]) => pattern.test(text))?.[1]
}

/** `not yet resolved`, `once this is resolved` */
const UNSURE = /\b(?:not|never|until|till|once|when|if|unless|before|to be)\b|n't\b/

const firstWords: [RegExp, UpdatePhase][] = [
  [/\bresolved\b/, 'resolved'],
  [/\binvestigat(?:ing|e)\b/, 'investigating'],
  [/\bidentified\b/, 'identified'],
  [/\bmonitoring\b/, 'monitoring'],
]
