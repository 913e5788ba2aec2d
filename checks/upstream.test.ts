import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { makeCheck, NOW, sampleOf } from './testing/checks.ts'
import { closedPort, startHttp, startTcp, type RunningServer } from './testing/servers.ts'

let server: RunningServer | undefined
let asked: string | undefined
afterEach(() => server?.close())

/** Mirrors a page that answers every question with `body`. */
async function mirror(
  body: string | object,
  {
    path: place = '',
    status = 200,
    now = NOW,
    ...written
  }: Record<string, unknown> & { status?: number } = {},
) {
  server = await startHttp((request, response) => {
    asked = request.url
    response.writeHead(status)
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  const check = makeCheck('upstream', { upstream: `${server.url}${String(place)}`, ...written })
  const { state, reason } = await sampleOf(check, { now: () => now as number })
  return reason === undefined ? state : `${state}: ${reason}`
}

const summary = (components: [string, string][], indicator?: string, description?: string) => ({
  page: { name: 'Cloud' },
  components: components.map(([name, status], index) => ({ id: `id${index}`, name, status })),
  ...(indicator && { status: { indicator, description } }),
})

describe('a page of Statuspage’s kind', () => {
  it.each([
    ['operational', 'up'],
    ['degraded_performance', 'degraded: "Cloud" reports degraded performance of "API"'],
    ['partial_outage', 'degraded: "Cloud" reports a partial outage of "API"'],
    ['major_outage', 'down: "Cloud" reports a major outage of "API"'],
    ['under_maintenance', 'degraded: "Cloud" reports maintenance of "API"'],
    ['on_fire', 'unknown: "Cloud" gives "API" a status not known here: "on_fire"'],
    ['constructor', 'unknown: "Cloud" gives "API" a status not known here: "constructor"'],
  ])('with a component that is %s', async (status, expected) => {
    const page = summary(
      [
        ['Web', 'operational'],
        ['API', status],
      ],
      'none',
    )
    expect(await mirror(page, { component: ' api' })).toBe(expected)
    expect(await mirror(page, { component: 'id1' })).toBe(expected)
    expect(asked).toBe('/api/v2/summary.json')
  })

  it.each([
    ['none', 'All Systems Operational', 'up'],
    ['minor', 'Partially Degraded Service', 'degraded: "Cloud" reports "Partially Degraded Service"'],
    ['major', 'Partial System Outage', 'degraded: "Cloud" reports "Partial System Outage"'],
    ['critical', 'Major Service Outage', 'down: "Cloud" reports "Major Service Outage"'],
    ['maintenance', 'Service Under Maintenance', 'degraded: "Cloud" reports "Service Under Maintenance"'],
    ['odd', '', 'unknown: "Cloud" has a status not known here: "odd"'],
  ])('as a whole, with the indicator %s', async (indicator, description, expected) => {
    expect(await mirror(summary([['API', 'operational']], indicator, description))).toBe(expected)
  })

  it('as a whole, by its worst component where it has no word for the whole', async () => {
    expect(
      await mirror(
        summary([
          ['Web', 'partial_outage'],
          ['API', 'major_outage'],
          ['Job', 'odd'],
        ]),
      ),
    ).toBe('down: "Cloud" reports a major outage of "API"')
    expect(await mirror(summary([['Web', 'operational']]))).toBe('up')
  })

  it.each([
    ['Api Request', 'unknown: "Cloud" has no component "Api Request"; did you mean "API Requests"?'],
    ['Telephone', 'unknown: "Cloud" has no component "Telephone"'],
    ['Twin', 'unknown: "Cloud" has several components called "Twin"; name one by its id: id1, id2'],
  ])('names what component “%s” may have been meant to be', async (component, expected) => {
    const page = summary([
      ['API Requests', 'operational'],
      ['Twin', 'operational'],
      ['twin', 'major_outage'],
    ])
    expect(await mirror(page, { component })).toBe(expected)
  })

  it('shows what a page says on one line and cut', async () => {
    const page = { ...summary([['API\u202e\n', 'major_outage']]), page: { name: 'x'.repeat(500) } }
    expect(await mirror(page)).toMatch(/^down: "x{79}…" reports a major outage of "API "$/)
  })
})

const recorded = path.join(import.meta.dirname, '../../shared/data/statuspage')
const there = existsSync(recorded)
if (!there)
  console.warn('skipped: the recorded status pages are not on this machine (../shared/data/statuspage)')

describe.skipIf(!there)('recorded pages', () => {
  const read = (name: string) => readFileSync(path.join(recorded, name), 'utf8')
  it.each([
    ['summary-github-2019-12-30-operational.json', {}, 'up'],
    ['summary-github-2020-04-02-major.json', {}, 'degraded: "GitHub" reports "Partial System Outage"'],
    [
      'summary-github-2020-04-02-major.json',
      { component: 'Git Operations' },
      'down: "GitHub" reports a major outage of "Git Operations"',
    ],
    ['summary-illposed-2021-10-28-scheduled-maintenance.json', {}, 'up'],
    [
      'summary-instructure-2021-12-07-degraded.json',
      {},
      'degraded: "Instructure" reports "Partially Degraded Service"',
    ],
    ['components-dropbox.json', {}, 'up'],
    ['feeds/history-github-2025-10-21.atom', {}, 'up'],
    ['feeds/history-github-2026-08-full.atom', { now: Date.parse('2026-08-22T04:00:00Z') }, 'up'],
    ['feeds/history-govuk-2024-01-08-scheduled.rss', { now: Date.parse('2024-01-09T00:00:00Z') }, 'up'],
  ])('%s %j', async (name, written, expected) => {
    expect(await mirror(read(name), { path: '/x', ...written })).toBe(expected)
  })

  it('sees an open incident in the feed as it was before its end', async () => {
    const open = read('feeds/history-github-2025-10-21.atom').replace(
      /&lt;strong&gt;Resolved.*?&lt;\/p&gt;/,
      '',
    )
    expect(await mirror(open, { path: '/history.atom', now: Date.parse('2025-10-21T12:00:00Z') })).toBe(
      'degraded: "GitHub Status - Incident History": "Incident with Actions" is not over (update)',
    )
  })
})

const rss = (...items: [title: string, description: string, pubDate?: string, link?: string][]) =>
  `<?xml version="1.0"?><rss version="2.0"><channel><title>Cloud</title>${items
    .map(
      ([title, description, date = 'Sat, 21 Nov 2026 11:00:00 +0000', link = title]) =>
        `<item><title>${title}</title><description><![CDATA[${description}]]></description><link>${link}</link>${
          date && `<pubDate>${date}</pubDate>`
        }</item>`,
    )
    .join('')}</channel></rss>`
const bold = (...words: string[]) => words.map((word) => `<p><strong>${word}</strong> - Text.</p>`).join('')

describe('a feed', () => {
  it.each([
    ['without entries', rss(), 'up'],
    ['of a resolved incident', rss(['Slow API', bold('Resolved', 'Investigating')]), 'up'],
    [
      'of an open incident',
      rss(['Slow API', bold('Monitoring', 'Investigating')]),
      'degraded: "Cloud": "Slow API" is not over (monitoring)',
    ],
    [
      'of an open incident below a newer one that is over',
      rss(['Short', bold('Resolved')], ['Long', bold('Identified'), 'Fri, 20 Nov 2026 11:00:00 +0000']),
      'degraded: "Cloud": "Long" is not over (identified)',
    ],
    ['of planned work', rss(['Upgrade', bold('Scheduled'), 'Tue, 01 Dec 2026 12:00:00 +0000']), 'up'],
    [
      'of work under way',
      rss(['Upgrade', bold('In progress', 'Scheduled')]),
      'degraded: "Cloud": "Upgrade" is not over (in progress)',
    ],
    [
      'of an incident nobody closed',
      rss(['Old', bold('Investigating'), 'Sat, 14 Nov 2026 11:00:00 +0000']),
      'up',
    ],
    [
      'with an entry per update, the phase in the title',
      rss(
        ['Resolved: Slow API', 'Text.', 'Sat, 21 Nov 2026 11:00:00 +0000', '/incidents/1/#b'],
        ['Investigating: Slow API', 'Text.', 'Sat, 21 Nov 2026 10:00:00 +0000', '/incidents/1/#a'],
      ),
      'up',
    ],
    ['with the phase in brackets', rss(['[RESOLVED] Slow API', 'Text.']), 'up'],
    [
      'that does not say',
      rss(['Something about our API', 'We are looking into it.']),
      'unknown: "Cloud" does not say in a known way whether "Something about our API" is over',
    ],
    [
      'that is made to take long to read',
      rss([`${'a '.repeat(100_000)}`, `<b>${' '.repeat(100_000)}`.repeat(4)]),
      /^unknown/,
    ],
    ['without dates, by its first entry', rss(['B', bold('Resolved'), ''], ['A', bold('Update'), '']), 'up'],
    [
      'with a date that is none',
      rss(['B', bold('Update'), 'x'.repeat(1000)]),
      'degraded: "Cloud": "B" is not over (update)',
    ],
  ])('%s', async (_, feed, expected) => {
    const said = await mirror(feed, { path: '/history.rss' })
    if (typeof expected === 'string') expect(said).toBe(expected)
    else expect(said).toMatch(expected)
  })

  it('is about one component where the entry names it', async () => {
    const feed = rss(['Slow', `${bold('Update')} Affected: Actions`])
    expect(await mirror(feed, { path: '/feed', component: 'actions' })).toMatch(/^degraded/)
    expect(await mirror(feed, { path: '/feed', component: 'Pages' })).toBe('up')
  })

  it('reads Atom with types, several links and escaped HTML', async () => {
    const entry = `<entry><title type="html">Slow</title><link rel="self" href="/x"/><link href="/1"/>
      <updated>2026-11-21T11:00:00Z</updated><content type="html">&lt;strong&gt;Identified&lt;/strong&gt;</content></entry>`
    const feed = `<feed xmlns="http://www.w3.org/2005/Atom"><title type="text">Cloud</title>${entry}</feed>`
    expect(await mirror(feed, { path: '/feed' })).toBe('degraded: "Cloud": "Slow" is not over (identified)')
  })
})

describe('a page that cannot be read is unknown, for it is not the service', () => {
  const laughs = `<!DOCTYPE lolz [<!ENTITY a "${'ha'.repeat(50)}"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>`
  it.each([
    ['not found', '', { status: 404 }, /^unknown: .* answers with status 404$/],
    ['in trouble itself', '', { status: 503 }, /^unknown: .* answers with status 503$/],
    ['a web page', '<!doctype html><html><body>Sign in</body></html>', {}, /is not an Atom or RSS feed/],
    ['broken XML', '<rss><channel', {}, /is not an Atom or RSS feed/],
    ['words', 'All good!', {}, /is neither JSON nor a feed/],
    ['nothing', '', {}, /is neither JSON nor a feed/],
    ['other JSON', '{"ok":true}', {}, /is not a summary of Statuspage's kind/],
    ['broken JSON', '{"components":', {}, /is not a summary of Statuspage's kind/],
    ['without end', `{"x":"${'x'.repeat(1_100_000)}"}`, {}, /is longer than 1 MiB/],
    [
      'a bomb of entities',
      `${laughs}<rss><channel><title>&b;</title></channel></rss>`,
      {},
      /is not an Atom or RSS feed/,
    ],
    ['a tower of tags', `<rss>${'<a>'.repeat(100_000)}`, {}, /is not an Atom or RSS feed/],
  ])('%s', async (_, body, written, expected) => {
    expect(await mirror(body, { path: '/x', ...written })).toMatch(expected)
  })

  it('that is not there', async () => {
    const check = makeCheck('upstream', { upstream: `http://127.0.0.1:${await closedPort()}` })
    expect(await sampleOf(check)).toMatchObject({ state: 'unknown', code: 'ECONNREFUSED' })
  })

  it('that hangs', async () => {
    server = await startTcp((socket) => socket.resume())
    const check = makeCheck('upstream', { upstream: server.url, timeout: '200ms' })
    expect(await sampleOf(check)).toMatchObject({ state: 'unknown', code: 'source_timeout' })
  })

  it('that is at a private address', async () => {
    const check = makeCheck('upstream', { upstream: 'http://127.0.0.1:9' })
    expect(await sampleOf(check, { allowPrivate: false })).toMatchObject({ code: 'private_address' })
  })
})
