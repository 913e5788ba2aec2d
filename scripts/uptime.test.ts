import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { runStatus } from '../src/testing/run-status.ts'
import { worldFolder, writeFiles } from '../src/testing/write-world.ts'

/** The lines of docs/history.md, a component that people declare, a group of both, planned work and a correction. */
const files = {
  'site.yaml': `name: Acme
url: https://status.acme.example
vantage_points:
  - { id: main, name: Frankfurt, region: Europe }
  - { id: far, name: Tokyo }
`,
  'components.yaml': `groups:
  - { id: core, name: Core }
components:
  - { id: api, name: API, group: core, check: { http: https://api.example.com } }
  - { id: web, name: Web, group: core, since: 2026-11-21T03:00:00Z }
`,
  'history/transitions/main.2026/api.11.ndjson': `{"v":1,"seq":1,"from":"unknown","to":"operational","t_after":"2026-11-21T03:08:10Z","t_confirmed":"2026-11-21T03:08:10Z","writer":"main"}
{"v":1,"seq":2,"from":"operational","to":"major_outage","t_before":"2026-11-21T03:10:10Z","t_after":"2026-11-21T03:11:10Z","t_confirmed":"2026-11-21T03:12:10Z","writer":"main"}
{"v":1,"seq":3,"from":"major_outage","to":"unknown","t_before":"2026-11-21T03:12:10Z","t_after":"2026-11-21T03:13:10Z","t_confirmed":"2026-11-21T03:49:10Z","writer":"main"}
{"v":1,"seq":4,"from":"unknown","to":"major_outage","t_before":"2026-11-21T03:48:10Z","t_after":"2026-11-21T03:49:10Z","t_confirmed":"2026-11-21T03:49:10Z","writer":"main"}
{"v":1,"seq":5,"from":"major_outage","to":"operational","t_before":"2026-11-21T03:49:10Z","t_after":"2026-11-21T03:50:10Z","t_confirmed":"2026-11-21T03:50:10Z","writer":"main"}
`,
  'history/rollup/main.2026/api.11.ndjson': `{"v":1,"d":"2026-11-21","n":16,"ok":13,"deg":0,"down":3,"unk":0,"t0":"03:08:10","t1":"03:59:10","gaps":1}\n`,
  'incidents/2026-11-21-both.md': `---
title: All is slow
affected: { api: partial_outage, web: major_outage }
started: 2026-11-21T03:20:00Z
---

## 2026-11-21 03:30 UTC resolved

It is over.
`,
}
const noon = ['--now', '2026-11-21T04:00:00Z']

interface Reported {
  percent?: number
  coverage: number
  sufficient: boolean
  measured: { percent?: number }
  declared: { percent?: number }
  reconciled: { percent?: number }
  components: {
    id: string
    percent?: number
    intervals: {
      from: string
      to: string
      ms: number
      status: string
      weight?: number
      sources: { file: string; line?: number }[]
    }[]
    formula: { lost_ms: number; counted_ms: number }
    corrections: { file: string }[]
  }[]
}

const asked = async (root: string, ...args: string[]): Promise<Reported> => {
  const { code, out, said } = await runStatus(['uptime', ...args, ...noon, '--json', '--root', root])
  expect({ code, said }).toEqual({ code: 0, said: '' })
  return JSON.parse(out) as Reported
}

