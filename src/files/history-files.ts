import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HistoryFile } from '../model/history-file.ts'
import { pruneSchema, type Prune } from '../model/history-file.ts'
import { isAbsent } from './atomic-write.ts'
import { readLines } from './history-lines.ts'

/** Where `status prune` notes what it took. */
export const prunesPath = 'history/pruned.ndjson'

/**
 * Every month's file below `history/`, whatever its kind, in the order of kind, component, writer and month. What has
 * another name is in `odd`, but for what git or a killed writer leaves.
 */
export function historyFiles(root: string): { files: HistoryFile[]; odd: string[] } {
  const odd: string[] = []
  const files = foldersIn(root, 'history').flatMap((kind) =>
    foldersIn(root, `history/${kind}`).flatMap((component) =>
      entriesIn(root, `history/${kind}/${component}`).flatMap(({ name }): HistoryFile[] => {
        const path = `history/${kind}/${component}/${name}`
        const [, writer, month] = /^([a-z0-9-]{1,40})\.(\d{4}-\d{2})\.ndjson$/.exec(name) ?? []
        if (writer !== undefined && month !== undefined) return [{ path, kind, component, writer, month }]
        if (!name.startsWith('.') && !name.endsWith('.tmp')) odd.push(path)
        return []
      }),
    ),
  )
  return { files, odd }
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

function foldersIn(root: string, folder: string): string[] {
  return entriesIn(root, folder)
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
}

function entriesIn(root: string, folder: string) {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch (error) {
    if (isAbsent(error)) return []
    throw error
  }
}
