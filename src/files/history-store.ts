import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ZodType } from 'zod'
import type { ComponentHistory, HistoryTip, Rollup, Transition, TransitionLine } from '../model/history.ts'
import type { HistoryFile } from '../model/history-file.ts'
import type { Problem } from '../model/problem.ts'
import type { Instant } from '../model/time.ts'
import { isAbsent, sweepTemporaryFiles, writeFileAtomic } from './atomic-write.ts'
import { fileProblems, historyFiles } from './history-files.ts'
import { historyGrowth, historyKinds, readLines, type Additions, type HistoryKind } from './history-lines.ts'

/**
 * All that `history/` says, by component, oldest first. Never throws for what is in a file: a line that cannot be read
 * is an error that names it, and the rest is read. A torn last line, and a line that stands there twice or out of its
 * order, are warnings. A world without history is fine.
 */
export function readHistory(root: string): {
  history: Record<string, ComponentHistory>
  problems: Problem[]
} {
  const found = historyFiles(root, Object.keys(historyKinds))
  const problems = fileProblems(found)
  const history: Record<string, ComponentHistory> = {}
  for (const [component, files] of byComponent(found.files, 'transitions')) {
    const lines = readWriters(root, files, historyKinds.transitions, (a, b) => a.seq - b.seq, problems)
    const transitions = lines.map((read) => toTransition(component, read))
    history[component] = {
      transitions: transitions.sort((a, b) => a.after - b.after || a.seq - b.seq),
      rollups: [],
    }
  }
  for (const [component, files] of byComponent(found.files, 'rollup')) {
    const lines = readWriters(root, files, historyKinds.rollup, byDay, problems)
    // Not copied: the lines are fresh, nobody else has them, and there are many.
    const rollups = lines.map(({ line, writer }) => Object.assign(line, { writer })).sort(byDay)
    history[component] = { transitions: history[component]?.transitions ?? [], rollups }
  }
  return { history, problems }
}

/**
 * Adds lines to the history. Safe against being killed at any moment: each file is replaced as a whole, and is on the
 * disk when this returns. Adding the same lines again changes nothing. One process at a time may write for a writer.
 *
 * @throws {HistoryConflict} when a transition's number is already taken by a different line.
 */
export function appendHistory(root: string, additions: Additions): void {
  for (const { path, grow } of historyGrowth(additions)) {
    const file = join(root, path)
    const current = readIfThere(file)
    const grown = grow(current)
    if (grown !== current) writeFileAtomic(file, grown)
  }
}

/** Where a writer goes on: the last line it wrote of each component. Reads only the newest files that say so. */
export function readHistoryTips(root: string, writer: string): Record<string, HistoryTip> {
  const tips: Record<string, HistoryTip> = {}
  const own = historyFiles(root, Object.keys(historyKinds)).files.filter((file) => file.writer === writer)
  for (const [component, files] of byComponent(own, 'transitions')) {
    const transition = lastLine(root, files, historyKinds.transitions.schema, (a, b) => a.seq - b.seq)
    if (transition) tips[component] = { transition }
  }
  for (const [component, files] of byComponent(own, 'rollup')) {
    const rollup = lastLine(root, files, historyKinds.rollup.schema, byDay)?.line
    if (rollup) tips[component] = { ...tips[component], rollup }
  }
  return tips
}

/** Removes what a killed writer left half written. To be called when a writer starts; returns the paths removed. */
export function sweepHistory(root: string): string[] {
  // The page, which may stand in `.candor`, too, has many files and is no writer's affair.
  return [
    ...sweepTemporaryFiles(join(root, 'history')),
    ...sweepTemporaryFiles(join(root, '.candor'), { deep: false }),
    ...sweepTemporaryFiles(join(root, '.candor/live')),
  ]
}

/** The files of each component, oldest month first. */
function byComponent(files: readonly HistoryFile[], kind: HistoryKind): Map<string, HistoryFile[]> {
  return Map.groupBy(
    files.filter((file) => file.kind === kind),
    ({ component }) => component,
  )
}

