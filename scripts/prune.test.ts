import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { hashLine } from '../src/derive/chain.ts'
import { measuredTimeline } from '../src/derive/measured-timeline.ts'
import { uptimeOf } from '../src/derive/uptime.ts'
import { appendHistory, readHistory, readHistoryTips } from '../src/files/history-store.ts'
import { applyPrune, plannedPrune } from '../src/files/prune-history.ts'
import { runGit } from '../src/forge/run-git.ts'
import { lineText } from '../src/model/history.ts'
import { DAY, MINUTE, parseInstant } from '../src/model/time.ts'
import { chainedLines, wholeDays } from '../src/testing/chained-history.ts'
import { workTree } from '../src/testing/git-repository.ts'
import { runStatus } from '../src/testing/run-status.ts'
import { worldFolder, writeFiles } from '../src/testing/write-world.ts'
import { verifyWorld } from './verify-world.ts'

const NOW = '2026-11-21T12:00:00Z'
const now = parseInstant(NOW) ?? NaN
const site = 'name: Acme\nurl: https://status.acme.example\n'
/** A change every 20 days from June 2024 on, and one that has not changed since the first month. */
const transitions = chainedLines(40, { from: '2024-06-05T00:00:00Z', apart: 20 * DAY })
const quiet = chainedLines(3, { from: '2024-06-05T00:00:00Z' })
const cut = parseInstant('2025-08-01T00:00:00Z') ?? NaN

describe('status prune', () => {
  it('takes old months, and what is left says and proves what it said', async () => {
    const root = world()
    const before = timeline(root, 'api')
    const run = await prune(root)
    expect(run).toMatchObject({ code: 0 })
    expect(run.said).toMatch(
      /rollup: 425 lines, .* kB, 14 whole files\ntransitions: 23 lines, .* kB, 13 whole files\n/,
    )
    expect(months(root, 'transitions', 'api').slice(0, 2)).toEqual(['main.2025/07', 'main.2025/08'])
    expect(months(root, 'rollup', 'api')[0]).toBe('main.2025/08')
    // No empty folder is left behind.
    expect(readdirSync(path.join(root, 'history/rollup')).sort()).toEqual(['main.2025', 'main.2026'])

    const kept = transitions.filter(({ t_confirmed }) => t_confirmed >= '2025-07-30')
    expect(readHistory(root)).toMatchObject({
      problems: [],
      history: { api: { transitions: kept.map(({ seq }) => ({ seq })) } },
    })
    expect(await runStatus(['verify', '--strict', '--root', root])).toMatchObject({
      code: 0,
      out: expect.stringContaining('whole since 2025-07-30T00:00:00Z (pruned before 2025-08)') as string,
    })
    // From the kept line on nothing has changed; before it, nothing is known.
    const from = cut - 2 * DAY
    expect(during(timeline(root, 'api'), from, now)).toEqual(during(before, from, now))
    expect(during(timeline(root, 'api'), 0, from - DAY)).toMatchObject([{ status: 'unknown' }])
    const uptime = uptimeOf(timeline(root, 'api'), { from: now - 800 * DAY, to: now }, () => 1)
    expect(uptime.coverage).toBeLessThan(0.7)
  })

  it('keeps the one line that a component has had for years, and its writer goes on from there', async () => {
    const root = world()
    pruned(root)
    const tip = readHistoryTips(root, 'main')['web']?.transition
    expect(tip?.line.seq).toBe(3)
    expect(during(timeline(root, 'web'), cut, now)).toMatchObject([{ status: 'operational' }])
    const next = { ...quiet[2], seq: 4, from: 'operational', to: 'degraded', t_after: NOW, t_confirmed: NOW }
    const line = { ...next, prev: hashLine(tip?.text ?? '') } as (typeof quiet)[number]
    appendHistory(root, { writer: 'main', transitions: [{ component: 'web', line }], rollups: [] })
    expect(verifyWorld(root).found).toEqual([])
  })

  it('takes nothing twice, and more the next time', async () => {
    const root = world()
    pruned(root, '2025-01')
    pruned(root)
    expect(verifyWorld(root).found).toEqual([])
    expect((await prune(root)).said).toBe('nothing stands before 2025-08\n')
  })

  it('keeps the days where it is told to', async () => {
    const root = world()
    await prune(root, '--keep-rollups')
    expect(months(root, 'rollup', 'api')[0]).toBe('main.2024/06')
  })

  it('only says what it would do', async () => {
    const root = world()
    const files = readdirSync(root, { recursive: true })
    const run = await prune(root, '--dry-run')
    expect(run.said).toMatch(/would save [\d.]+ kB\n$/)
    expect(readdirSync(root, { recursive: true })).toEqual(files)
  })

  it('that was stopped leaves a whole chain, and the next one finishes it', async () => {
    const root = world()
    const first = readFileSync(path.join(root, 'history/transitions/main.2025/api.07.ndjson'), 'utf8')
    pruned(root)
    const june = transitions.filter(({ t_confirmed }) => t_confirmed.startsWith('2025-06'))
    writeFiles(root, {
      'history/transitions/main.2025/api.07.ndjson': first,
      'history/transitions/main.2025/api.06.ndjson': june.map((line) => `${lineText(line)}\n`).join(''),
    })
    expect(verifyWorld(root).found).toMatchObject([{ found: 'pruning' }])
    pruned(root)
    expect(verifyWorld(root).found).toEqual([])
  })

  it.each([
    ['what the page still needs', '2025-11', 'so the last 400 days stay: prune before 2025-10 at the latest'],
    ['a month that is none', '2025-13', 'It is a month such as'],
    ['no date', 'yesterday', 'It is a month such as'],
  ])('refuses %s', async (_what, before, says) => {
    const run = await prune(world(), '--before', before)
    expect(run).toMatchObject({ code: 2, said: expect.stringContaining(says) as string })
  })

  it('refuses to remove the traces of an edit, but for --force', async () => {
    const root = world()
    const file = path.join(root, 'history/transitions/main.2024/web.06.ndjson')
    writeFileSync(file, readFileSync(file, 'utf8').replace('T01:00:00Z', 'T01:01:00Z'))
    expect(await prune(root)).toMatchObject({
      code: 2,
      said: expect.stringContaining('would remove the traces') as string,
    })
    expect(await prune(root, '--force')).toMatchObject({ code: 0 })
  })
})

