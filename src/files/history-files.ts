import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HistoryFile } from '../model/history-file.ts'
import { pruneSchema, type Prune } from '../model/history-file.ts'
import type { Problem } from '../model/problem.ts'
import { isAbsent } from './atomic-write.ts'
import { historyPath, isFileKind, isNameOf, readLines } from './history-lines.ts'

/** Where `status prune` notes what it took. */
export const prunesPath = 'history/pruned.ndjson'

/** What lies below `history/`. */
export interface HistoryFiles {
  /** Every file of a writer, month and component, in the order of kind, component, writer and month. */
  files: HistoryFile[]
  /**
   * Files named as they were before there was a folder for each writer and year, and where they belong. Nothing in them
   * is read.
   */
  misplaced: (HistoryFile & { belongs: string })[]
  /** What has another name, but for what git or a killed writer leaves. */
  odd: string[]
}

/** Lists each folder once, whatever is asked for of it then. `kinds` are all there are, also those of a newer Candor. */
export function historyFiles(
  root: string,
  kinds: readonly string[] = foldersIn(root, 'history'),
): HistoryFiles {
  const found: HistoryFiles = { files: [], misplaced: [], odd: [] }
  for (const kind of kinds)
    for (const entry of entriesIn(root, `history/${kind}`)) {
      const path = `history/${kind}/${entry.name}`
      const [, writer, year] = /^([a-z0-9-]{1,40})\.(\d{4})$/.exec(entry.name) ?? []
      if (!entry.isDirectory()) found.odd.push(path)
      else if (writer !== undefined && year !== undefined) addYear(found, root, { path, kind, writer, year })
      else addOther(found, root, kind, entry.name)
    }
  found.files.sort(
    (a, b) =>
      compare(a.kind, b.kind) ||
      compare(a.component, b.component) ||
      compare(a.writer, b.writer) ||
      compare(a.month, b.month),
  )
  return found
}

/** What `status check` says of files that are not read. */
export function fileProblems({ misplaced, odd }: HistoryFiles): Problem[] {
  const at = { line: 1, column: 1 }
  return [
    ...misplaced.map(({ path: file, belongs }): Problem => {
      return {
        level: 'error',
        file,
        ...at,
        message: `it belongs at ${belongs}; until it is moved there, nothing in it is read`,
      }
    }),
    ...odd.map((file): Problem => {
      const message = 'not named as history is, main.2026/api.11.ndjson; nothing in it is read'
      return { level: 'warning', file, ...at, message }
    }),
  ]
}

export function readHistoryFile(root: string, { path }: { path: string }): string {
  return readFileSync(join(root, path), 'utf8')
}

/** What was pruned so far, the last word on each component and writer. Lines that cannot be read are left out. */
export function readPrunes(root: string): Prune[] {
  let text: string
  try {
    text = readFileSync(join(root, prunesPath), 'utf8')
  } catch (error) {
    if (isAbsent(error)) return []
    throw error
  }
  const prunes = readLines(text, pruneSchema).flatMap((each) => (each.state === 'read' ? [each.line] : []))
  return [...new Map(prunes.map((prune) => [`${prune.component}/${prune.writer}`, prune])).values()]
}

function addYear(
  found: HistoryFiles,
  root: string,
  { path: folder, kind, writer, year }: { path: string; kind: string; writer: string; year: string },
): void {
  for (const { name } of entriesIn(root, folder)) {
    const path = `${folder}/${name}`
    const [, component, number] = /^(.+)\.(0[1-9]|1[0-2])\.ndjson$/.exec(name) ?? []
    const isNamed = component !== undefined && (!isFileKind(kind) || isNameOf(kind, component))
    if (isNamed) found.files.push({ path, kind, writer, component, month: `${year}-${String(number)}` })
    else found.odd.push(path)
  }
}

/** A folder that is no year's: once there was one for each component, and a file for each month in it. */
function addOther(found: HistoryFiles, root: string, kind: string, component: string): void {
  const folder = `history/${kind}/${component}`
  const names = entriesIn(root, folder).map(({ name }) => name)
  if (names.length === 0) return
  if (!isFileKind(kind) || !isNameOf(kind, component)) {
    found.odd.push(folder)
    return
  }
  for (const name of names) {
    const path = `${folder}/${name}`
    const [, writer, month] = /^([a-z0-9-]{1,40})\.(\d{4}-\d{2})\.ndjson$/.exec(name) ?? []
    if (writer === undefined || month === undefined) found.odd.push(path)
    else {
      const belongs = historyPath(kind, component, month, writer)
      found.misplaced.push({ path, kind, component, writer, month, belongs })
    }
  }
}

function foldersIn(root: string, folder: string): string[] {
  return entriesIn(root, folder)
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
}

/** In the order of their names; without what git or a killed writer leaves. */
function entriesIn(root: string, folder: string) {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true })
      .filter(({ name }) => !name.startsWith('.') && !name.endsWith('.tmp'))
      .sort((a, b) => compare(a.name, b.name))
  } catch (error) {
    if (isAbsent(error)) return []
    throw error
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
