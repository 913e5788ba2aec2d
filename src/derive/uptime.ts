import { statusNames, type Status } from '../model/status.ts'
import { DAY, startOfUtcDay, type Instant } from '../model/time.ts'
import { during, type Span, type Timeline } from './interval.ts'

/** The windows that a figure is given for. All but the first are whole UTC days, today so far included, as on the strip. */
export const uptimeWindows = [
  { id: '24_hours', short: '24h', words: '24 hours', days: undefined },
  { id: '7_days', short: '7d', words: '7 days', days: 7 },
  { id: '30_days', short: '30d', words: '30 days', days: 30 },
  { id: '60_days', short: '60d', words: '60 days', days: 60 },
  { id: '90_days', short: '90d', words: '90 days', days: 90 },
  { id: '365_days', short: '365d', words: '1 year', days: 365 },
] as const satisfies { id: string; short: string; words: string; days: number | undefined }[]
export type UptimeWindow = (typeof uptimeWindows)[number]

/** A window that ends now. Without `days`, the last 24 hours to the millisecond. */
export function windowEnding(now: Instant, window: { days?: number | undefined }): Span {
  if (window.days === undefined) return { from: now - DAY, to: now }
  return { from: startOfUtcDay(now) - (window.days - 1) * DAY, to: now }
}

/**
 * The share of a window in which a component was up: 1 − Σ w·t / (T − unknown − maintenance), in percent, where w is
 * the share of a status's time that counts as downtime. `timeline` may be longer than the window; what it does not
 * cover is unknown. Sums are made in whole milliseconds.
 */
export function uptimeOf(timeline: Timeline, window: Span, weightOf: (status: Status) => number): Uptime {
  const within = during(timeline, window)
  const time = timeIn(within, window)
  const length = Math.max(window.to - window.from, 0)
  const counted = length - time.unknown - time.under_maintenance
  const lost = statusNames
    .filter((status) => status !== 'unknown' && status !== 'under_maintenance')
    .reduce((sum, status) => sum + Math.round(weightOf(status) * weightUnits) * time[status], 0)
  const begin = within.find(({ to, status }) => to > window.from && status !== 'unknown')?.from
  const coverage = length === 0 ? 0 : (length - time.unknown) / length
  return {
    ...(counted > 0 && { percent: percentOf(lost, counted * weightUnits) }),
    coverage,
    insufficient: coverage < enoughCoverage,
    downSeconds: lost / weightUnits / 1000,
    time,
    ...(begin !== undefined && begin > window.from && begin < window.to && { since: begin }),
  }
}

/** The figure of a group or of the page: the mean of those that have data, each with the same say. Coverage is the mean of all. */
export function meanUptime(children: readonly MeanOf[]): MeanOf {
  const percents = children.flatMap(({ percent }) => percent ?? [])
  const coverage = mean(children.map((child) => child.coverage)) ?? 0
  const percent = mean(percents)
  return {
    // A rounded sum must not make a whole out of parts that are not.
    ...(percent !== undefined && {
      percent: percents.every((each) => each === 100) ? 100 : Math.min(percent, justUnder100),
    }),
    coverage,
    insufficient: coverage < enoughCoverage,
  }
}

/** `99.947`: rounded down, never up. `100` only when there was no downtime at all. */
export function formatPercent(percent: number, places: 2 | 3 = decimals): string {
  if (percent >= 100) return '100'
  const unit = 10 ** places
  // 99.95 × 1000 may be a hair less than 99950. The hair is less than a millisecond in a year.
  const floored = Math.floor(percent * unit + 1e-7)
  return (Math.min(floored, 100 * unit - 1) / unit).toFixed(places)
}

export interface MeanOf {
  /** 0 to 100, not rounded; 100 only without any downtime. Absent when nothing of the window counts. */
  percent?: number
  /** Known share of the whole window, 0 to 1, maintenance included. */
  coverage: number
  /** Less than 90 % of the window is known: no record to speak of. */
  insufficient: boolean
}

export interface Uptime extends MeanOf {
  /** Weighted: Σ w·t. */
  downSeconds: number
  /** Milliseconds of the window in each status. */
  time: Record<Status, number>
  /** Since when anything is known, where that is later than the window's start. */
  since?: Instant
}

/** Weights count to five decimals, so that the sums of a year stay whole numbers below 2^53. */
const weightUnits = 100_000
/** Below this known share of a window a figure is no record. */
export const enoughCoverage = 0.9
/** Of a printed figure. */
export const decimals = 3
const justUnder100 = 100 - 2 ** -46

function timeIn(timeline: Timeline, window: Span): Record<Status, number> {
  const time = Object.fromEntries(statusNames.map((status) => [status, 0])) as Record<Status, number>
  let covered = 0
  for (const { from, to, status } of timeline) {
    const overlap = Math.max(Math.min(to, window.to) - Math.max(from, window.from), 0)
    time[status] += overlap
    covered += overlap
  }
  time.unknown += Math.max(window.to - window.from, 0) - covered
  return time
}

function percentOf(lost: number, whole: number): number {
  return lost === 0 ? 100 : Math.min((100 * (whole - lost)) / whole, justUnder100)
}

function mean(numbers: readonly number[]): number | undefined {
  return numbers.length === 0 ? undefined : numbers.reduce((sum, each) => sum + each, 0) / numbers.length
}
