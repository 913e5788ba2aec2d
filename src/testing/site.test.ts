import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { XMLValidator } from 'fast-xml-parser'
import { HtmlValidate } from 'html-validate'
import { parse, type DefaultTreeAdapterTypes as Tree } from 'parse5'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildSite } from '../site/build-site.ts'
import { openRenderer } from '../site/renderer.ts'
import { projectRoot } from '../site/source-digest.ts'
import { serveFolder } from '../site/serve-folder.ts'
import { readWorld } from '../files/read-world.ts'
import { statuses } from '../model/status.ts'
import { DAY, HOUR, iso, MINUTE } from '../model/time.ts'
import type { World } from '../model/world.ts'
import { simulatedFaults, simulateHistory } from '../../scripts/simulate-history.ts'
import { writeLive } from '../files/live-store.ts'
import { axeViolations } from './axe.ts'
import { closeBrowser, newPage } from './browser.ts'
import { writeFiles } from './write-world.ts'

const now = Date.parse('2026-11-21T04:00:00Z')

/** A company on a bad day: open incidents, running work, a year of measurements. */
function badDay(root: string): void {
  cpSync(path.join(projectRoot, 'examples/acme'), root, { recursive: true })
  const components = ['api', 'dashboard', 'auth', 'webhooks', 'cdn-europe']
  const [from, to] = [now - 120 * DAY, now - 500]
  const outage = { component: 'webhooks', from: now - 49 * MINUTE, to, state: 'down' as const }
  const faults = [...simulatedFaults(components, from, to - DAY, 3), outage]
  const live = simulateHistory(root, { components, from, to, writer: 'eu-1', faults, seed: 3 })
  if (live) writeLive(root, live)
  writeFiles(root, {
    'incidents/2026-11-21-webhooks.md': `---
title: Webhook deliveries failing, elevated API latency
severity: major
affected:
  webhooks: major_outage
  api: degraded
started: 2026-11-21T03:11:00Z
detected: 2026-11-21T03:12:10Z
---

## 2026-11-21 03:50 UTC identified
next_update_by: 04:20 UTC

A queue partition lost its leader. **Deliveries are queued, not lost.** See https://docs.acme.example/queue.

## 2026-11-21 03:16 UTC investigating

We are seeing webhook delivery failures and slow API responses.
`,
    'corrections/2026-11-10-probe.md': `---
components: [api, webhooks]
from: 2026-11-10T10:05:00Z
until: 2026-11-10T10:20:00Z
---

The probe had lost its own network.
`,
    'maintenance/2026-11-14-cdn.md': `---
title: New edge machines
starts: ${iso(now - HOUR)}
duration: 2h
affected: [cdn-europe]
---
`,
  })
}

/** Everything that breaks pages: hostile names, endless words, foreign scripts, files that cannot be read. */
function ugly(root: string): void {
  const long = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'
  writeFiles(root, {
    'site.yaml': `name: "<script>alert(1)</script> & Söhne"\nurl: https://example.com/status\n`,
    'components.yaml': `groups:
  - id: g
    name: ${long}
components:
  - id: a
    name: "<img src=x onerror=alert(1)>"
    description: "${long} ${long}"
    group: g
  - id: b
    name: الواجهة البرمجية
  - id: c
    name: ${long}
  - id: d
    name: "Name with \\"quotes\\" & 'apostrophes'"
`,
    'incidents/2026-11-20-hostile.md': `---
title: "</title><script>alert(1)</script> ${long} ${long}"
severity: critical
affected: [a, b, c]
started: 2026-11-20T22:00:00Z
---

## 2026-11-20 22:30 UTC identified
affected: a=major_outage, b=partial_outage, c=under_review

<script>alert(1)</script> [link](javascript:alert(1)) ![pixel](https://tracker.example/x.png)

| a very wide table | ${long} | ${long} | ${long} |
|---|---|---|---|
| 1 | 2 | 3 | 4 |

\`\`\`
${long}${long}${long}
\`\`\`

https://example.com/${long}/${long}

## 2026-11-20 22:00 UTC investigating

${'A long paragraph that goes on. '.repeat(60)}
`,
    'incidents/2026-11-19-names-nothing.md': `---\ntitle: Something is odd\nstarted: 2026-11-19T10:00:00Z\n---\n`,
    'incidents/2026-11-18-broken.md': `---\ntitle: "Half a front matter\n\tindented: with a tab\n---\n\n## 10:00\nText\n`,
    'incidents/2026-11-17-empty.md': '',
    'incidents/nothing-known.md': '---\ntitle: Without any date\n---\n',
    'maintenance/2026-11-16-overrun.md': `---
title: Runs over
starts: 2026-11-20T20:00:00Z
ends: 2026-11-20T21:00:00Z
affected: [d]
---

## 2026-11-20 20:00 UTC in_progress

It has begun.
`,
  })
}

