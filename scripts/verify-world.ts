import type { Finding } from '../src/derive/verify-findings.ts'
import { verifyHistory } from '../src/derive/verify-history.ts'
import { historyFiles, readHistoryFile, readPrunes } from '../src/files/history-files.ts'
import { historyKinds, readLines } from '../src/files/history-lines.ts'
import { readLive } from '../src/files/live-store.ts'

/** Verifies the history of a world as it lies on the disk. */
export function verifyWorld(root: string): ReturnType<typeof verifyHistory> & { odd: string[] } {
  const { files, misplaced, odd } = historyFiles(root)
  const monthsOf = <T>(kind: keyof typeof historyKinds, schema: Parameters<typeof readLines<T>>[1]) =>
    files
      .filter((file) => file.kind === kind)
      .map((file) => ({ file, lines: readLines(readHistoryFile(root, file), schema) }))
  const { chains, found } = verifyHistory({
    transitions: monthsOf('transitions', historyKinds.transitions.schema),
    rollups: monthsOf('rollup', historyKinds.rollup.schema),
    prunes: readPrunes(root),
    live: readLive(root).live,
  })
  const elsewhere = misplaced.map(({ path: file, belongs }): Finding => {
    return { file, line: 1, found: 'elsewhere', message: `it belongs at ${belongs}` }
  })
  return { chains, found: [...elsewhere, ...found], odd }
}
