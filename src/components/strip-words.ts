import type { StripDay, StripView } from '../derive/views.ts'
import { dayName, dayRange, duration, shortDay } from '../i18n/format.ts'
import type { Messages } from '../i18n/en.ts'
import { statuses, type Status } from '../model/status.ts'
import { MINUTE, utcDay } from '../model/time.ts'
import { isMarked, runs } from './strip-path.ts'

/** How many of a strip's days were in trouble, in maintenance, and without data. */
export function countDays(days: StripDay[]): { trouble: number; maintenance: number; unknown: number } {
  const count = (test: (status: Status) => boolean) => days.filter(({ status }) => test(status)).length
  return {
    trouble: count(isTrouble),
    maintenance: count((status) => status === 'under_maintenance'),
    unknown: count((status) => status === 'unknown'),
  }
}

/** The whole strip as one sentence, for those who do not see it. */
export function stripLabel(name: string, strip: StripView, m: Messages): string {
  const { trouble, maintenance, unknown } = countDays(strip.days)
  const longest = strip.days
    .filter(({ status, minutes }) => isTrouble(status) && minutes > 0)
    .reduce<StripDay | undefined>(
      (most, day) => (most && most.minutes >= day.minutes ? most : day),
      undefined,
    )
  const facts = [
    figure(strip, m),
    m.strip.trouble(trouble),
    ...(maintenance > 0 ? [m.strip.maintenance(maintenance)] : []),
    ...(unknown > 0 ? [m.strip.unknown(unknown)] : []),
  ].join(', ')
  if (!longest) return m.strip.label(name, facts)
  const spell = m.strip.longest(duration(longest.minutes * MINUTE, m), shortDay(longest.day, m))
  return m.strip.label(name, `${facts}; ${spell}`)
}

/** `99.947%`, or why there is no number. */
export function uptimeFigure(
  uptime: { percent?: string; coverage: number; insufficient: boolean },
  m: Messages,
): string {
  if (uptime.percent === undefined || uptime.coverage === 0) return m.strip.noData
  return uptime.insufficient ? m.strip.insufficient : `${uptime.percent}%`
}

/** `over 90 days, as measured`, or since when there is a record: what the figure beside it stands for. */
export function uptimeScope(strip: StripView, m: Messages): string {
  const source = strip.source === 'measured' ? m.strip.measured : m.strip.declared
  const known = strip.insufficient ? `, ${m.strip.known(Math.floor(strip.coverage * 100))}` : ''
  if (strip.percent === undefined || strip.coverage === 0) return ''
  const over = strip.since === undefined ? m.strip.over : m.strip.sinceDay(shortDay(utcDay(strip.since), m))
  return `${over}, ${source}${known}`
}

/** The rows of a strip's table, newest first: every day that was not quiet, days without data as one run. */
export function stripRows(days: StripDay[], year: boolean, m: Messages): StripRow[] {
  return runs(days, (a, b) => a.status === 'unknown' && b.status === 'unknown')
    .filter(({ first }) => days[first]?.status !== 'operational')
    .map(({ first, last }) => row(days, first, last, year, m))
    .reverse()
}

/** All ninety days, newest first, with quiet days in a row as one run: a complete record that stays short. */
export function recordRows(days: StripDay[], m: Messages): StripRow[] {
  return runs(days, (a, b) => a.status === b.status && !isMarked(a.status))
    .map(({ first, last }) => row(days, first, last, true, m))
    .reverse()
}

export interface StripRow {
  /** Which columns of the strip a run speaks of: `0-11`; one day is told by its date. */
  columns?: string
  /** The day, when it is one. */
  day?: string
  name: string
  status: Status
  duration?: string
}

export const isTrouble = (status: Status): boolean => statuses[status].rank >= statuses.under_review.rank

function figure(strip: StripView, m: Messages): string {
  if (strip.percent === undefined || strip.coverage === 0) return m.strip.noData
  if (strip.insufficient) return m.strip.insufficient
  return m.strip.percent(strip.percent, strip.source === 'measured' ? m.strip.measured : m.strip.declared)
}

function row(days: StripDay[], first: number, last: number, year: boolean, m: Messages): StripRow {
  const start = days[first]
  const end = days[last]
  if (!start || !end)
    throw new RangeError(`a strip of ${String(days.length)} days has no day ${String(last)}`)
  const one = first === last
  return {
    ...(one ? { day: start.day } : { columns: `${String(first)}-${String(last)}` }),
    name: one ? dayName(start.day, year, m) : dayRange(start.day, end.day, year, m),
    status: start.status,
    ...(one && start.minutes > 0 && { duration: duration(start.minutes * MINUTE, m) }),
  }
}