describe('status uptime', () => {
  it('gives the account of docs/uptime.md, and each interval with its line', async () => {
    const root = worldFolder(files)
    const report = await asked(root, 'api', '2026-11-21', '--explain')
    expect(report).toMatchObject({ percent: 80.645, sufficient: false, measured: { percent: 80.645 } })
    const [api] = report.components
    expect(api?.formula).toMatchObject({ lost_ms: 180_000, counted_ms: 930_000 })
    expect(
      api?.intervals.map(({ from, ms, status, sources }) => [
        from.slice(11, 19),
        ms / 1000,
        status,
        sources[0]?.line,
      ]),
    ).toEqual([
      ['00:00:00', 11_290, 'unknown', undefined],
      ['03:08:10', 150, 'operational', 1],
      ['03:10:40', 120, 'major_outage', 2],
      ['03:12:40', 2160, 'unknown', 3],
      ['03:48:40', 60, 'major_outage', 4],
      ['03:49:40', 600, 'operational', 5],
      ['03:59:40', 20, 'unknown', undefined],
    ])
    const { out } = await runStatus(['uptime', 'api', '2026-11-21', '--explain', ...noon, '--root', root])
    expect(out).toContain('× 1          main major_outage history/transitions/main.2026/api.11.ndjson:2')
    expect(out).toContain('uptime = 1 − (1 × 180 s) / (14400 s − 13470 s unknown − 0 s maintenance)')
    expect(out).toContain('= 1 − 180 s / 930 s = 80.645 %, rounded down')
  })

  it('counts by each signal, and by both', async () => {
    const root = worldFolder(files)
    const report = await asked(root, 'api', '2026-11-21')
    // Declared since the first incident began at 03:20: ten minutes of forty at three tenths.
    expect(report.declared.percent).toBe(92.5)
    // 180 s down, and 600 s in part where nothing was measured: 1 − (180 + 0.3 × 600) / (930 + 600).
    expect(report.reconciled.percent).toBe(76.47)
    expect((await asked(root, 'api', '2026-11-21', '--by', 'reconciled')).percent).toBe(76.47)
    const web = await asked(root, 'web', '2026-11-21')
    expect([web.measured.percent, web.declared.percent, web.reconciled.percent]).toEqual([
      undefined,
      83.333,
      83.333,
    ])
  })

  it('gives a group and the page the mean of their components', async () => {
    const root = worldFolder(files)
    const group = await asked(root, 'core', '2026-11-21')
    expect(group.percent).toBe(81.989)
    expect(group.components.map(({ id, percent }) => [id, percent])).toEqual([
      ['api', 80.645],
      ['web', 83.333],
    ])
    expect(await asked(root, '2026-11-21')).toMatchObject({ percent: 81.989, target: { kind: 'page' } })
    expect(await asked(root)).toMatchObject({ percent: 81.989, period: { name: '90d' } })
  })

  it('counts what one region measured', async () => {
    const root = worldFolder(files)
    expect((await asked(root, 'api', '2026-11-21', '--region', 'Europe')).percent).toBe(80.645)
    expect((await asked(root, 'api', '2026-11-21', '--region', 'Tokyo')).percent).toBeUndefined()
  })

  it('follows a correction, and names it', async () => {
    const correction = `---\ncomponent: api\nfrom: 2026-11-21T03:10:40Z\nuntil: 2026-11-21T03:12:40Z\n---\n\nThe probe lost its network.\n`
    const root = worldFolder({ ...files, 'corrections/2026-11-21-probe.md': correction })
    const report = await asked(root, 'api', '2026-11-21', '--explain')
    // 60 s of 810 are left.
    expect(report.percent).toBe(92.592)
    const [api] = report.components
    expect(api?.corrections).toMatchObject([
      { file: 'corrections/2026-11-21-probe.md', reason: 'The probe lost its network.' },
    ])
    expect(api?.intervals[2]).toMatchObject({
      status: 'unknown',
      sources: [{ file: 'corrections/2026-11-21-probe.md' }],
    })
    const { out } = await runStatus(['uptime', 'api', '2026-11-21', '--explain', ...noon, '--root', root])
    expect(out).toContain('counts as unknown: The probe lost its network.')
  })

  it('says which planned work was committed only after it began', async () => {
    const root = worldFolder(files)
    const date = '2026-11-21T03:55:00Z'
    const env = { ...process.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date }
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.com', ...args], {
        cwd: root,
        env,
      })
    git('init', '-q')
    git('commit', '-q', '--allow-empty', '-m', 'begin')
    writeFiles(root, {
      'maintenance/2026-11-20-move.md': `---\ntitle: Move\nstarts: 2026-11-21T03:10:00Z\nends: 2026-11-21T03:15:00Z\naffected: [api]\n---\n`,
    })
    git('add', 'maintenance')
    git('commit', '-qm', 'Move')
    const { out } = await runStatus(['uptime', 'api', '2026-11-21', '--explain', ...noon, '--root', root])
    expect(out).toContain(
      "announced 2026-11-20T00:00:00Z by the day in its file's name, first committed 2026-11-21T03:55:00Z: AFTER IT BEGAN; left out of the account",
    )
  })

  it.each<[args: string[], says: RegExp]>([
    [['apo'], /"apo" is no component, group or period of this world\. Did you mean "api"\?/],
    [['api', 'november'], /"november" is no period\. Periods are 24h, 7d/],
    [['api', '2027'], /2027 lies ahead/],
    [['api', '--by', 'guess'], /Allowed choices are measured, declared, reconciled/],
    [['api', '--region', 'Mars'], /"Mars" is no region\. There are Europe, Tokyo\./],
  ])('%j is a sentence and exit code 2', async (args, says) => {
    const { code, out, said } = await runStatus(['uptime', ...args, ...noon, '--root', worldFolder(files)])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(said).toMatch(says)
  })
})
