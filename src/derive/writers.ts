import { parseInstant, type Instant } from '../model/time.ts'
import type { World } from '../model/world.ts'
import { STALE_INTERVALS } from './vantages.ts'

/** A vantage point, and its own word on when it looks. */
export interface WriterNow {
  id: string
  /** As `site.yaml` names it. */
  name?: string
  region?: string
  checkedAt: Instant
  /** When it means to look next. */
  nextAt: Instant
  intervalMs: number
  /** It is more than three of its intervals late, or its clock runs ahead: what it says counts for nothing now. */
  stale: boolean
}

/** Every vantage point that ever looked, in the order of their ids. */
export function writersNow({ live, site }: World, now: Instant): WriterNow[] {
  return live
    .map(({ writer: id, checked_at, next_expected_at, interval_ms: intervalMs }) => {
      const { name, region } = site.vantage_points.find((point) => point.id === id) ?? {}
      const checkedAt = parseInstant(checked_at) ?? NaN
      const ago = now - checkedAt
      return {
        id,
        ...(name !== undefined && { name }),
        ...(region !== undefined && { region }),
        checkedAt,
        nextAt: parseInstant(next_expected_at) ?? NaN,
        intervalMs,
        stale: ago > STALE_INTERVALS * intervalMs || ago < -intervalMs,
      }
    })
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
}
