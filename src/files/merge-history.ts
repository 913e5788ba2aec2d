import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HistoryFile } from '../model/history-file.ts'
import { isAbsent, writeFileAtomic } from './atomic-write.ts'
import { historyFiles, prunesPath, readHistoryFile } from './history-files.ts'

/**
 * Brings the history of another copy of this world into it: files that are not here, and lines that are not in them.
 * Lines that only stand here stay; where both have a line of one number or day, the other copy's counts, since that is
 * where people repair it. Returns how many files changed.
 */
export function mergeHistory(root: string, other: string): number {
  const prunes = { path: prunesPath, kind: 'pruned' }
  const { files, misplaced } = historyFiles(other)
  // What lies in a wrong place there comes along: where it is looked at, that is said.
  return [...files, ...misplaced, ...(readIfThere(other, prunesPath) === undefined ? [] : [prunes])].filter(
    (file) => {
      const theirs = readHistoryFile(other, file)
      const ours = readIfThere(root, file.path)
      const merged = mergedText(ours, theirs, file)
      if (merged === ours) return false
      writeFileAtomic(join(root, file.path), merged)
      return true
    },
  ).length
}

/** Both texts as one. Lines are told apart by what their kind numbers them with, and else by all they say. */
export function mergedText(
  ours: string | undefined,
  theirs: string,
  { kind }: Pick<HistoryFile, 'kind'>,
): string {
  if (ours === undefined || theirs.startsWith(ours) || kind === 'pruned') return theirs
  if (ours.startsWith(theirs)) return ours
  const key = (text: string) => keyOf(text, kind)
  const known = new Set(linesOf(theirs).map(key))
  const lines = [...linesOf(theirs), ...linesOf(ours).filter((line) => !known.has(key(line)))]
  if (kind === 'transitions') lines.sort((a, b) => Number(key(a)) - Number(key(b)) || 0)
  if (kind === 'rollup' || kind === 'metrics') lines.sort((a, b) => (key(a) < key(b) ? -1 : 1))
  return lines.map((line) => `${line}\n`).join('')
}

/** A line that is torn or broken has no key but itself. */
function keyOf(text: string, kind: string): string {
  const name = { transitions: 'seq', rollup: 'd', metrics: 'd' }[kind]
  if (name === undefined) return text
  try {
    const value = (JSON.parse(text) as Record<string, unknown> | null)?.[name]
    return typeof value === 'string' || typeof value === 'number' ? String(value) : text
  } catch {
    return text
  }
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '')
}

function readIfThere(root: string, path: string): string | undefined {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
}
