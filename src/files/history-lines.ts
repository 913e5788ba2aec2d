import type { ZodType } from 'zod'
import { id } from '../model/fields.ts'
import { lineText, rollupSchema, transitionSchema, writerSchema } from '../model/history.ts'
import type { Rollup, TransitionLine } from '../model/history.ts'
import type { ReadLine } from '../model/history-file.ts'
import { metricDaySchema, type MetricDay } from '../model/metric.ts'
import { parseInstant, utcMonth } from '../model/time.ts'
import { isPlainLine } from './plain-lines.ts'

/** Lines of one writer that are to be added to its history. */
export interface Additions {
  /** A rollup's line does not say whose it is; the name of its file does. */
  writer: string
  transitions: { component: string; line: TransitionLine }[]
  rollups: { component: string; line: Rollup }[]
  /** Finished days of metrics, by `<component>.<metric>`. */
  metrics?: { metric: string; line: MetricDay }[] | undefined
}

/** A file that grows: its path relative to the world, and its new text from the one it has. */
export interface Growth {
  path: string
  /**
   * `current` is `undefined` where there is no file yet. A torn last line is cut off. A line that is already there is
   * not added again, so adding the same twice changes nothing.
   * @throws {HistoryConflict} when a transition's number is already taken by a different line.
   */
  grow: (current: string | undefined) => string
}

/** Two writers use one name, or a writer started without reading its history: what it would add is not what follows. */
export class HistoryConflict extends Error {
  override name = 'HistoryConflict'
}

/** Where additions go. The same for a disk and for a commit. */
export function historyGrowth({ writer, transitions, rollups, metrics = [] }: Additions): Growth[] {
  const files = new Map<string, HistoryLine[]>()
  const addTo = (path: string, line: HistoryLine) => files.set(path, [...(files.get(path) ?? []), line])
  const add = (kind: FileKind, name: string, month: string, line: HistoryLine) =>
    addTo(historyPath(kind, name, month, writer), line)
  for (const { component, line } of transitions)
    add('transitions', component, utcMonth(parseInstant(line.t_confirmed) ?? NaN), line)
  for (const { component, line } of rollups) add('rollup', component, line.d.slice(0, 7), line)
  for (const { metric, line } of metrics) add('metrics', metric, line.d.slice(0, 7), line)
  return [...files].map(([path, lines]) => ({ path, grow: (current) => grown(path, current ?? '', lines) }))
}

/**
 * A folder for each writer and year, and in it a file for each month of a component (`api`) or metric (`api.rate`). The
 * month stands at the end: git looks for what to compress a file against among those whose names end alike.
 * @throws {RangeError} for a name that is none.
 */
export function historyPath(kind: FileKind, name: string, month: string, writer: string): string {
  if (!isNameOf(kind, name))
    throw new RangeError(
      `"${name}" is not ${kind === 'metrics' ? 'a component and its metric' : 'a component id'}`,
    )
  const named = writerSchema.safeParse(writer)
  if (!named.success) throw new RangeError(`"${writer}": ${named.error.issues[0]?.message}`)
  const [year = '', number = ''] = month.split('-')
  return `history/${kind}/${writer}.${year}/${name}.${number}.ndjson`
}

/** Whether a file of this kind can have this name: a component's id, or with a point behind it that of its metric. */
export function isNameOf(kind: FileKind, name: string): boolean {
  const parts = name.split('.')
  return parts.length === (kind === 'metrics' ? 2 : 1) && parts.every((part) => id.safeParse(part).success)
}

/** The lines of `history/metrics`, which no account of a status is made from. */
export const metricDays = { schema: metricDaySchema, keyOf: ({ d }: MetricDay) => d }

type HistoryLine = TransitionLine | Rollup | MetricDay

/** The folders of `history/`, the lines in each, and what tells two lines of a file apart. */
export const historyKinds = {
  transitions: { schema: transitionSchema, keyOf: ({ seq }: TransitionLine) => String(seq) },
  rollup: { schema: rollupSchema, keyOf: ({ d }: Rollup) => d },
} as const satisfies Record<string, { schema: ZodType; keyOf: (line: never) => string }>
export type HistoryKind = keyof typeof historyKinds

/** A kind of file that this Candor knows. */
export type FileKind = HistoryKind | 'metrics'

export function isFileKind(kind: string): kind is FileKind {
  return kind === 'metrics' || Object.hasOwn(historyKinds, kind)
}

/** The lines of a file of one kind, empty ones left out. */
export function readLines<T>(text: string, schema: ZodType<T>): ReadLine<T>[] {
  const texts = text.split('\n')
  const lines: ReadLine<T>[] = []
  for (const [i, each] of texts.entries()) {
    const line = each.endsWith('\r') ? each.slice(0, -1) : each
    if (line === '') continue
    const read = readLine(line, schema)
    const torn = i === texts.length - 1
    if ('line' in read) lines.push({ state: 'read', number: i + 1, text: line, line: read.line })
    else if (torn) lines.push({ state: 'torn', number: i + 1, text: line })
    else lines.push({ state: 'bad', number: i + 1, text: line, reason: read.reason })
  }
  return lines
}

function readLine<T>(text: string, schema: ZodType<T>): { line: T } | { reason: string } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { reason: 'this line is not JSON' }
  }
  if (isPlainLine(value, schema)) return { line: value as T }
  const read = schema.safeParse(value)
  if (read.success) return { line: read.data }
  const [issue] = read.error.issues
  const field = issue?.path.join('.')
  return { reason: field ? `${field}: ${issue?.message}` : (issue?.message ?? 'not a line of this file') }
}

function grown(path: string, current: string, lines: HistoryLine[]): string {
  const whole = withoutTornLine(current)
  const present = new Map<string, string>()
  for (const text of whole.split('\n')) {
    const key = keyOf(text)
    if (key !== undefined) present.set(key, text.trimEnd())
  }
  let added = ''
  for (const line of lines) {
    const text = lineText(line)
    const there = present.get('seq' in line ? String(line.seq) : line.d)
    if (there === undefined) added += `${text}\n`
    else if ('seq' in line && there !== text)
      throw new HistoryConflict(
        `${path} already has a different line ${line.seq}: read the history before going on (two probes may be using the name "${line.writer}")`,
      )
  }
  return whole + added
}

/** A last line without its newline is completed where it is whole JSON, else cut off. */
function withoutTornLine(text: string): string {
  const end = text.lastIndexOf('\n') + 1
  const last = text.slice(end)
  if (last === '') return text
  return keyOf(last) === undefined ? text.slice(0, end) : `${text}\n`
}

/** Looks no further than it must: a line that people have damaged must not stop new ones from being added. */
function keyOf(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return undefined
    if ('seq' in value) return String(value.seq)
    return 'd' in value ? String(value.d) : undefined
  } catch {
    return undefined
  }
}
