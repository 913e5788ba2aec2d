import type { HistoryFile, Prune, ReadLine } from '../model/history-file.ts'
import type { Live, TransitionLine } from '../model/history.ts'
import { hashLine } from './chain.ts'
import { breaks, type Finding } from './verify-findings.ts'

/** A writer's chain of transitions of one component, as far as it can be vouched for. */
export interface Chain {
  component: string
  writer: string
  lines: number
  /** The numbers of its first and last line; absent when there is none. */
  first?: number
  last?: number
  /** When the first line of its unbroken end was confirmed. */
  since?: string
  whole: boolean
  /** The month before which it was pruned. */
  pruned?: string
}

/**
 * Walks the transitions that one writer has of one component, all months in order. Each line names the hash of the line
 * before it, so what was edited, removed or added in the middle shows at the next line.
 */
export function verifyChain(
  months: { file: HistoryFile; lines: ReadLine<TransitionLine>[] }[],
  { prune, live }: { prune?: Prune | undefined; live?: Live['components'][string] | undefined },
): { chain: Chain; found: Finding[] } {
  const found: Finding[] = []
  const links = linksOf(months, found)
  found.push(...beginning(links[0], prune, months[0]?.file.path))
  let unbroken = 0
  for (const [i, link] of links.entries()) {
    const before = links[i - 1]
    if (!before) continue
    const broken = pair(before, link)
    found.push(...broken)
    if (broken.some(breaks)) unbroken = i
  }
  const last = links.at(-1)
  found.push(...ending(last, live))
  const { component = '', writer = '' } = months[0]?.file ?? prune ?? {}
  const since = links[unbroken]?.line.t_confirmed
  return {
    chain: {
      component,
      writer,
      lines: links.length,
      ...(links[0] && last && { first: links[0].line.seq, last: last.line.seq }),
      ...(since !== undefined && { since }),
      whole: !found.some(breaks),
      ...(prune && { pruned: prune.before }),
    },
    found,
  }
}

interface Link {
  file: string
  number: number
  text: string
  line: TransitionLine
}

/** The lines that can be read, each number once and in order; what is wrong with single lines goes to `found`. */
function linksOf(
  months: { file: HistoryFile; lines: ReadLine<TransitionLine>[] }[],
  found: Finding[],
): Link[] {
  const known = new Map<number, Link>()
  let highest = 0
  for (const { file, lines } of months)
    for (const each of lines) {
      const say = (what: Finding['found'], message: string) =>
        found.push({ file: file.path, line: each.number, found: what, message })
      if (each.state === 'torn') say('torn', 'the last line was not finished')
      if (each.state === 'bad') say('unreadable', each.reason)
      if (each.state !== 'read') continue
      const { line, text, number } = each
      const link = { file: file.path, number, text, line }
      const seq = String(line.seq)
      const twin = known.get(line.seq)
      if (twin?.text === text) say('twice', `line ${seq} stands in ${placeOf(twin)} already`)
      else if (twin) say('conflict', `a different line ${seq} stands in ${placeOf(twin)}`)
      if (twin) continue
      known.set(line.seq, link)
      if (line.seq < highest) say('reordered', `line ${seq} comes after line ${String(highest)}`)
      highest = Math.max(highest, line.seq)
      const month = line.t_confirmed.slice(0, 7)
      if (month !== file.month)
        say('misplaced', `line ${seq} is of ${month}, the file is named ${file.month}`)
      if (line.writer !== file.writer)
        say(
          'misplaced',
          `line ${seq} says that "${line.writer}" wrote it, the folder is named "${file.writer}"`,
        )
      if (line.t_after > line.t_confirmed || (line.t_before ?? '') > line.t_after)
        say('clock', `the times of line ${seq} are not in order`)
    }
  return [...known.values()].sort((a, b) => a.line.seq - b.line.seq)
}

function beginning(first: Link | undefined, prune: Prune | undefined, path?: string): Finding[] {
  const expected = prune?.first ?? 1
  if (!first) {
    if (!prune) return []
    const message = `nothing is left, although the prune of ${prune.before} kept line ${String(expected)} and all after it`
    return [{ file: path ?? 'history/pruned.ndjson', line: 1, found: 'removed', message }]
  }
  const at = (found: Finding['found'], message: string): Finding[] => [
    { file: first.file, line: first.number, found, message },
  ]
  const { seq, prev } = first.line
  if (seq > expected) {
    const gone = rangeOf(expected, seq - 1)
    const noted = prune
      ? `the prune of ${prune.before} has kept ${gone.many ? 'them' : 'it'}`
      : 'no prune was noted'
    return at(
      'removed',
      `the history begins with line ${String(seq)}; ${gone.words} before it ${gone.are} gone, and ${noted}`,
    )
  }
  if (seq < expected) return at('pruning', `line ${String(seq)} is still there, although it was pruned`)
  if (prune && prev !== prune.prev)
    return at('edited', `line ${String(seq)} is not the one that the prune has kept`)
  if (!prune && prev !== undefined) return at('edited', `line 1 names a line before it, ${prev}`)
  return []
}

/** What a line says of the one before it. */
function pair(before: Link, link: Link): Finding[] {
  const { seq, prev, from, t_confirmed } = link.line
  const at = (found: Finding['found'], message: string, where = link): Finding => ({
    file: where.file,
    line: where.number,
    found,
    message,
  })
  if (seq !== before.line.seq + 1) {
    const gone = rangeOf(before.line.seq + 1, seq - 1)
    return [at('removed', `${gone.words} before this one ${gone.are} missing`)]
  }
  const findings: Finding[] = []
  if (prev !== hashLine(before.text))
    findings.push(
      at(
        'edited',
        `line ${String(before.line.seq)} has the hash ${hashLine(before.text)}, but line ${String(seq)} in ${placeOf(link)} was written after ${prev ?? 'none'}`,
        before,
      ),
    )
  else if (from !== before.line.to)
    findings.push(at('edited', `it goes from ${from}, but the line before it went to ${before.line.to}`))
  if (t_confirmed < before.line.t_confirmed)
    findings.push(at('clock', `it was confirmed at ${t_confirmed}, before the line in front of it`))
  return findings
}

/** What the writer's own snapshot knows of its last line. */
function ending(last: Link | undefined, live: Live['components'][string] | undefined): Finding[] {
  if (!live || live.seq === 0) return []
  const seq = String(live.seq)
  if (!last || live.seq > last.line.seq) {
    const message = `the writer's live snapshot knows line ${seq}; the history ends with ${last ? `line ${String(last.line.seq)}` : 'none'}`
    return [{ file: last?.file ?? 'history', line: last?.number ?? 1, found: 'end', message }]
  }
  if (live.seq < last.line.seq || live.prev === hashLine(last.text)) return []
  const message = `line ${seq} is not the one that the writer's live snapshot knows`
  return [{ file: last.file, line: last.number, found: 'edited', message }]
}

function rangeOf(first: number, last: number): { words: string; many: boolean; are: 'is' | 'are' } {
  const many = last > first
  return {
    words: many ? `lines ${String(first)} to ${String(last)}` : `line ${String(first)}`,
    many,
    are: many ? 'are' : 'is',
  }
}

function placeOf({ file, number }: Link): string {
  return `${file}:${String(number)}`
}