describe('status size', () => {
  it('says what there is and what there will be', async () => {
    const root = world()
    const run = await runStatus(['size', '--root', root, '--now', NOW])
    expect(run).toMatchObject({ code: 0 })
    expect(run.out).toMatch(/^history: 1\d\d\.\d kB, \d+ files, \d+ lines\n {2}by kind:\n {4}rollup: /)
    expect(run.out).toMatch(/in git: nothing\ngrowth: 1\d\d B a day; in a year .* kB; in five years .* kB\n$/)
    const { bytes, inAYear, inFiveYears, bytesPerDay, git } = await sizeOf(root)
    expect(git).toBeUndefined()
    expect(inAYear.bytes).toBeCloseTo(bytes + 365 * bytesPerDay, -3)
    expect(inFiveYears.bytes).toBeCloseTo(bytes + 5 * 365 * bytesPerDay, -3)
  })

  it('counts all that git keeps of it, wherever the branch is', async () => {
    const root = await workTree({ 'site.yaml': site, 'README.md': 'x'.repeat(100_000) })
    expect((await sizeOf(root)).git).toBeUndefined()
    history(root)
    const person = ['-c', 'user.name=a', '-c', 'user.email=a@example.com']
    await runGit(root, ['add', '--all'])
    await runGit(root, [...person, 'commit', '--quiet', '-m', 'History'])
    await runGit(root, ['gc', '--quiet'])
    const { git, bytes, inAYear } = await sizeOf(root)
    expect(git).toMatchObject({ ref: 'HEAD', commits: 1, shallow: false, loose: 0 })
    expect(git?.bytes).toBeGreaterThan(5_000)
    expect(git?.bytes).toBeLessThan(bytes)
    expect(inAYear.git).toBeGreaterThan(git?.bytes ?? NaN)
    await runGit(root, ['branch', 'data'])
    writeFileSync(path.join(root, 'site.yaml'), `${site}history: { branch: data }\n`)
    expect((await sizeOf(root)).git).toMatchObject({ ref: 'refs/heads/data' })
  })

  it('does not foretell anything from nothing', async () => {
    const root = worldFolder({ 'site.yaml': site })
    const run = await runStatus(['size', '--root', root])
    expect(run).toMatchObject({ code: 0 })
    expect(run.out).toContain('history: 0 B, 0 files, 0 lines\nin git: nothing\ngrowth: cannot be told')
  })
})

function world(): string {
  const root = worldFolder({ 'site.yaml': site })
  history(root)
  writeFileSync(path.join(root, 'history/transitions/main.2024/.gitkeep'), '')
  return root
}

function history(root: string): void {
  const days = wholeDays(902, '2024-06-02')
  const of = <T>(component: string, lines: T[]) => lines.map((line) => ({ component, line }))
  appendHistory(root, {
    writer: 'main',
    transitions: [...of('api', transitions), ...of('web', quiet)],
    rollups: of('api', days),
  })
}

/** Everything before August 2025 goes: a day stands for its month. */
function prune(root: string, ...more: string[]) {
  const before = more.includes('--before') ? [] : ['--before', '2025-08-17']
  return runStatus(['prune', '--root', root, '--now', NOW, ...before, ...more])
}

function pruned(root: string, before = '2025-08'): void {
  applyPrune(root, plannedPrune(root, before, { keepRollups: false }))
}

/** `main.2025/08`, for each file of a component. */
function months(root: string, kind: string, component: string): string[] {
  return readdirSync(path.join(root, 'history', kind), { recursive: true, encoding: 'utf8' })
    .flatMap(
      (name) => new RegExp(`^(.*)/${component}\\.(\\d\\d)\\.ndjson$`).exec(name)?.slice(1).join('/') ?? [],
    )
    .sort()
}

function timeline(root: string, component: string) {
  const { history: all } = readHistory(root)
  const window = { from: parseInstant('2024-01-01T00:00:00Z') ?? NaN, to: now, intervalMs: MINUTE }
  const live = [
    {
      writer: 'main',
      interval_ms: MINUTE,
      components: { [component]: { seq: 0, status: 'operational', since: NOW, checked_at: NOW } },
    },
  ]
  return measuredTimeline(component, all[component], live as never, window)
}

function during(timeline: { from: number; to: number; status: string }[], from: number, to: number) {
  return timeline
    .filter((each) => each.to > from && each.from < to)
    .map((each) => ({ ...each, from: Math.max(each.from, from), to: Math.min(each.to, to) }))
}

async function sizeOf(root: string) {
  const run = await runStatus(['size', '--json', '--root', root, '--now', NOW])
  return JSON.parse(run.out) as {
    bytes: number
    bytesPerDay: number
    inAYear: { bytes: number; git?: number }
    inFiveYears: { bytes: number }
    git?: { bytes: number; ref: string }
  }
}
