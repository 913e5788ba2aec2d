import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { lineText, type Rollup, type TransitionLine } from '../model/history.ts'
import { HistoryConflict, historyGrowth } from './history-lines.ts'
import { appendHistory, readHistory, readHistoryTips, sweepHistory } from './history-store.ts'

const transitionsFile = 'history/transitions/main.2026/api.11.ndjson'
const rollupFile = 'history/rollup/main.2026/api.11.ndjson'

describe('appended lines', () => {
  it('are read back, by component and oldest first', () => {
    const root = temporaryFolder()
    append(root, [line(1), line(2)], [day('2026-11-20')])
    append(root, [line(3)], [day('2026-11-21')])
    const { history, problems } = readHistory(root)
    expect(problems).toEqual([])
    expect(history.api?.transitions[1]).toEqual({
      component: 'api',
      writer: 'main',
      seq: 2,
      from: 'major_outage',
      to: 'operational',
      before: Date.parse('2026-11-21T12:02:00Z'),
      after: Date.parse('2026-11-21T12:03:00Z'),
      confirmed: Date.parse('2026-11-21T12:04:00Z'),
      why: 'because',
      source: { file: 'history/transitions/main.2026/api.11.ndjson', line: 2 },
    })
    expect(history.api?.transitions.map(({ seq }) => seq)).toEqual([1, 2, 3])
    expect(history.api?.rollups).toEqual([
      { ...day('2026-11-20'), writer: 'main' },
      { ...day('2026-11-21'), writer: 'main' },
    ])
  })

  it('are one JSON line each, in a file of their month in the folder of their writer and year', () => {
    const root = temporaryFolder()
    append(
      root,
      [line(1), { ...line(2), t_confirmed: '2026-12-01T00:00:00Z' }],
      [day('2026-11-30'), day('2026-12-01')],
    )
    const files = ['main.2026', 'main.2026/api.11.ndjson', 'main.2026/api.12.ndjson']
    for (const kind of ['transitions', 'rollup'])
      expect(readdirSync(join(root, 'history', kind), { recursive: true }).sort()).toEqual(files)
    expect(readFileSync(join(root, transitionsFile), 'utf8')).toBe(`${lineText(line(1))}\n`)
  })

  it('are not appended twice', () => {
    const root = temporaryFolder()
    append(root, [line(1), line(2)], [day('2026-11-20')])
    const before = statSync(join(root, transitionsFile)).ino
    append(root, [line(1), line(2)], [day('2026-11-20'), day('2026-11-20')])
    expect(statSync(join(root, transitionsFile)).ino).toBe(before)
    append(root, [line(2), line(3)], [{ ...day('2026-11-20'), n: 1 }, day('2026-11-21')])
    const { history, problems } = readHistory(root)
    expect(problems).toEqual([])
    expect(history.api?.transitions.map(({ seq }) => seq)).toEqual([1, 2, 3])
    expect(history.api?.rollups.map(({ d, n }) => [d, n])).toEqual([
      ['2026-11-20', 1440],
      ['2026-11-21', 1440],
    ])
  })

  it('are refused when their number is taken by another line', () => {
    const root = temporaryFolder()
    append(root, [line(1)])
    expect(() => append(root, [{ ...line(1), to: 'degraded' }])).toThrow(HistoryConflict)
  })

  it.each([
    ['a torn line is cut off', `${lineText(line(1))}\n${lineText(line(2)).slice(0, 50)}`, [1, 3]],
    ['a whole line that lacks its newline is kept', `${lineText(line(1))}\n${lineText(line(2))}`, [1, 2, 3]],
    ['a file that holds nothing but a torn line', lineText(line(1)).slice(0, 9), [3]],
    ['an empty file', '', [3]],
  ])('mend the end of the file: %s', (_what, text, seqs) => {
    const root = temporaryFolder()
    put(root, transitionsFile, text)
    append(root, [line(3)])
    const { history, problems } = readHistory(root)
    expect(problems).toEqual([])
    expect(history.api?.transitions.map(({ seq }) => seq)).toEqual(seqs)
  })

  it('stand on text as well as on a disk, for those who commit them', () => {
    const growth = historyGrowth({
      writer: 'main',
      transitions: [{ component: 'api', line: line(2) }],
      rollups: [],
    })
    expect(growth.map(({ path }) => path)).toEqual([transitionsFile])
    expect(growth[0]?.grow(`${lineText(line(1))}\n`)).toBe(`${lineText(line(1))}\n${lineText(line(2))}\n`)
    expect(growth[0]?.grow(undefined)).toBe(`${lineText(line(2))}\n`)
  })

  it.each([
    ['../x', 'main'],
    ['api', '../main'],
    ['api', 'Main'],
    ['api', 'a'.repeat(41)],
  ])('of component %j by writer %j are refused', (component, writer) => {
    expect(() => historyGrowth({ writer, transitions: [{ component, line: line(1) }], rollups: [] })).toThrow(
      RangeError,
    )
  })
})

