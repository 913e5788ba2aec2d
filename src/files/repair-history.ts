import { join } from 'node:path'
import { writeFileAtomic } from './atomic-write.ts'
import { historyFiles, readHistoryFile } from './history-files.ts'
import { historyKinds, isFileKind, metricDays, readLines, type FileKind } from './history-lines.ts'

/** What is to be done to one file. Every line that can be read stays, as it stands, exactly once. */
export interface Repair {
  path: string
  writer: string
  /** In words, one for each thing that is done. */
  does: string[]
  /** What is cut off its end: the beginning of a line that was never finished. */
  cut?: string
  before: string
  after: string
}

/**
 * What would mend the files of a world's history: a torn last line is cut off, a missing last newline added, exact
 * copies of a line dropped, and the order restored. Nothing else is touched, and a file with a line that cannot be read
 * keeps the order it has. Mending what was mended changes nothing.
 */
export function plannedRepairs(root: string): Repair[] {
  return historyFiles(root).files.flatMap((file) => {
    if (!isFileKind(file.kind)) return []
    const before = readHistoryFile(root, file)
    const repair = repairText(before, file.kind)
    return repair.does.length === 0 ? [] : [{ path: file.path, writer: file.writer, before, ...repair }]
  })
}

/**
 * Carries a repair out. The file as it was is kept under `kept`, a folder below the world, and is on the disk before the
 * repaired one takes its place.
 */
export function applyRepair(root: string, { path, before, after }: Repair, kept: string): void {
  writeFileAtomic(join(root, kept, path), before)
  writeFileAtomic(join(root, path), after)
}

/** The same for a text. */
export function repairText(text: string, kind: FileKind): Omit<Repair, 'path' | 'writer' | 'before'> {
  if (kind === 'transitions')
    return repair(text, readLines(text, historyKinds.transitions.schema), ({ seq }) => seq)
  if (kind === 'rollup') return repair(text, readLines(text, historyKinds.rollup.schema), ({ d }) => d)
  return repair(text, readLines(text, metricDays.schema), ({ d }) => d)
}

function repair<T>(
  text: string,
  lines: ReturnType<typeof readLines<T>>,
  placeOf: (line: T) => number | string,
): Omit<Repair, 'path' | 'writer' | 'before'> {
  const does: string[] = []
  const torn = lines.find(({ state }) => state === 'torn')
  if (torn) does.push(`cut off a torn last line of ${String(Buffer.byteLength(torn.text))} bytes`)
  else if (text !== '' && !text.endsWith('\n')) does.push('add the newline that the last line lacks')

  const seen = new Set<string>()
  const kept = lines.filter((each) => {
    const { state, number, text: own } = each
    if (state === 'torn') return false
    const copy = state === 'read' && seen.has(own)
    if (copy) does.push(`drop line ${String(number)}, a copy of one before it`)
    seen.add(own)
    return !copy
  })
  const read = kept.flatMap((each) => (each.state === 'read' ? [each] : []))
  const sorted = read.toSorted((a, b) => compare(placeOf(a.line), placeOf(b.line)))
  const moved = sorted.some((each, i) => each !== read[i])
  const orderable = read.length === kept.length
  if (moved && orderable) does.push('put the lines in order')

  const after = (moved && orderable ? sorted : kept).map((each) => `${each.text}\n`).join('')
  // Blank lines and the line ends of Windows harm nobody; they go along when there is something to mend.
  return does.length === 0 ? { does, after: text } : { does, after, ...(torn && { cut: torn.text }) }
}

function compare(a: number | string, b: number | string): number {
  return a < b ? -1 : Number(a > b)
}
