import { createRequire } from 'node:module'
import type * as DateFnsTz from 'date-fns-tz'
import { HOUR, parseInstant, yearProblem, type Instant } from '../model/time.ts'

// As an ES module date-fns-tz costs a second and 377 MB, because every file of date-fns re-reads its package.json.
const load = () => createRequire(import.meta.url)('date-fns-tz') as typeof DateFnsTz

const LOCAL = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::(\d{2}))?$/

/**
 * Reads a moment that has an offset, or a local time in a named zone. A local time that the clocks skip or show twice
 * is not one moment, and is refused with the reason.
 */
export function readMoment(
  text: string,
  zone: string | undefined,
): { at: Instant } | { error: string; fix?: string } {
  const at = parseInstant(text)
  if (at !== undefined) return inRange(at)
  const [, date, time, seconds = '00'] = LOCAL.exec(text.trim()) ?? []
  if (date === undefined || time === undefined || parseInstant(`${date}T${time}:${seconds}Z`) === undefined)
    return { error: 'expected a date and time with an offset, such as 2026-11-21T03:11:00Z' }
  const wall = `${date}T${time}:${seconds}`
  if (zone === undefined)
    return { error: 'a local time needs an offset, or "timezone" beside it', fix: `${wall}Z` }
  return readLocalTime(wall, zone)
}

function readLocalTime(wall: string, zone: string): { at: Instant } | { error: string; fix?: string } {
  const { fromZonedTime, formatInTimeZone } = load()
  const guess = fromZonedTime(wall, zone).getTime()
  if (Number.isNaN(guess))
    return { error: `"${zone}" is no time zone; expected a name such as Europe/Berlin` }
  const shows = (at: Instant) => formatInTimeZone(at, zone, "yyyy-MM-dd'T'HH:mm:ss") === wall
  const offset = (at: Instant) => formatInTimeZone(at, zone, "yyyy-MM-dd'T'HH:mm:ssXXX")
  // Clocks change by an hour nearly everywhere, by half of one on Lord Howe Island.
  const moments = [guess - HOUR, guess - HOUR / 2, guess, guess + HOUR / 2, guess + HOUR].filter(shows)
  const [only, second] = moments
  if (only === undefined)
    return { error: `the clocks in ${zone} skip ${wall}; write it with an offset`, fix: offset(guess + HOUR) }
  if (second !== undefined)
    return { error: `the clocks in ${zone} show ${wall} twice; write it with an offset`, fix: offset(only) }
  return inRange(only)
}

function inRange(at: Instant): { at: Instant } | { error: string } {
  const error = yearProblem(at)
  return error === undefined ? { at } : { error }
}
