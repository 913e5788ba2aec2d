import { describe, expect, it } from 'vitest'
import { historyKinds, readLines } from '../files/history-lines.ts'
import { lineText, type Live, type Rollup, type TransitionLine } from '../model/history.ts'
import type { HistoryFile, Prune } from '../model/history-file.ts'
import { chainedLines, wholeDays } from '../testing/chained-history.ts'
import { hashLine } from './chain.ts'
import { verifyHistory } from './verify-history.ts'

const five = chainedLines(5)
const texts = five.map(lineText)
const file = (kind: string, month: string): HistoryFile => ({
  path: `history/${kind}/main.${month.slice(0, 4)}/api.${month.slice(5)}.ndjson`,
  kind,
  component: 'api',
  writer: 'main',
  month,
})

describe('a chain', () => {
  it.each<[what: string, text: string, found: string[]]>([
    ['that nobody touched', `${texts.join('\n')}\n`, []],
    ['with an edited line', swapped(2, (text) => text.replace('major_outage', 'operational')), ['edited 2']],
    ['with an edited last line', swapped(5, (text) => text.replace('T04:00', 'T05:00')), []],
    ['with a line taken out', without(3), ['removed 3']],
    ['with lines taken out', without(2, 3), ['removed 2']],
    ['without its beginning', without(1, 2), ['removed 1']],
    ['with a line twice', insert(5, texts[2] ?? ''), ['twice 6']],
    [
      'with two different lines of one number',
      insert(3, texts[2]?.replace('T02:0', 'T03:0') ?? ''),
      ['conflict 4'],
    ],
    [
      'with two lines exchanged',
      [texts[0], texts[2], texts[1], texts[3], texts[4]].join('\n'),
      ['reordered 3'],
    ],
    ['with a torn last line', `${texts.join('\n')}\n{"v":1,"se`, ['torn 6']],
    ['with a line that is none', insert(2, 'hello'), ['unreadable 3']],
    [
      'whose own link was edited',
      swapped(3, (text) => text.replace(/"prev":"./, '"prev":"z')),
      ['edited 2', 'edited 3'],
    ],
    ['whose statuses do not meet', relinked(2, { to: 'degraded' }), ['edited 3']],
    [
      'whose clock was set back',
      relinked(4, {
        t_confirmed: '2026-11-01T00:30:00Z',
        t_after: '2026-11-01T00:29:00Z',
        t_before: '2026-11-01T00:28:00Z',
      }),
      ['clock 4'],
    ],
  ])('%s', (_what, text, found) => {
    expect(findingsOf(text)).toEqual(found)
  })

  it('says since when it is whole', () => {
    expect(verify({ '2026-11': texts.join('\n') }).chains).toEqual([
      {
        component: 'api',
        writer: 'main',
        lines: 5,
        first: 1,
        last: 5,
        since: five[0]?.t_confirmed,
        whole: true,
      },
    ])
    expect(verify({ '2026-11': without(2) }).chains).toMatchObject([
      { lines: 4, since: five[2]?.t_confirmed, whole: false },
    ])
  })

  it('goes on across months, and misses a month', () => {
    const lines = chainedLines(4, { from: '2026-10-20T00:00:00Z', apart: 10 * 86_400_000 })
    const months = Object.groupBy(lines, ({ t_confirmed }) => t_confirmed.slice(0, 7))
    const all = Object.fromEntries(
      Object.entries(months).map(([month, own]) => [month, (own ?? []).map(lineText).join('\n')]),
    )
    expect(Object.keys(all)).toEqual(['2026-10', '2026-11'])
    expect(verify(all).found).toEqual([])
    expect(verify({ '2026-11': all['2026-11'] ?? '' }).found).toMatchObject([{ found: 'removed', line: 1 }])
    const renamed = verify({ '2026-09': all['2026-10'] ?? '', '2026-11': all['2026-11'] ?? '' })
    expect(renamed.found.map(({ found }) => found)).toEqual(['misplaced', 'misplaced'])
  })

  it.each<[what: string, prune: Partial<Prune>, text: string, found: string[]]>([
    ['as it was noted', {}, without(1, 2), []],
    ['and then some', {}, without(1, 2, 3), ['removed 1']],
    ['and the first line edited', { prev: 'be1b88d847f4e3c9' }, without(1, 2), ['edited 1']],
    ['only halfway', {}, without(1), ['pruning 1']],
    ['and all the rest removed', {}, '', ['removed 1']],
  ])('was pruned %s', (_what, differently, text, found) => {
    const prev = hashLine(texts[1] ?? '')
    const prune: Prune = {
      v: 1,
      component: 'api',
      writer: 'main',
      before: '2026-11',
      first: 3,
      prev,
      ...differently,
    }
    const verified = verify({ '2026-11': text }, { prunes: [prune] })
    expect(verified.found.map(({ found: what, line }) => `${what} ${String(line)}`)).toEqual(found)
    expect(verified.chains).toMatchObject([
      { pruned: '2026-11', whole: found.length === 0 || found[0] === 'pruning 1' },
    ])
  })

  it.each<[what: string, seq: number, text: string, found: string[]]>([
    ['the same end', 5, texts.join('\n'), []],
    ['an end that is not there', 5, texts.slice(0, 4).join('\n'), ['end 4']],
    ['another last line', 5, swapped(5, (text) => text.replace('T04:00', 'T05:00')), ['edited 5']],
    ['less than the history', 4, texts.join('\n'), []],
  ])('is compared with a snapshot that knows %s', (_what, seq, text, found) => {
    const entry = { seq, prev: hashLine(texts[seq - 1] ?? ''), status: 'operational', since: 'x', recent: [] }
    const live = [{ writer: 'main', components: { api: entry } }] as unknown as Live[]
    const verified = verify({ '2026-11': text }, { live })
    expect(verified.found.map(({ found: what, line }) => `${what} ${String(line)}`)).toEqual(found)
  })
})

describe('a day', () => {
  const [day] = wholeDays(1)
  it.each<[what: string, days: Partial<Rollup>[], found: string[]]>([
    ['that adds up', [{}], []],
    ['with parts', [{ ok: 1400, part: 40 }], []],
    ['that does not add up', [{ ok: 1439 }], ['sums 1']],
    ['with more answers than passes', [{ hist: [1441, 0, 0, 0, 0, 0, 0, 0, 0, 0] }], ['sums 1']],
    ['that ends before it begins', [{ t0: '23:59:59' }], ['sums 1']],
    ['that stands there twice', [{}, {}], ['twice 2']],
    ['that is there in two ways', [{}, { gaps: 1 }], ['conflict 2']],
    ['out of its order', [{ d: '2026-11-02' }, {}], ['reordered 2']],
    ['of another month', [{ d: '2026-12-02' }], ['misplaced 1']],
  ])('%s', (_what, days, found) => {
    const text = days.map((each) => JSON.stringify({ ...day, ...each })).join('\n')
    const lines = readLines(text, historyKinds.rollup.schema)
    const verified = verifyHistory({
      transitions: [],
      rollups: [{ file: file('rollup', '2026-11'), lines }],
      prunes: [],
      live: [],
    })
    expect(verified.found.map(({ found: what, line }) => `${what} ${String(line)}`)).toEqual(found)
  })
})

function verify(months: Record<string, string>, more: { prunes?: Prune[]; live?: Live[] } = {}) {
  const transitions = Object.entries(months).map(([month, text]) => ({
    file: file('transitions', month),
    lines: readLines(text, historyKinds.transitions.schema),
  }))
  return verifyHistory({ transitions, rollups: [], prunes: [], live: [], ...more })
}

function findingsOf(text: string): string[] {
  return verify({ '2026-11': text }).found.map(({ found, line }) => `${found} ${String(line)}`)
}

function swapped(seq: number, change: (text: string) => string): string {
  return texts.map((text, i) => (i === seq - 1 ? change(text) : text)).join('\n')
}

function without(...seqs: number[]): string {
  return `${texts.filter((_, i) => !seqs.includes(i + 1)).join('\n')}\n`
}

/** A foreign line behind the line of that number. */
function insert(seq: number, text: string): string {
  return `${[...texts.slice(0, seq), text, ...texts.slice(seq)].join('\n')}\n`
}

/** A line changed and everything behind it chained anew, as an owner would do it. */
function relinked(seq: number, change: Partial<TransitionLine>): string {
  let prev: string | undefined
  const lines = five.map((line) => {
    const text = lineText({ ...line, ...(line.seq === seq && change), ...(prev !== undefined && { prev }) })
    prev = hashLine(text)
    return text
  })
  return `${lines.join('\n')}\n`
}
