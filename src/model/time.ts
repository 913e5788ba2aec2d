/** A moment: milliseconds since 1970-01-01T00:00:00Z. Zones exist only at the edges, where text is read or shown. */
export type Instant = number

export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** `2026-11-21T03:11:00Z`; milliseconds are shown only when there are any. */
export function iso(at: Instant): string {
  const day = utcDay(at)
  const time = Math.trunc(at) - dayStart
  const rest = time % SECOND
  const clock = `${two(time / HOUR)}:${two((time / MINUTE) % 60)}:${two((time / SECOND) % 60)}`
  return `${day}T${clock}${rest === 0 ? '' : `.${String(rest).padStart(3, '0')}`}Z`
}

/** The UTC day an instant falls on, `2026-11-21`. */
export function utcDay(at: Instant): string {
  const whole = Math.trunc(at)
  if (!(whole >= dayStart && whole < dayStart + DAY)) {
    const start = startOfUtcDay(whole)
    dayText = dayTexts.get(start) ?? calendarDay(start)
    dayStart = start
  }
  return dayText
}

/** Asks the calendar, and remembers: a strip names the same ninety days for every component. */
function calendarDay(start: Instant): string {
  const text = new Date(start).toISOString().slice(0, -14)
  if (dayTexts.size >= MOST_DAYS) dayTexts.clear()
  dayTexts.set(start, text)
  return text
}

const dayTexts = new Map<Instant, string>()
/** A few years. */
const MOST_DAYS = 2_000

/** The day that was asked for last. Times come in runs of the same day, and the calendar is what takes long. */
let dayStart = NaN
let dayText = ''

function two(number: number): string {
  const whole = Math.trunc(number)
  return whole < 10 ? `0${String(whole)}` : String(whole)
}

/** The UTC month an instant falls in, `2026-11`. */
export function utcMonth(at: Instant): string {
  return utcDay(at).slice(0, -3)
}

/** Midnight UTC at the start of the day an instant falls on. */
export function startOfUtcDay(at: Instant): Instant {
  return Math.floor(at / DAY) * DAY
}

const RFC3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)? ?(Z|z|UTC|[+-]\d{2}:?\d{2})$/

/**
 * Reads a date and time with an offset, as RFC 3339 writes it (`T` or a space; seconds may be left out; `UTC` for `Z`).
 * Returns `undefined` for anything else, for dates that do not exist (30 February) and for times without an offset.
 */
export function parseInstant(text: string): Instant | undefined {
  const parts = RFC3339.exec(text.trim())
  if (!parts) return undefined
  const [, year, month, day, hour, minute, second = '00', fraction = '', zone = 'Z'] = parts
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  const midnight = new Date(0)
  midnight.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  // 30 February has become 2 March.
  if (midnight.getUTCDate() !== Number(day) || midnight.getUTCMonth() !== Number(month) - 1) return undefined
  const offset = offsetOf(zone)
  const clock = Number(hour) * HOUR + Number(minute) * MINUTE + Number(second) * SECOND
  const milliseconds = Math.round(Number(`0${fraction.slice(0, 4)}`) * SECOND)
  return offset === undefined ? undefined : midnight.getTime() + clock + milliseconds - offset
}

/** `+05:30` or `-0800` in milliseconds; `undefined` where no clock is set so. */
function offsetOf(zone: string): number | undefined {
  if (!/^[+-]/.test(zone)) return 0
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))]
  if (hours > 23 || minutes > 59) return undefined
  return (zone.startsWith('-') ? -1 : 1) * (hours * HOUR + minutes * MINUTE)
}

const FIRST_YEAR = 1990
const LAST_YEAR = 2200
const firstInstant = Date.UTC(FIRST_YEAR, 0)
const endInstant = Date.UTC(LAST_YEAR + 1, 0)

/**
 * Why a moment cannot be one of a status page: a year such as 0206 is a slip, and a page for each month from then on is
 * no use. `undefined` when it can be.
 */
export function yearProblem(at: Instant): string | undefined {
  if (at >= firstInstant && at < endInstant) return undefined
  const year = new Date(at).getUTCFullYear()
  const named = Number.isNaN(year) ? 'this' : `the year ${String(year).padStart(4, '0')}`
  return `${named} is not between ${String(FIRST_YEAR)} and ${String(LAST_YEAR)}`
}

const DURATION = /^(\d+(?:\.\d+)?)\s*(ms|s|m|min|h|d)$/
const UNIT = { ms: 1, s: SECOND, m: MINUTE, min: MINUTE, h: HOUR, d: DAY } as const

/** Reads `800ms`, `2s`, `5m`, `1.5h` or `14d` as milliseconds; `undefined` when it is none of these. */
export function parseDuration(text: string): number | undefined {
  const parts = DURATION.exec(text.trim())
  if (!parts) return undefined
  return Number(parts[1]) * UNIT[parts[2] as keyof typeof UNIT]
}
