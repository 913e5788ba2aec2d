import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readWorld } from '../src/files/read-world.ts'
import { DAY, MINUTE } from '../src/model/time.ts'
import { benches } from './benches/index.ts'
import { budgets } from './budgets.ts'
import { median } from './measure.ts'
import { judge, table } from './table.ts'
import { writeIncidentWorld } from './worlds/incident-world.ts'
import { writeMeasuredWorld } from './worlds/measured-world.ts'
import { simulatedComponent } from './worlds/simulated-samples.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'candor-bench-test-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the worlds that are measured', () => {
  it('hold as much Markdown as real incidents, and nothing that cannot be read', () => {
    const { incidents, bytes } = writeIncidentWorld(folder, 300)
    expect(bytes / incidents.length).toBeGreaterThan(1_400)
    expect(bytes / incidents.length).toBeLessThan(1_700)
    const world = readWorld(folder)
    expect(world.problems).toEqual([])
    expect(world.incidents).toHaveLength(300)
    expect(
      world.incidents.filter((incident) => world.textOf(incident).sections.length > 0).length / 300,
    ).toBeCloseTo(0.3, 1)
    expect(
      new Set(world.incidents.map(({ updates, phase }) => `${String(updates.length)} ${phase}`)),
    ).toEqual(new Set(['4 resolved']))
  })

  it('are the same every time', () => {
    const texts = ['one', 'two'].map((name) => {
      const root = path.join(folder, name)
      return writeIncidentWorld(root, 20).incidents.map((file) => readFileSync(path.join(root, file), 'utf8'))
    })
    expect(texts[0]).toEqual(texts[1])
  })

  it('have ninety days of history with trouble on seven of a hundred', () => {
    writeMeasuredWorld(folder, 25, NOW)
    const { problems, history, components } = readWorld(folder)
    expect(problems).toEqual([])
    const days = components.flatMap(({ id }) => history[id]?.rollups ?? [])
    expect(days).toHaveLength(25 * 90)
    expect(days.filter(({ deg, down }) => deg + down > 0).length / days.length).toBeCloseTo(0.07, 1)
  })

  it('see outages as often as real services have them', () => {
    const [from, to] = [NOW - 365 * DAY, NOW]
    const look = simulatedComponent('api', 1, from, to)
    const states = Array.from(
      { length: (to - from) / MINUTE },
      (_, index) => look(from + index * MINUTE).state,
    )
    const changes = states.filter((state, index) => index > 0 && state !== states[index - 1])
    expect(changes.length).toBeGreaterThan(20)
    expect(changes.length).toBeLessThan(120)
    expect(states.filter((state) => state === 'up').length / states.length).toBeGreaterThan(0.99)
  })
})

describe('the benches', () => {
  it.each(benches)('$name runs and gives rows that can be judged', { timeout: 120_000 }, async ({ run }) => {
    const rows = await run({ quick: true, folder, say: () => undefined })
    expect(rows.map(({ value, against }) => [value > 0, against === undefined || against.value > 0])).toEqual(
      rows.map(() => [true, true]),
    )
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length)
  })

  it('have different names', () => {
    expect(new Set(benches.map(({ name }) => name)).size).toBe(benches.length)
  })
})

describe('a budget', () => {
  const budget = { row: 'pass', limit: 1.3, unit: '×', source: 'test' } as const
  const row = (value: number) =>
    ({ name: 'pass', value, unit: 'ms', against: { what: 'floor', value: 100 } }) as const

  it.each([
    [130, true],
    [131, false],
    [NaN, false],
  ])('of × 1.3 over 100 ms: %d ms holds: %s', (value, holds) => {
    expect(judge(row(value), [budget]).holds).toBe(holds)
  })

  it('holds nothing of a row that it does not name', () => {
    expect(judge({ ...row(900), name: 'other' }, [budget]).holds).toBeUndefined()
  })

  it('is given once for each row', () => {
    expect(new Set(budgets.map(({ row: name }) => name)).size).toBe(budgets.length)
  })

  it('is printed in one line with what was measured', () => {
    expect(
      table([judge(row(150), [budget])])
        .split('\n')[2]
        ?.split('|')
        .map((cell) => cell.trim()),
    ).toEqual(['', 'pass', '150 ms', 'floor 100 ms', '× 1.50', '≤ × 1.3', 'BROKEN', '', ''])
  })
})

it.each([
  [[3, 1, 2], 2],
  [[4, 1, 2, 3], 2.5],
])('the median of %j is %d', (values, middle) => {
  expect(median(values)).toBe(middle)
})
