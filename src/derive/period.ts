import { DAY, parseInstant, utcDay, type Instant } from '../model/time.ts'
import type { Span } from './interval.ts'
import { uptimeWindows, windowEnding } from './uptime.ts'

/** A stretch of time that people ask for by a short name. */
export interface Period {
  /** As it was asked for: `90d`, `2026-11`. */
  name: string
  window: Span
}

/** What a period may be called. */
export const periodNames = [...uptimeWindows.map(({ short }) => short), '2026', '2026-11', '2026-11-21']

/**
 * Reads a period: `24h`, `7d`, `30d`, `60d`, `90d` and `365d` end now, as on the page; a year, a month or a day is one of
 * UTC, up to now where it is not over. `undefined` for anything else, and `{ ahead }` for one that has not begun.
 */
export function readPeriod(name: string, now: Instant): Period | { ahead: true } | undefined {
  const standing = uptimeWindows.find(({ short }) => short === name)
  if (standing) return { name, window: windowEnding(now, standing) }
  const from = startOf(name)
  if (from === undefined) return undefined
  if (from >= now) return { ahead: true }
  return { name, window: { from, to: Math.min(endOf(name, from), now) } }
}

/** The name begins the day it begins with: `2026` is `2026-01-01`. */
function startOf(name: string): Instant | undefined {
  if (!/^\d{4}(?:-\d{2}){0,2}$/.test(name)) return undefined
  return parseInstant(`${name}${'-01-01'.slice(name.length - 4)}T00:00:00Z`)
}

/** Day by day, until the name is no longer what the day begins with: no calendar is needed twice. */
function endOf(name: string, from: Instant): Instant {
  let to = from
  while (utcDay(to).startsWith(name)) to += DAY
  return to
}