/** The lines of all writers; those of each in `order`, each once. */
function readWriters<T>(
  root: string,
  files: HistoryFile[],
  { schema, keyOf }: { schema: ZodType<T>; keyOf: (line: T) => string },
  order: (a: T, b: T) => number,
  problems: Problem[],
): PlacedLine<T>[] {
  return [...Map.groupBy(files, ({ writer }) => writer)].flatMap(([, own]) => {
    const seen = new Set<string>()
    const lines: PlacedLine<T>[] = []
    for (const read of own.flatMap((file) => readFile(root, file, schema, problems))) {
      const { path, line, number } = read
      const key = keyOf(line)
      const last = lines.at(-1)
      if (seen.has(key))
        problems.push(warning(path, number, `${key} was there before; this line is left out`))
      else if (last && order(last.line, line) > 0)
        problems.push(
          warning(path, number, `${key} comes after ${keyOf(last.line)}; it is read in its place`),
        )
      if (!seen.has(key)) lines.push(read)
      seen.add(key)
    }
    return lines.sort((a, b) => order(a.line, b.line))
  })
}

interface PlacedLine<T> {
  line: T
  writer: string
  path: string
  number: number
}

function readFile<T>(
  root: string,
  { path, writer }: HistoryFile,
  schema: ZodType<T>,
  problems: Problem[],
): PlacedLine<T>[] {
  const lines: PlacedLine<T>[] = []
  for (const each of readLines(readFileSync(join(root, path), 'utf8'), schema)) {
    if (each.state === 'torn')
      problems.push({
        ...warning(
          path,
          each.number,
          'the last line was not finished; the next one that is added replaces it',
        ),
        found: excerpt(each.text),
      })
    if (each.state === 'bad')
      problems.push({
        level: 'error',
        file: path,
        line: each.number,
        column: 1,
        message: each.reason,
        found: excerpt(each.text),
      })
    if (each.state !== 'read') continue
    const { line, number } = each
    const named = (line as { writer?: string }).writer ?? writer
    if (named !== writer)
      problems.push(
        warning(
          path,
          number,
          `the line says that "${named}" wrote it, the folder's name "${writer}"; the name counts`,
        ),
      )
    lines.push({ line, writer, path, number })
  }
  return lines
}

function lastLine<T>(
  root: string,
  files: HistoryFile[],
  schema: ZodType<T>,
  order: (a: T, b: T) => number,
): { line: T; text: string } | undefined {
  for (const { path } of files.toReversed()) {
    const lines = readLines(readFileSync(join(root, path), 'utf8'), schema).filter(
      (each) => each.state === 'read',
    )
    const last = lines.sort((a, b) => order(a.line, b.line)).at(-1)
    if (last) return { line: last.line, text: last.text }
  }
  return undefined
}

function toTransition(
  component: string,
  {
    line,
    writer,
    path: file,
    number,
  }: { line: TransitionLine; writer: string; path: string; number: number },
): Transition {
  const { seq, from, to, t_before, t_after, t_confirmed, why, code } = line
  return {
    component,
    writer,
    seq,
    from,
    to,
    ...(t_before !== undefined && { before: instantOf(t_before) }),
    after: instantOf(t_after),
    confirmed: instantOf(t_confirmed),
    ...(why !== undefined && { why }),
    ...(code !== undefined && { code }),
    source: { file, line: number },
  }
}

/** The schema has refused every text that is not a UTC time as machines write it, so the general reader is not needed. */
function instantOf(text: string): Instant {
  return Date.parse(text)
}

function byDay(a: Rollup, b: Rollup): number {
  return a.d < b.d ? -1 : Number(a.d > b.d)
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
}

function warning(file: string, line: number, message: string): Problem {
  return { level: 'warning', file, line, column: 1, message }
}

function excerpt(text: string): string {
  return text.length > 120 ? `${text.slice(0, 119)}…` : text
}
