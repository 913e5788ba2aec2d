import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { startHttp, type RunningServer } from '../checks/testing/servers.ts'
import { readWorld } from '../src/files/read-world.ts'
import { openLocalGit } from '../src/forge/local-git.ts'
import { DAY, MINUTE, type Instant } from '../src/model/time.ts'
import { workTree } from '../src/testing/git-repository.ts'
import { runStatus } from '../src/testing/run-status.ts'
import { worldFolder } from '../src/testing/write-world.ts'
import { probePass, type PassOrder } from './probe-pass.ts'

const NOON = Date.UTC(2026, 10, 21, 12)

let server: RunningServer | undefined
let asked = 0
afterEach(() => server?.close())

/** A world with a metric that is asked for and one that is pushed. `rate` is what the first one answers. */
async function filesOf(rate: () => unknown): Promise<Record<string, string>> {
  asked = 0
  server = await startHttp((_, response) => {
    asked++
    response.end(JSON.stringify({ rate: rate() }))
  })
  return {
    'site.yaml': 'name: Acme\nurl: https://status.acme.example\n',
    'components.yaml': `components:
  - id: api
    name: API
    metrics:
      - { id: rate, name: Requests, unit: req/s, json: { url: '${server.url}', path: $.rate } }
      - { id: jobs, name: Jobs, push: true }
`,
  }
}

const order = (root: string, now: Instant, more: Partial<PassOrder> = {}): PassOrder => ({
  root,
  writer: 'local',
  intervalMs: MINUTE,
  env: {},
  allowPrivate: true,
  now: () => now,
  ...more,
})

const points = (root: string) => {
  const folder = path.join(root, '.candor/points')
  return existsSync(folder) ? readdirSync(folder) : []
}
const push = (root: string, name: string, value: number, at: Instant) => {
  const folder = path.join(root, '.candor/points')
  mkdirSync(folder, { recursive: true })
  const point = { component: 'api', metric: 'jobs', at: new Date(at).toISOString(), value }
  writeFileSync(path.join(folder, `${name}.json`), JSON.stringify(point))
}
const liveOf = (root: string) => readWorld(root).live[0]?.metrics

describe('what is asked for', () => {
  it('is asked every five minutes, and its day becomes a line of the history', async () => {
    let rate = 0
    const root = worldFolder(await filesOf(() => ++rate))
    for (const minute of [0, 1, 2, 3, 4, 5, 6, 10]) await probePass(order(root, NOON + minute * MINUTE))
    expect(asked).toBe(3)
    expect(liveOf(root)?.['api.rate']).toMatchObject({ last: { value: 3 }, today: { n: 3, sum: 6 } })
    await probePass(order(root, NOON + DAY))
    const file = path.join(root, 'history/metrics/local.2026/api.rate.11.ndjson')
    expect(readFileSync(file, 'utf8')).toBe(
      '{"v":1,"d":"2026-11-21","n":3,"min":1,"avg":2,"max":3,"p50":2,"p95":3,"last":3}\n',
    )
    const world = readWorld(root)
    expect(world.problems).toEqual([])
    expect(world.metrics['api.rate']).toMatchObject([{ d: '2026-11-21', writer: 'local' }])
  })

  it('may fail without keeping a status from being recorded', async () => {
    const files = await filesOf(() => 'broken')
    const root = worldFolder({
      ...files,
      'components.yaml': `${files['components.yaml'] ?? ''}    check: { http: '${server?.url ?? ''}', retries: 0 }\n`,
    })
    const { samples, failures } = await probePass(order(root, NOON))
    expect(samples).toMatchObject([{ state: 'up' }])
    expect(failures).toEqual([])
    expect(liveOf(root)?.['api.rate']).toMatchObject({
      why: '$.rate is "broken", expected a number',
      recent: [],
    })
  })

  it('is written once, also when the pass is killed before its snapshot is', async () => {
    const root = worldFolder(await filesOf(() => 1))
    await probePass(order(root, NOON))
    const snapshot = path.join(root, '.candor/live/local.json')
    const before = readFileSync(snapshot)
    await probePass(order(root, NOON + DAY))
    writeFileSync(snapshot, before)
    await probePass(order(root, NOON + DAY))
    const file = path.join(root, 'history/metrics/local.2026/api.rate.11.ndjson')
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(1)
  })
})