function empty(root: string): void {
  writeFiles(root, {
    'site.yaml': 'name: Nothing yet\nurl: https://status.example.com\n',
    'components.yaml': 'components: []\n',
  })
}

const worlds = { 'a bad day': badDay, 'an ugly world': ugly, 'an empty world': empty }

afterAll(closeBrowser)

describe.each(Object.entries(worlds))('the site of %s', (_name, write) => {
  let root: string
  let out: string
  let world: World
  let url: string
  let close: () => void
  beforeAll(async () => {
    root = mkdtempSync(path.join(tmpdir(), 'candor-site-'))
    out = path.join(root, 'out')
    write(root)
    world = readWorld(root)
    const report = await buildSite(world, { out, now, renderer: await openRenderer() })
    expect(report.failed).toEqual([])
    const served = await serveFolder(out, 0)
    url = served.url
    close = () => {
      served.server.close()
      served.server.closeAllConnections()
    }
  })
  afterAll(() => {
    close()
    rmSync(root, { recursive: true, force: true })
  })

  it(
    'passes axe with every rule, in light and dark, narrow and wide, without overflow, and obeys its own policy',
    { timeout: 240_000 },
    async () => {
      const complaints: string[] = []
      for (const scheme of ['light', 'dark'] as const)
        for (const width of [320, 1280]) {
          const page = await newPage({ scheme, width })
          const at = () => `${scheme} ${String(width)} ${page.url().replace(url, '')}`
          page.on('console', (message) => {
            // The page for unknown addresses is asked for on purpose.
            if (message.type() === 'error' && !message.text().includes('404 (Not Found)'))
              complaints.push(`${at()} ${message.text()}`)
          })
          page.on('pageerror', (error) => complaints.push(`${at()} ${error.message}`))
          for (const route of oneOfEachKind(out)) {
            await page.goto(url + route)
            complaints.push(...(await axeViolations(page)).map((line) => `${at()} ${line}`))
            const overflow = await page.evaluate(
              () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
            )
            if (overflow > 0) complaints.push(`${at()} overflows by ${String(overflow)} px`)
          }
          await page.context().close()
        }
      expect(complaints).toEqual([])
    },
  )

  it('says everything without JavaScript', async () => {
    const page = await newPage({ javaScriptEnabled: false })
    const textOf = async (route: string) => {
      await page.goto(url + route)
      return plain(await page.innerText('body'))
    }
    const home = await textOf('/')
    for (const { name } of world.components) expect(home).toContain(plain(name))
    expect(home).toMatch(
      world.components.length === 0
        ? /utc/
        : new RegExp(
            Object.values(statuses)
              .map(({ word }) => word)
              .join('|'),
            'i',
          ),
    )
    for (const incident of world.incidents) {
      const text = await textOf(`/incidents/${incident.id}/`)
      expect(text).toContain(plain(incident.title))
      if (!incident.readFully) expect(text).toContain('could not be read fully')
      for (const { plain: said } of world.textOf(incident).updates)
        for (const line of said.split(/\n/))
          expect(text).toContain(plain(line.replaceAll(' | ', ' ').replace(/^- /, '')))
    }
    for (const { id, title } of world.maintenance)
      expect(await textOf(`/maintenance/${id}/`)).toContain(plain(title))
    await page.context().close()
  })

  it('names its strips in words that agree with their tables', async () => {
    const page = await newPage({ javaScriptEnabled: false })
    for (const { id } of world.components) {
      await page.goto(`${url}/components/${id}/`)
      const label = await page.locator('svg[role=img]').first().getAttribute('aria-label')
      expect(label).toMatch(/\d+(?:\.\d+)?\s?%|no data|insufficient|nothing/i)
      const rows = await page.locator('.strip + .under table tbody tr').allTextContents()
      const troubled = rows.filter((row) => /Degraded|outage|review/i.test(row)).length
      const days = /(\d+) days? with trouble/.exec(label ?? '')?.[1]
      if (days !== undefined) expect(Number(days)).toBe(troubled)
    }
    await page.context().close()
  })

  it('leads nowhere that is not there', () => {
    const broken = pagesOf(out).flatMap((page) => {
      const base = new URL(world.site.url).pathname.replace(/\/?$/, '/')
      return linksOf(readFileSync(path.join(out, page), 'utf8'))
        .filter((href) => !/^(?:https?:|mailto:|data:)/.test(href))
        .filter((href) => !leadsSomewhere(out, page, href, base))
        .map((href) => `${page} → ${href}`)
    })
    expect(broken).toEqual([])
  })

  it('is HTML as the standard has it', async () => {
    const validator = new HtmlValidate({
      extends: ['html-validate:standard'],
      rules: {
        'require-sri': 'off',
        'no-inline-style': 'error',
        'long-title': 'off',
        'no-raw-characters': 'off',
        'no-trailing-whitespace': 'off',
        'void-style': 'off',
        'doctype-style': 'off',
      },
    })
    const found = await Promise.all(
      oneOfEachKind(out).map(async (route) => {
        const { results } = await validator.validateString(
          readFileSync(path.join(out, fileOf(route)), 'utf8'),
          route,
        )
        return results.flatMap(({ messages }) =>
          messages.map(({ ruleId, message, line }) => `${route}:${String(line)} ${ruleId} ${message}`),
        )
      }),
    )
    expect(found.flat()).toEqual([])
  })

  it('publishes a feed that is XML', () => {
    expect(XMLValidator.validate(readFileSync(path.join(out, 'rss.xml'), 'utf8'))).toBe(true)
  })

  it.each([
    ['status.json', 'api/v1/schema.json'],
    ['api/v1/uptime.json', 'api/v1/uptime.schema.json'],
    ['api/v1/methodology.json', 'api/v1/methodology.schema.json'],
  ])('publishes a %s that fits its schema', (file, schema) => {
    const ajv = new Ajv2020({ strict: true, allErrors: true })
    addFormats.default(ajv)
    const validate = ajv.compile(JSON.parse(readFileSync(path.join(out, schema), 'utf8')) as object)
    const document: unknown = JSON.parse(readFileSync(path.join(out, file), 'utf8'))
    validate(document)
    expect(validate.errors).toBeNull()
    expect(validate({ ...(document as object), surprise: 1 })).toBe(false)
  })

  it('asks nobody else for anything', () => {
    for (const page of pagesOf(out)) {
      const html = readFileSync(path.join(out, page), 'utf8')
      expect(html).not.toMatch(
        /<(?:script|img|iframe|source|video|audio|embed|object)\b[^>]*\b(?:src|data)=["']?(?:https?:)?\/\//i,
      )
      expect(html).not.toMatch(/<link\b[^>]*rel="?stylesheet/i)
    }
  })
})

function pagesOf(out: string): string[] {
  return readdirSync(out, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.html'))
    .sort()
}

/** Every kind of page there is: of those that differ only in their subject, at most two. */
function oneOfEachKind(out: string): string[] {
  const kinds = Map.groupBy(pagesOf(out), (name) => name.split('/').slice(0, -2).join('/') || name)
  return [...kinds.values()]
    .flatMap((names) => names.slice(-2))
    .map((name) => (name === '404.html' ? '/not/there' : `/${name.replace(/index\.html$/, '')}`))
}

function fileOf(route: string): string {
  return route === '/not/there' ? '404.html' : `${route.slice(1)}index.html`
}

function linksOf(html: string): string[] {
  const links: string[] = []
  const visit = (node: Tree.Node): void => {
    if ('attrs' in node)
      for (const { name, value } of node.attrs) if (name === 'href' || name === 'src') links.push(value)
    if ('childNodes' in node) node.childNodes.forEach(visit)
  }
  visit(parse(html))
  return links
}

function leadsSomewhere(out: string, page: string, href: string, base: string): boolean {
  const from =
    page === '404.html'
      ? new URL(base, 'http://x')
      : new URL(base + page.replace(/index\.html$/, ''), 'http://x')
  const { pathname, hash } = new URL(href, from)
  if (!pathname.startsWith(base)) return false
  const name = decodeURIComponent(pathname.slice(base.length))
  const file = path.join(out, name === '' || name.endsWith('/') ? `${name}index.html` : name)
  try {
    const text = readFileSync(file, 'utf8')
    return hash === '' || text.includes(`id="${decodeURIComponent(hash.slice(1))}"`)
  } catch {
    return false
  }
}

/** Layout decides where lines break; what is said does not depend on it. */
function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().toLowerCase()
}
