import type { HistoryFile, ReadLine } from '../model/history-file.ts'
import type { Rollup } from '../model/history.ts'
import type { Finding } from './verify-findings.ts'

/** What is wrong with the days that one writer has of one component. Days are not chained: one that is gone does not show. */
export function verifyRollups(months: { file: HistoryFile; lines: ReadLine<Rollup>[] }[]): Finding[] {
  const found: Finding[] = []
  const known = new Map<string, { text: string; place: string }>()
  let latest = ''
  for (const { file, lines } of months)
    for (const each of lines) {
      const say = (what: Finding['found'], message: string) =>
        found.push({ file: file.path, line: each.number, found: what, message })
      if (each.state === 'torn') say('torn', 'the last line was not finished')
      if (each.state === 'bad') say('unreadable', each.reason)
      if (each.state !== 'read') continue
      const { line, text, number } = each
      const twin = known.get(line.d)
      if (twin?.text === text) say('twice', `${line.d} stands in ${twin.place} already`)
      else if (twin) say('conflict', `a different ${line.d} stands in ${twin.place}; the first one counts`)
      if (twin) continue
      known.set(line.d, { text, place: `${file.path}:${String(number)}` })
      if (line.d < latest) say('reordered', `${line.d} comes after ${latest}`)
      if (line.d > latest) latest = line.d
      if (!line.d.startsWith(file.month)) say('misplaced', `${line.d} does not belong into ${file.month}`)
      const wrong = wrongSum(line)
      if (wrong !== undefined) say('sums', `${line.d}: ${wrong}`)
    }
  return found
}

function wrongSum({ n, ok, deg, down, part = 0, unk, hist, gaps, t0, t1 }: Rollup): string | undefined {
  if ([n, ok, deg, down, part, unk, gaps, ...(hist ?? [])].some((count) => count < 0))
    return 'a count is below zero'
  const sum = ok + deg + down + part + unk
  if (sum !== n) return `its passes add up to ${String(sum)}, but n is ${String(n)}`
  const answered = (hist ?? []).reduce((total, count) => total + count, 0)
  if (answered > n) return `hist counts ${String(answered)} answered passes of ${String(n)}`
  return t0 > t1 ? `its first pass at ${t0} is after its last at ${t1}` : undefined
}