describe('what is pushed', () => {
  it('is taken by the next pass, whoever pushed, and its file goes', async () => {
    const root = worldFolder(await filesOf(() => 1))
    const runs = await Promise.all(
      [3, 4, 5].map((value) => runStatus(['push', 'api/jobs', String(value), '--root', root])),
    )
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0])
    expect(runs[0]?.said).toBe('api/jobs: 3, for the next pass\n')
    expect(points(root)).toHaveLength(3)
    await probePass(order(root, Date.now()))
    expect(points(root)).toEqual([])
    // Around midnight some of them are of the day before.
    const days = readWorld(root).metrics['api.jobs'] ?? []
    const today = liveOf(root)?.['api.jobs']?.today?.n ?? 0
    expect(days.reduce((sum, { n }) => sum + n, today)).toBe(3)
  })

  it.each([
    [['api/job', '1'], /no metric .*api\/job.*; did you mean api\/jobs\?/],
    [['api/rate', '1'], /api\/rate is asked for, not pushed/],
    [['api/jobs', 'many'], /It is a number/],
    [['api/jobs', 'Infinity'], /It is a number/],
  ])('%j is refused', async (args, says) => {
    const root = worldFolder(await filesOf(() => 1))
    const run = await runStatus(['push', ...args, '--root', root])
    expect(run.code).toBe(2)
    expect(run.said).toMatch(says)
    expect(points(root)).toEqual([])
  })

  it('counts once, also when the pass is killed before it has removed the files', async () => {
    const root = worldFolder(await filesOf(() => 1))
    push(root, '1', 7, NOON)
    await probePass(order(root, NOON))
    push(root, '1', 7, NOON)
    push(root, '2', 9, NOON + MINUTE)
    await probePass(order(root, NOON + MINUTE))
    expect(liveOf(root)?.['api.jobs']?.today).toMatchObject({ n: 2, sum: 16 })
    expect(points(root)).toEqual([])
  })

  it('is said where it is none, and does not come back', async () => {
    const root = worldFolder(await filesOf(() => 1))
    push(root, '1', 7, NOON - 2 * DAY)
    push(root, '2', 9, NOON + DAY)
    writeFileSync(path.join(root, '.candor/points/3.json'), '{')
    const { failures } = await probePass(order(root, NOON))
    expect(failures).toEqual([
      '.candor/points/3.json is no value of a metric; it is left out',
      expect.stringContaining('a value of api/jobs at 2026-11-22T12:00:00Z is not taken'),
    ])
    expect((await probePass(order(root, NOON + MINUTE))).failures).toEqual([])
  })
})

it('the days of metrics are committed with the history, also after a commit that failed', async () => {
  const root = await workTree(await filesOf(() => 1))
  const forge = await openLocalGit(root)
  const commit = { forge, prefix: '', commit: true, propose: false }
  await probePass(order(root, NOON, { forge: commit }))
  const broken = { ...forge, commit: () => Promise.reject(new Error('the network is away')) }
  const failed = await probePass(order(root, NOON + DAY, { forge: { ...commit, forge: broken } }))
  expect(failed.failures).toEqual(['history not committed: the network is away'])
  await probePass(order(root, NOON + 2 * DAY, { forge: commit }))
  rmSync(path.join(root, 'history'), { recursive: true })
  const show = (file: string) =>
    execFileSync('git', ['show', `HEAD:${file}`], { cwd: root, encoding: 'utf8' })
  const lines = show('history/metrics/local.2026/api.rate.11.ndjson').trim().split('\n')
  expect(lines.map((line) => (JSON.parse(line) as { d: string }).d)).toEqual(['2026-11-21', '2026-11-22'])
})