describe('reading', () => {
  it('a world without history gives none', () => {
    expect(readHistory(temporaryFolder())).toEqual({ history: {}, problems: [] })
  })

  it.each([
    [
      'a torn last line',
      [lineText(line(1)), lineText(line(2)).slice(0, 30)].join('\n'),
      [1],
      ['warning 2 the last line was not finished; the next one that is added replaces it'],
    ],
    ['a last line without its newline', [lineText(line(1)), lineText(line(2))].join('\n'), [1, 2], []],
    [
      'a broken line in the middle',
      [lineText(line(1)), '{"v":1,', lineText(line(3)), ''].join('\n'),
      [1, 3],
      ['error 2 this line is not JSON'],
    ],
    [
      'a broken last line with its newline',
      [lineText(line(1)), '{"v":1,', ''].join('\n'),
      [1],
      ['error 2 this line is not JSON'],
    ],
    [
      'marks of a merge',
      ['<<<<<<< HEAD', lineText(line(1)), ''].join('\n'),
      [1],
      ['error 1 this line is not JSON'],
    ],
    [
      'a status that there is not',
      [JSON.stringify({ ...line(1), to: 'sleepy' }), ''].join('\n'),
      [],
      ['error 1 to: '],
    ],
    [
      'a time without a zone',
      [JSON.stringify({ ...line(1), t_after: '2026-11-21 12:00' }), ''].join('\n'),
      [],
      ['error 1 t_after: expected a UTC time'],
    ],
    [
      'a line twice',
      [lineText(line(1)), lineText(line(2)), lineText(line(1)), ''].join('\n'),
      [1, 2],
      ['warning 3 1 was there before'],
    ],
    [
      'lines out of order',
      [lineText(line(2)), lineText(line(1)), ''].join('\n'),
      [1, 2],
      ['warning 2 1 comes after 2'],
    ],
    ['lines that end as on Windows', [lineText(line(1)), lineText(line(2)), ''].join('\r\n'), [1, 2], []],
    [
      'a line that names another writer',
      [lineText({ ...line(1), writer: 'other' }), ''].join('\n'),
      [1],
      ['warning 1 the line says that "other" wrote it'],
    ],
  ])('%s', (_what, text, seqs, expected) => {
    const root = temporaryFolder()
    put(root, transitionsFile, text)
    const { history, problems } = readHistory(root)
    expect(history.api?.transitions.map(({ seq }) => seq)).toEqual(seqs)
    expect(problems).toHaveLength(expected.length)
    for (const [i, { level, file, line: number, message }] of problems.entries()) {
      expect(file).toBe(transitionsFile)
      expect(`${level} ${number} ${message}`.slice(0, expected[i]?.length)).toBe(expected[i])
    }
  })

  it('puts days in order and takes each once', () => {
    const root = temporaryFolder()
    put(
      root,
      rollupFile,
      ['2026-11-20', '2026-11-19', '2026-11-20'].map((d) => `${lineText(day(d))}\n`).join(''),
    )
    const { history, problems } = readHistory(root)
    expect(history.api?.rollups.map(({ d }) => d)).toEqual(['2026-11-19', '2026-11-20'])
    expect(problems.map(({ line }) => line)).toEqual([2, 3])
  })

  it('names files and folders that are not history, and passes over what git and a kill leave', () => {
    const root = temporaryFolder()
    put(root, 'history/transitions/main.2026/notes.txt', '')
    put(root, 'history/transitions/main.2026/API 2.11.ndjson', '')
    put(root, 'history/transitions/main.2026/api.rate.11.ndjson', '')
    put(root, 'history/transitions/API 2/main.2026-11.ndjson', '')
    put(root, 'history/transitions/notes.txt', '')
    put(root, 'history/transitions/.gitkeep', '')
    put(root, 'history/transitions/api/.gitkeep', '')
    put(root, 'history/transitions/main.2026/api.11.ndjson.1.1.tmp', 'half')
    expect(readHistory(root).problems.map(({ file }) => file)).toEqual([
      'history/transitions/API 2',
      'history/transitions/main.2026/API 2.11.ndjson',
      'history/transitions/main.2026/api.rate.11.ndjson',
      'history/transitions/main.2026/notes.txt',
      'history/transitions/notes.txt',
    ])
  })

  it('says of a file in a folder of its component where it belongs, and reads nothing in it', () => {
    const root = temporaryFolder()
    put(root, 'history/transitions/api/main.2026-11.ndjson', `${lineText(line(1))}\n`)
    put(root, 'history/transitions/api/notes.txt', '')
    const { history, problems } = readHistory(root)
    expect(history).toEqual({})
    expect(problems).toMatchObject([
      {
        level: 'error',
        file: 'history/transitions/api/main.2026-11.ndjson',
        message: expect.stringContaining(`it belongs at ${transitionsFile}`) as string,
      },
      { level: 'warning', file: 'history/transitions/api/notes.txt' },
    ])
    expect(readHistoryTips(root, 'main')).toEqual({})
  })

  it('finds where each writer goes on', () => {
    const root = temporaryFolder()
    append(root, [line(1), { ...line(2), t_confirmed: '2026-12-01T00:00:00Z' }], [day('2026-11-30')])
    append(root, [{ ...line(1), writer: 'other' }], [], 'other')
    put(root, 'history/transitions/main.2027/api.01.ndjson', 'torn')
    const last = { ...line(2), t_confirmed: '2026-12-01T00:00:00Z' }
    expect(readHistoryTips(root, 'main')).toEqual({
      api: { transition: { line: last, text: lineText(last) }, rollup: day('2026-11-30') },
    })
    expect(readHistoryTips(root, 'other').api?.transition?.line.seq).toBe(1)
    expect(readHistoryTips(root, 'third')).toEqual({})
  })
})

