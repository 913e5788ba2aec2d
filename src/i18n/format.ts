import { DAY, HOUR, iso, MINUTE, utcDay, type Instant } from '../model/time.ts'
import { en, type Messages } from './en.ts'

/**
 * `03:11 UTC`. `seconds` prints them too. Never a zone but UTC: other zones are the reader's, and only their own browser
 * knows them.
 */
export function clock(at: Instant, m: Messages = en, seconds = false): string {
  return `${iso(at).slice(11, seconds ? 19 : 16)} ${m.utc}`
}

/** `Fri 20 Nov`, or with the year. `day` is `2026-11-20`. */
export function dayName(day: string, year: boolean, m: Messages = en): string {
  const date = new Date(`${day}T00:00:00Z`)
  const name = `${m.weekdays[date.getUTCDay()] ?? ''} ${shortDay(day, m)}`
  return year ? `${name} ${day.slice(0, 4)}` : name
}

/** `20 Nov`. */
export function shortDay(day: string, m: Messages = en): string {
  return `${String(Number(day.slice(8, 10)))} ${m.months[Number(day.slice(5, 7)) - 1] ?? ''}`
}

/** `November 2026`. `month` is `2026-11`. */
export function monthName(month: string, m: Messages = en): string {
  return `${m.longMonths[Number(month.slice(5, 7)) - 1] ?? ''} ${month.slice(0, 4)}`
}

/**
 * A day, or a run of days: `Fri 13 Nov`, `Tue 10 – Fri 13 Nov`, `Sat 28 Nov – Tue 1 Dec`. With years when they differ
 * or `year` asks for them.
 */
export function dayRange(first: string, last: string, year: boolean, m: Messages = en): string {
  if (first === last) return dayName(first, year, m)
  const years = first.slice(0, 4) !== last.slice(0, 4)
  const start =
    first.slice(0, 7) === last.slice(0, 7)
      ? dayName(first, false, m).split(' ').slice(0, 2).join(' ')
      : dayName(first, years, m)
  return `${start} – ${dayName(last, year || years, m)}`
}

/**
 * A moment as a page prints it. Beside a `reference` (the moment the page speaks from) what they share is left out:
 * the same UTC day leaves `03:11 UTC`, the same year leaves `Fri 20 Nov, 03:11 UTC`. Without one it is complete. The
 * form tells the reader's browser how to print the same in another zone: `d` with day, `y` with year, `s` seconds.
 */
export function moment(
  at: Instant,
  reference?: Instant,
  m: Messages = en,
  seconds = false,
): { text: string; form: string } {
  const form = momentForm(at, reference)
  const time = clock(at, m, seconds)
  const text = form === '' ? time : `${dayName(utcDay(at), form.includes('y'), m)}, ${time}`
  return { text, form: seconds ? `${form}s` : form }
}

/** `48 min`, `2 h 5 min`, `3 days 4 h`: the two largest units, rounded down to the smaller one. */
export function duration(ms: number, m: Messages = en): string {
  if (ms < MINUTE) return m.underAMinute
  if (ms < HOUR) return m.minutes(Math.floor(ms / MINUTE))
  const [large, small] = ms < DAY ? [HOUR, MINUTE] : [DAY, HOUR]
  const [word, rest] = ms < DAY ? [m.hours, m.minutes] : [m.days, m.hours]
  const over = Math.floor((ms % large) / small)
  const whole = word(Math.floor(ms / large))
  return over === 0 ? whole : `${whole} ${rest(over)}`
}

/** How often something happens: `60 s` up to two minutes, then as {@link duration}. */
export function interval(ms: number, m: Messages = en): string {
  return ms <= 2 * MINUTE ? `${String(Math.round(ms / 1000))} s` : duration(ms, m)
}

function momentForm(at: Instant, reference: Instant | undefined): string {
  if (reference === undefined || utcDay(at).slice(0, 4) !== utcDay(reference).slice(0, 4)) return 'dy'
  return utcDay(at) === utcDay(reference) ? '' : 'd'
}

/** A number with at most three digits after its point, or three that count where it is small: `1,234.5`, `0.00123`. */
export function number(value: number, m: Messages = en): string {
  const digits =
    Math.abs(value) < 0.1
      ? { maximumSignificantDigits: 3 }
      : { maximumFractionDigits: Math.abs(value) < 100 ? 3 : 1 }
  return new Intl.NumberFormat(m.locale, digits).format(value)
}
