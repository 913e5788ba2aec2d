import { expect, it } from 'vitest'
import { siteFacts } from '../derive/site-facts.ts'
import { readWorld } from '../files/read-world.ts'
import { worldFolder } from '../testing/write-world.ts'
import { methodologyJson } from './methodology-json.ts'
import { uptimeJson } from './uptime-json.ts'

const now = Date.parse('2026-11-21T04:00:00Z')
const line = (seq: number, from: string, to: string, at: string) =>
  `${JSON.stringify({ v: 1, seq, from, to, t_after: at, t_confirmed: at, writer: 'eu-1' })}\n`
const files = {
  'site.yaml': `name: Acme
url: https://status.acme.example
uptime: { weights: { degraded: 0.1, partial_outage: 0.5 }, exclude_maintenance: false }
history: { interval: 5m }
incidents: { open_after: 4m, resolve_after: 10m, flapping: { changes: 6, within: 2h, quiet: 1h } }
vantage_points:
  - { id: eu-1, name: Frankfurt, region: Europe }
  - { id: eu-2, name: Paris, region: Europe }
  - { id: ap-1, name: Tokyo }
`,
  'components.yaml': `groups: [{ id: core, name: Core }]
components:
  - id: api
    name: API
    group: core
    check:
      - { http: https://api.example.com, confirm: 3, every: 10m }
      - { tcp: api.example.com:443, quorum: 3 }
  - { id: web, name: Web, group: core, since: 2026-11-20T04:00:00Z }
`,
  'history/transitions/eu-1.2026/api.11.ndjson':
    line(1, 'unknown', 'operational', '2026-11-20T04:00:00Z') +
    line(2, 'operational', 'major_outage', '2026-11-20T10:00:00Z') +
    line(3, 'major_outage', 'operational', '2026-11-20T13:00:00Z'),
  'history/rollup/eu-1.2026/api.11.ndjson':
    '{"v":1,"d":"2026-11-20","n":9,"ok":9,"deg":0,"down":0,"unk":0,"t0":"04:00:00","t1":"15:57:30","gaps":0}\n',
  'corrections/2026-11-20-probe.md':
    '---\ncomponent: api\nfrom: 2026-11-20T10:00:00Z\nuntil: 2026-11-20T12:00:00Z\ncounts_as: operational\n---\n\nIt was us.\n',
  'incidents/2026-11-20-web.md':
    '---\ntitle: Web is down\nseverity: critical\naffected: [web, api]\nstarted: 2026-11-20T16:00:00Z\nresolved: 2026-11-20T22:00:00Z\nstatus: resolved\n---\n',
}

it('the rules that are published are those of site.yaml, components.yaml and the corrections', () => {
  const facts = siteFacts(readWorld(worldFolder(files)), now)
  expect(facts.world.problems).toEqual([])
  expect(methodologyJson(facts)).toMatchObject({
    weights: { major_outage: 1, partial_outage: 0.5, degraded: 0.1, under_review: 0, operational: 0 },
    excludes_maintenance: false,
    sufficient_coverage: 0.9,
    decimals: 3,
    interval_seconds: 300,
    longest_pause_seconds: 900,
    open_after_seconds: 240,
    resolve_after_seconds: 600,
    flapping: { changes: 6, within_seconds: 7200, quiet_seconds: 3600 },
    vantage_points: [{ id: 'eu-1', region: 'Europe' }, { id: 'eu-2' }, { id: 'ap-1', name: 'Tokyo' }],
    components: [
      { id: 'api', counted_by: 'measured', checks: 2, confirm: 3, interval_seconds: 300, quorum: 3 },
      { id: 'web', counted_by: 'declared', checks: 0, since: '2026-11-20T04:00:00Z' },
    ],
    corrections: [
      { id: '2026-11-20-probe', components: ['api'], counts_as: 'operational', reason: 'It was us.' },
    ],
  })
})

it('the figures that are published are each by its signal, its region and its group', () => {
  const { page, groups, components } = uptimeJson(siteFacts(readWorld(worldFolder(files)), now))
  const percents = (of: (typeof components)[number] | (typeof groups)[number]) =>
    (['measured', 'declared', 'reconciled'] as const).map((by) => of[by]['24_hours']?.percent)
  const [api, web] = components
  if (!api || !web) throw new Error('no components')
  // Twelve hours known, of which one is down and not corrected.
  expect(api.measured['24_hours']).toEqual({ percent: 91.666, coverage: 0.5, sufficient: false })
  // A declared log without `since` begins with the first incident: six hours of twelve.
  expect(percents(api)).toEqual([91.666, 50, 61.111])
  expect(percents(web)).toEqual([undefined, 75, 75])
  expect(api.regions?.['Europe']?.['24_hours']?.percent).toBe(91.666)
  expect(api.regions?.['Tokyo']?.['24_hours']).toEqual({ coverage: 0, sufficient: false })
  expect(web.regions).toBeUndefined()
  expect(groups[0]?.uptime['24_hours']?.percent).toBe(83.333)
  expect(page.uptime['24_hours']?.percent).toBe(83.333)
})
