import { incidentPhases, maintenancePhases, type UpdatePhase } from '../model/status.ts'
import { DAY, MINUTE, parseInstant, startOfUtcDay, utcDay, type Instant } from '../model/time.ts'

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
  /** The date or time cannot exist. */
  impossible: boolean
}

const TIME =
  /(?:(\d{4}-\d{2}-\d{2})[T ,]+)?\b(\d{1,2}):(\d{2})(?::(\d{2}))?\s*(UTC|GMT|Z|[+-]\d{2}:?\d{2})?(?![\w:])/i

/** Reads a heading as an update's; `undefined` when it holds no time. */
export function readUpdateHeading(heading: string): UpdateHeading | undefined {
  const found = TIME.exec(heading)
  if (!found) return undefined
  const [whole, date, hour = '', minute = '', second = '00', zone] = found
  const behind = heading.slice(found.index + whole.length).trim()
  const phase =
    phaseIn(heading.replace(whole, ' ')) ?? (behind.toLowerCase() === 'update' ? 'update' : undefined)
  const offset = zone === undefined || /^(UTC|GMT|Z)$/i.test(zone) ? 'Z' : zone
  const clock = `${hour.padStart(2, '0')}:${minute}:${second}`
  const at = parseInstant(`${date ?? '2000-01-01'}T${clock}${offset}`)
  const result: UpdateHeading = {
    zoneMissing: zone === undefined,
    impossible: at === undefined,
    ...(phase && { phase }),
  }
  if (at === undefined) return result
  if (date !== undefined) return { ...result, at }
  return { ...result, timeOfDay: at - startOfUtcDay(at) }
}

/** The phase that a text's first words state: `Identified cause: …`, `We are investigating …`. */
export function phaseOfFirstWords(text: string): UpdatePhase | undefined {
  const words = text.trim().split(/\s+/, 6).join(' ').toLowerCase()
  return firstWords.find(([pattern]) => pattern.test(words))?.[1]
}

/**
 * Gives bare times their dates. `headings` in the order of the file, newest or oldest first: both read the same.
 * The oldest takes its date from `started`; each later one moves on a day when it would run backwards.
 * Answers the moments in the order of the file.
 */
export function placeInTime(headings: UpdateHeading[], started: Instant): Instant[] {
  const forward = walk(headings, started)
  const backward = walk([...headings].reverse(), started)
  return backward.daysMoved <= forward.daysMoved ? backward.moments.reverse() : forward.moments
}

function walk(headings: UpdateHeading[], started: Instant): { moments: Instant[]; daysMoved: number } {
  let daysMoved = 0
  // A heading often gives whole minutes where `started` gives seconds.
  let previous = Math.floor(started / MINUTE) * MINUTE
  const moments = headings.map((heading) => {
    if (heading.at !== undefined) {
      if (heading.at < previous) daysMoved += Math.max(1, Math.ceil((previous - heading.at) / DAY))
      previous = heading.at
      return heading.at
    }
    let at = startOfUtcDay(previous) + (heading.timeOfDay ?? previous - startOfUtcDay(previous))
    if (at < previous) {
      at += DAY
      daysMoved += 1
    }
    previous = at
    return at
  })
  return { moments, daysMoved }
}

/** `20251106T1500Z`, with seconds where there are any: the anchor of an update's permalink. */
export function updateAnchor(at: Instant): string {
  const text = new Date(at).toISOString()
  const seconds = text.slice(17, 19)
  return `${utcDay(at).replaceAll('-', '')}T${text.slice(11, 13)}${text.slice(14, 16)}${seconds === '00' ? '' : seconds}Z`
}

const phaseWords = Object.fromEntries(
  [...Object.keys(incidentPhases), ...Object.keys(maintenancePhases)].map((phase) => [
    phase.replace('_', ' '),
    phase,
  ]),
) as Record<string, UpdatePhase>

function phaseIn(words: string): UpdatePhase | undefined {
  const text = words.toLowerCase().replaceAll(/[_-]/g, ' ')
  return Object.entries(phaseWords).find(([word]) => new RegExp(`\\b${word}\\b`).test(text))?.[1]
}

const firstWords: [RegExp, UpdatePhase][] = [
  [/\bresolved\b/, 'resolved'],
  [/\binvestigat(?:ing|e)\b/, 'investigating'],
  [/\bidentified\b/, 'identified'],
  [/\bmonitoring\b/, 'monitoring'],
]
