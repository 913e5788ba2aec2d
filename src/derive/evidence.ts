import type { Interval } from './interval.ts'

/** A stretch of time of which somebody said something, and where that stands. Timelines are made of these. */
export interface Evidence extends Interval {
  by: 'measured' | 'correction' | 'declared' | 'planned'
  /** Who measured it. */
  writer?: string
  source: Source
}

/** A file of the world, and the line where that says more. */
export interface Source {
  file: string
  line?: number
}
