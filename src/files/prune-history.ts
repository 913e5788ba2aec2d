import { rmdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { HistoryFile, Prune } from '../model/history-file.ts'
import { writeFileAtomic } from './atomic-write.ts'
import { historyFiles, prunesPath, readHistoryFile, readPrunes } from './history-files.ts'
import { historyKinds, readLines } from './history-lines.ts'

/** What a prune does: to each file, and what it notes of each chain. Nothing is written by making one. */
export interface PrunePlan {
  changes: PruneChange[]
  prunes: Prune[]
}

export interface PruneChange {
  file: HistoryFile
  /** What goes. */
  bytes: number
  lines: number
  /** What stays of the file; absent when all of it goes. */
  after?: string
}

/**
 * Takes all months before `before` (`2026-11`). Of each writer's transitions of a component the last line before that
 * stays, in its own file and as it is: it says what the status was when the first kept month began, the next line's
 * hash is of it, and a reader needs no rule for it. Time before that line becomes unknown, and never up.
 */
export function plannedPrune(
  root: string,
  before: string,
  { keepRollups }: { keepRollups: boolean },
): PrunePlan {
  const old = historyFiles(root).files.filter(({ month }) => month < before)
  const others = old.filter(({ kind }) => kind !== 'transitions' && !(keepRollups && kind === 'rollup'))
  const chains = Map.groupBy(
    old.filter(({ kind }) => kind === 'transitions'),
    ({ component, writer }) => `${component}/${writer}`,
  )
  const changes = others.map((file) => whole(file, readHistoryFile(root, file)))
  const prunes: Prune[] = []
  for (const files of chains.values()) {
    const months = files.map((file) => {
      const text = readHistoryFile(root, file)
      return { file, text, lines: readLines(text, historyKinds.transitions.schema) }
    })
    const read = months.flatMap(({ file, lines }) =>
      lines.flatMap((each) => (each.state === 'read' ? [{ file, line: each.line, text: each.text }] : [])),
    )
    const last = read.toSorted((a, b) => a.line.seq - b.line.seq).at(-1)
    const taken = months.flatMap(({ file, text }): PruneChange[] => {
      if (file !== last?.file) return [whole(file, text)]
      const after = `${last.text}\n`
      if (after === text) return []
      return [
        { file, bytes: Buffer.byteLength(text) - Buffer.byteLength(after), lines: linesOf(text) - 1, after },
      ]
    })
    changes.push(...taken)
    if (!last || taken.length === 0) continue
    const { component, writer } = last.file
    const { seq: first, prev } = last.line
    prunes.push({ v: 1, component, writer, before, first, ...(prev !== undefined && { prev }) })
  }
  return { changes, prunes }
}

/**
 * Carries a prune out. The notes are on the disk before the first line goes, and the oldest month goes first: after a
 * kill, what is left is a whole chain, and a second run finishes the work.
 */
export function applyPrune(root: string, { changes, prunes }: PrunePlan): void {
  const noted = new Map(
    [...readPrunes(root), ...prunes].map((prune) => [`${prune.component}/${prune.writer}`, prune]),
  )
  if (prunes.length > 0)
    writeFileAtomic(
      join(root, prunesPath),
      [...noted.values()].map((prune) => `${JSON.stringify(prune)}\n`).join(''),
    )
  for (const { file, after } of changes) {
    if (after === undefined) removeFile(join(root, file.path))
    else writeFileAtomic(join(root, file.path), after)
  }
}

/** A folder that has other files in it, by the names that systems have for that, or is gone already. */
const stays: ReadonlySet<unknown> = new Set(['ENOTEMPTY', 'EEXIST', 'ENOENT'])

/** And the folder of its year when it was the last in it. */
function removeFile(path: string): void {
  rmSync(path, { force: true })
  try {
    rmdirSync(dirname(path))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && stays.has(error.code))) throw error
  }
}

function whole(file: HistoryFile, text: string): PruneChange {
  return { file, bytes: Buffer.byteLength(text), lines: linesOf(text) }
}

function linesOf(text: string): number {
  return text.split('\n').filter((line) => line.trim() !== '').length
}
