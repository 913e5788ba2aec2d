import type { HistoryFile, Prune, ReadLine } from '../model/history-file.ts'
import type { Live, Rollup, TransitionLine } from '../model/history.ts'
import { verifyChain, type Chain } from './verify-chain.ts'
import type { Finding } from './verify-findings.ts'
import { verifyRollups } from './verify-rollups.ts'

/** What there is to verify. Months in their order. */
export interface HistoryToVerify {
  transitions: { file: HistoryFile; lines: ReadLine<TransitionLine>[] }[]
  rollups: { file: HistoryFile; lines: ReadLine<Rollup>[] }[]
  prunes: Prune[]
  live: Live[]
}

/** Walks every chain and adds up every day. The findings are in the order of files and lines. */
export function verifyHistory({ transitions, rollups, prunes, live }: HistoryToVerify): {
  chains: Chain[]
  found: Finding[]
} {
  const months = Map.groupBy(transitions, ({ file }) => keyOf(file))
  const noted = new Map(prunes.map((prune) => [keyOf(prune), prune]))
  const snapshots = new Map(
    live.flatMap(({ writer, components }) =>
      Object.entries(components).map(([component, entry]) => [keyOf({ component, writer }), entry]),
    ),
  )
  const keys = new Set([...months.keys(), ...noted.keys()])
  const walked = [...keys].map((key) =>
    verifyChain(months.get(key) ?? [], { prune: noted.get(key), live: snapshots.get(key) }),
  )
  const days = [...Map.groupBy(rollups, ({ file }) => keyOf(file)).values()].flatMap(verifyRollups)
  return {
    chains: walked.map(({ chain }) => chain),
    found: [...walked.flatMap(({ found }) => found), ...days].sort(
      (a, b) => (a.file < b.file ? -1 : Number(a.file > b.file)) || a.line - b.line,
    ),
  }
}

function keyOf({ component, writer }: { component: string; writer: string }): string {
  return `${component}/${writer}`
}
