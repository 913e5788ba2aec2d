import type { Instant } from '../model/time.ts'
import type { Interval } from './interval.ts'

/** A stretch of time of which somebody said something, and where that stands. Timelines are made of these. */
export interface Evidence extends Interval {
  by: 'measured' | 'correction' | 'declared' | 'planned'
  /** Who measured it. */
  writer?: string
  /**
   * Of a writer's last word: where its own samples leave off, and until when it is heard beside others that know; as long
   * as its pause would still count as measured.
   */
  last?: { end: Instant; heardUntil: Instant }
  source: Source
}

/** A file of the world, and the line where that says more. */
export interface Source {
  file: string
  line?: number
}
