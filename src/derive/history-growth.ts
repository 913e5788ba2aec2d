import { DAY, parseInstant, utcMonth, type Instant } from '../model/time.ts'

/** A file of the history and what it takes on the disk. */
export interface SizedFile {
  kind: string
  component: string
  writer: string
  month: string
  bytes: number
  lines: number
}

/** Bytes a day at the present rate, of the last year or of all there is; `undefined` when there is less than a day. */
export function bytesPerDay(
  files: readonly SizedFile[],
  first: Instant | undefined,
  now: Instant,
): number | undefined {
  if (first === undefined || now - first < DAY) return undefined
  const yearAgo = parseInstant(`${utcMonth(now - 365 * DAY)}-01T00:00:00Z`) ?? first
  const from = Math.max(first, yearAgo)
  const recent = files.filter(({ month }) => month >= utcMonth(from))
  return bytesIn(recent) / ((now - from) / DAY)
}

export function bytesIn(files: readonly { bytes: number }[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0)
}

/** Sums by one word, the largest first. */
export function sumsBy(files: readonly SizedFile[], word: (file: SizedFile) => string): SizeSum[] {
  return [...Map.groupBy(files, word)]
    .map(([name, own]) => ({
      name,
      files: own.length,
      lines: own.reduce((sum, { lines }) => sum + lines, 0),
      bytes: bytesIn(own),
    }))
    .sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1))
}

export interface SizeSum {
  name: string
  files: number
  lines: number
  bytes: number
}