/** Appends until it is killed: the next number each time, to a transition and to a rollup file. Says so after each. */
const appender = `
  import { appendHistory, readHistoryTips, sweepHistory } from ${JSON.stringify(new URL('./history-store.ts', import.meta.url).href)}
  const [root] = process.argv.slice(1)
  sweepHistory(root)
  let seq = readHistoryTips(root, 'main').api?.transition?.line.seq ?? 0
  for (;;) {
    seq += 1
    const t = new Date(Date.UTC(2026, 10, 1) + seq * 1000).toISOString()
    const line = { v: 1, seq, from: 'operational', to: 'degraded', t_after: t, t_confirmed: t, why: 'x'.repeat(2000), writer: 'main' }
    const d = new Date(Date.UTC(2000, 0, 1) + seq * 86400000).toISOString().slice(0, 10)
    const day = { v: 1, d, n: 1, ok: 1, deg: 0, down: 0, unk: 0, t0: '00:00:00', t1: '00:00:00', gaps: 0 }
    appendHistory(root, { writer: 'main', transitions: [{ component: 'api', line }], rollups: [{ component: 'api', line: day }] })
    process.stdout.write(seq + '\\n')
  }
`

it('survives being killed at any moment, again and again', { timeout: 120_000 }, async () => {
  const root = temporaryFolder()
  let acknowledged = 0
  for (let kill = 0; kill < 24; kill++) {
    const [seq, spins] = [1 + Math.floor(Math.random() * 6), Math.floor(Math.random() * 400)]
    acknowledged = Math.max(acknowledged, await appendUntilKilled(root, seq, spins))
    const { history, problems } = readHistory(root)
    const seqs = history.api?.transitions.map((each) => each.seq) ?? []
    expect(problems).toEqual([])
    expect(seqs).toEqual(seqs.map((_, i) => i + 1))
    expect(seqs.length).toBeGreaterThanOrEqual(acknowledged)
  }
  sweepHistory(root)
  append(root, [], [day('2026-11-20')])
  const names = readdirSync(join(root, 'history'), { recursive: true, encoding: 'utf8' })
  expect(names.filter((name) => name.endsWith('.tmp'))).toEqual([])
})

/** Kills an appender some spins after it has said that it wrote `lines` lines; answers the last number it said. */
async function appendUntilKilled(root: string, lines: number, spins: number): Promise<number> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', appender, root], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const closed = new Promise((resolve) => child.once('close', resolve))
  let said = ''
  let stopping = false
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (text: string) => {
    said += text
    if (stopping || said.split('\n').length <= lines) return
    stopping = true
    void spin(spins).then(() => child.kill('SIGKILL'))
  })
  await closed
  expect(stopping).toBe(true)
  return Number(said.slice(0, said.lastIndexOf('\n')).split('\n').at(-1))
}

async function spin(times: number): Promise<void> {
  for (let i = 0; i < times; i++) await setImmediate()
}

function append(root: string, transitions: TransitionLine[], rollups: Rollup[] = [], writer = 'main'): void {
  const ofApi = <T>(lines: T[]) => lines.map((each) => ({ component: 'api', line: each }))
  appendHistory(root, { writer, transitions: ofApi(transitions), rollups: ofApi(rollups) })
}

function put(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

function line(seq: number): TransitionLine {
  const stamp = (minute: number) => `2026-11-21T12:0${minute}:00Z`
  const [from, to] =
    seq % 2 ? (['operational', 'major_outage'] as const) : (['major_outage', 'operational'] as const)
  return {
    v: 1,
    seq,
    from,
    to,
    t_before: stamp(seq),
    t_after: stamp(seq + 1),
    t_confirmed: stamp(seq + 2),
    why: 'because',
    writer: 'main',
  }
}

function day(d: string): Rollup {
  return { v: 1, d, n: 1440, ok: 1440, deg: 0, down: 0, unk: 0, t0: '00:00:20', t1: '23:59:20', gaps: 0 }
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'candor-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
