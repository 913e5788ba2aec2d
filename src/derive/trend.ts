import { DAY, startOfUtcDay, utcDay, type Instant } from '../model/time.ts'

/** The days of a period, and how many of them must have been seen: less would compare weekends with weekdays. */
const PERIOD_DAYS = 7
const ENOUGH_DAYS = 5

/**
 * The last seven complete UTC days against the seven before, as a change in percent, rounded; absent where one of both
 * has fewer than five days with anything, or the earlier is zero. `figure` makes one number of the days of a period.
 */
export function trendOf<T extends { d: string }>(
  days: readonly T[],
  now: Instant,
  figure: (days: T[]) => number | undefined,
): number | undefined {
  const today = startOfUtcDay(now)
  const figureOf = (ago: number) => {
    const from = utcDay(today - (ago + PERIOD_DAYS) * DAY)
    const until = utcDay(today - ago * DAY)
    const own = days.filter(({ d }) => d >= from && d < until)
    return new Set(own.map(({ d }) => d)).size < ENOUGH_DAYS ? undefined : figure(own)
  }
  const [late, early] = [figureOf(0), figureOf(PERIOD_DAYS)]
  if (late === undefined || early === undefined || early === 0) return undefined
  // Without `-0`.
  return Math.round(((late - early) / Math.abs(early)) * 100) + 0
}
