import { parseInstant, type Instant } from '../model/time.ts'
import { historyFiles, readHistoryFile } from './history-files.ts'
import type { HistoryFile } from '../model/history-file.ts'

/** Every file of the history with its bytes and lines, and the time of the oldest line. */
export function sizedHistory(root: string): {
  files: (HistoryFile & { bytes: number; lines: number })[]
  first: Instant | undefined
} {
  let first: Instant | undefined
  const files = historyFiles(root).files.map((file) => {
    const text = readHistoryFile(root, file)
    const at = firstTime(text, file.month)
    if (at !== undefined) first = Math.min(first ?? at, at)
    return { ...file, bytes: Buffer.byteLength(text), lines: text.split('\n').filter(Boolean).length }
  })
  return { files, first }
}

/** The first time that a file's first line names, of whatever kind it is; else the beginning of its month. */
function firstTime(text: string, month: string): Instant | undefined {
  const named = /"(?:t_confirmed|d|t)":"(\d{4}-\d{2}-\d{2})(T[\d:.]+Z)?"/.exec(text.slice(0, 2_000))
  const written = named ? `${named[1] ?? ''}${named[2] ?? 'T00:00:00Z'}` : `${month}-01T00:00:00Z`
  return text === '' ? undefined : parseInstant(written)
}
