import type { StripDay } from '../derive/views.ts'
import { statuses, type Status } from '../model/status.ts'

/** The drawing's size in its own units: 90 columns of 3 with 1 between them. */
export const stripSize = { width: 359, height: 36, column: 4 }

/**
 * The strip as one path per look, keyed by the status's short name: a low dash for every quiet day, a spike for every
 * other, a faint dotted baseline where nothing is known. Paths are strokes, not boxes: a run of ninety quiet days is
 * then one line, which keeps the page's DOM and bytes small.
 */
export function stripPaths(days: StripDay[]): { look: string; d: string }[] {
  const paths = new Map<string, string>()
  const draw = (look: string, d: string) => paths.set(look, (paths.get(look) ?? '') + d)
  for (const { status, first, last } of runs(days)) {
    draw(status === 'unknown' ? 'unk' : 'ok', baseline(first, last, status))
  }
  days.forEach((day, index) => {
    if (isMarked(day.status)) draw(statuses[day.status].short, spike(index, day))
  })
  return [...paths].map(([look, d]) => ({ look, d }))
}

/** Days next to each other with the same status, when `same` says nothing else. Indices are inclusive. */
export function runs(
  days: StripDay[],
  same: (a: StripDay, b: StripDay) => boolean = (a, b) => looksLike(a) === looksLike(b),
): { status: Status; first: number; last: number }[] {
  const found: { status: Status; first: number; last: number }[] = []
  days.forEach((day, index) => {
    const run = found.at(-1)
    const before = days[index - 1]
    if (run && before && same(before, day)) run.last = index
    else found.push({ status: looksLike(day), first: index, last: index })
  })
  return found
}

/** Quiet days have no mark; days without data have no spike either, as nothing is known of their height. */
export const isMarked = (status: Status): boolean => status !== 'operational' && status !== 'unknown'

/** Spikes stand on the baseline's gaps, which keeps a hollow mark hollow. */
const looksLike = ({ status }: StripDay): Status => (isMarked(status) ? 'under_review' : status)

function baseline(first: number, last: number, status: Status): string {
  if (isMarked(status)) return ''
  const y = status === 'unknown' ? 35.25 : 33.5
  return `M${String(first * stripSize.column)} ${String(y)}H${String(last * stripSize.column + 3)}`
}

function spike(index: number, { status, minutes }: StripDay): string {
  const x = index * stripSize.column
  const top = stripSize.height - spikeHeight(minutes)
  return status === 'under_maintenance'
    ? `M${String(x + 0.5)} 36V${round(top + 0.5)}h2V36`
    : `M${String(x + 1.5)} 36V${round(top)}`
}

/**
 * A third of the height at once, the rest by the square root of the duration up to two hours: ten bad seconds must not
 * look like a bad day, and a bad hour must not look like nothing.
 */
function spikeHeight(minutes: number): number {
  return stripSize.height * (0.34 + 0.66 * Math.sqrt(Math.min(minutes, 120) / 120))
}

const round = (n: number): string => String(Math.round(n * 10) / 10)
