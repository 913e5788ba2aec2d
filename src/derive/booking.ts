import { MINUTE, type Instant } from '../model/time.ts'

/**
 * When a change counts as having happened: the middle between the last sample before it and the first after it,
 * rounded down to the millisecond; the first after it where there was none before.
 */
export function bookedAt(before: Instant | undefined, after: Instant): Instant {
  return before === undefined ? after : Math.floor((before + after) / 2)
}

/** The longest pause between two samples that still counts as measured throughout; beyond it the time is unknown. */
export function longestPause(intervalMs: number): number {
  return Math.max(3 * intervalMs, 10 * MINUTE)
}
