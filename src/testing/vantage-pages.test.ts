import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { siteFacts } from '../derive/site-facts.ts'
import { statusJson, statusJsonSchema } from '../feeds/status-json.ts'
import { readWorld } from '../files/read-world.ts'
import type { Status } from '../model/status.ts'
import { iso, MINUTE, SECOND } from '../model/time.ts'
import { buildSite } from '../site/build-site.ts'
import { openRenderer } from '../site/renderer.ts'
import { serveFolder } from '../site/serve-folder.ts'
import { axeViolations } from './axe.ts'
import { closeBrowser, newPage } from './browser.ts'
import { writeFiles } from './write-world.ts'

const now = Date.parse('2026-11-21T10:20:00Z')
const since = '2026-11-21T10:05:00Z'
const root = mkdtempSync(path.join(tmpdir(), 'candor-vantage-'))
const out = path.join(root, 'out')

/** A writer's snapshot: what it sees of the API and of the site, since when, and how long that took. */
function snapshot(writer: string, api: Status, ms: number): Record<string, string> {
  const checked_at = iso(now - 20 * SECOND)
  const hist = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
  const today = { d: '2026-11-21', n: 1, ok: 1, deg: 0, down: 0, unk: 0, t0: '00:00:00', t1: '00:00:00' }
  const entry = (status: Status) => ({
    ...{ status, since, checked_at, recent: [], seq: 1, today: { ...today, gaps: 0, hist, ms: [] } },
    ...(status === 'operational' ? { ms } : { why: 'connect ETIMEDOUT' }),
  })
  const live = {
    ...{ v: 1, writer, checked_at, next_expected_at: iso(now + 40 * SECOND), interval_ms: MINUTE },
    components: { api: entry(api), web: entry('operational') },
  }
  return { [`.candor/live/${writer}.json`]: JSON.stringify(live) }
}

/** What is known first, and five changes of it, the last four minutes ago. */
const flaps = Array.from({ length: 6 }, (_, i) => {
  const [from, to] = i % 2 === 0 ? ['operational', 'major_outage'] : ['major_outage', 'operational']
  const at = (minutes: number) => iso(now - (19 - 3 * i - minutes) * MINUTE)
  const times = { t_before: at(-1), t_after: at(0), t_confirmed: at(1) }
  return JSON.stringify({ v: 1, seq: i + 1, from, to, ...times, writer: 'us-1' })
}).join('\n')

afterAll(async () => {
  await closeBrowser()
  rmSync(root, { recursive: true, force: true })
})
beforeAll(async () => {
  writeFiles(root, {
    'site.yaml': `name: Acme
url: https://status.acme.example
vantage_points:
  - { id: eu-1, name: Frankfurt, region: Europe }
  - { id: us-1, name: Virginia, region: North America }
`,
    'components.yaml': `components:
  - { id: api, name: API, check: { tcp: "192.0.2.1:80" } }
  - { id: web, name: Web, check: { tcp: "192.0.2.1:80" } }
  - { id: desk, name: Support desk }
  - { id: shaky, name: Queue, check: { tcp: "192.0.2.1:80", from: [us-1] } }
`,
    'history/transitions/us-1.2026/shaky.11.ndjson': `${flaps}\n`,
    ...snapshot('eu-1', 'major_outage', 12),
    ...snapshot('us-1', 'operational', 80),
    ...snapshot('ap-1', 'operational', 190),
  })
  await buildSite(readWorld(root), { out, now, renderer: await openRenderer() })
}, 120_000)

it('a place that sees a component worse than it counts is named with its own time, on both pages', () => {
  for (const route of ['', 'components/api']) {
    const said = textOf(page(route))
    expect(said).toContain('Unreachable from Frankfurt (eu-1) since 10:05 UTC, not counted')
    expect(said).toContain('Measured: operational')
  }
  expect(textOf(page('components/web'))).not.toContain('Unreachable')
})

it('a component that changes too often says so beside what is measured', () => {
  expect(textOf(page('components/shaky'))).toContain('Unstable: 5 changes within 1 h, the last 10:16 UTC')
})

it('the page of a component lists every place, by its name and region, with what it sees', () => {
  const [table = ''] = /<section aria-labelledby="places">[^]*?<\/section>/.exec(page('components/api')) ?? []
  expect(textOf(table)).toContain('Frankfurt (eu-1) Europe Major outage since 10:05 UTC')
  expect(textOf(table)).toContain('Virginia (us-1) North America Operational')
  expect(textOf(table)).toMatch(/ap-1 Operational .*190 ms/)
  for (const route of ['components/desk', 'components/shaky'])
    expect(page(route)).not.toContain('aria-labelledby="places"')
})

it('machines get the places of each component and the regions, as the schema says', () => {
  const document = statusJson(siteFacts(readWorld(root), now))
  expect(document.components[0]?.vantage_points?.map(({ id, status }) => [id, status])).toEqual([
    ['eu-1', 'major_outage'],
    ['us-1', 'operational'],
    ['ap-1', 'operational'],
  ])
  expect(document.components[3]?.unstable).toEqual({ changes: 5, last_change_at: '2026-11-21T10:16:00Z' })
  expect(document.regions).toMatchObject([
    { name: 'Europe', components: [{ id: 'api', status: 'major_outage', since }, { id: 'web' }] },
    {
      name: 'North America',
      components: [{ id: 'api', status: 'operational', latency_ms: 80 }, { id: 'web' }],
    },
    { name: 'ap-1', components: [{ id: 'api', status: 'operational', latency_ms: 190 }, { id: 'web' }] },
  ])
  const ajv = new Ajv2020({ strict: false })
  addFormats.default(ajv)
  const schema = statusJsonSchema() as object
  expect(ajv.validate(schema, document), ajv.errorsText()).toBe(true)
})

it('the pages have nothing that axe minds', { timeout: 60_000 }, async () => {
  const { server, url } = await serveFolder(out, 0)
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const tab = await newPage()
  for (const route of ['/', '/components/api/', '/components/shaky/']) {
    await tab.goto(url + route)
    expect(await axeViolations(tab)).toEqual([])
  }
})

function page(route: string): string {
  return readFileSync(path.join(out, route, 'index.html'), 'utf8')
}

/** Without markup, as it is read out. */
function textOf(html: string): string {
  return html
    .slice(Math.max(0, html.indexOf('<body')))
    .replaceAll(/<script[^]*?<\/script>/g, ' ')
    .replaceAll(/<svg[^]*?<\/svg>|<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(' ,', ',')
}
