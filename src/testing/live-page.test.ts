import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { buildSite } from '../site/build-site.ts'
import { openRenderer, type Renderer } from '../site/renderer.ts'
import { serveFolder } from '../site/serve-folder.ts'
import { writeLive } from '../files/live-store.ts'
import { readWorld } from '../files/read-world.ts'
import { iso, MINUTE } from '../model/time.ts'
import type { Live } from '../model/history.ts'
import { closeBrowser, newPage } from './browser.ts'
import { worldFolder } from './write-world.ts'

let renderer: Renderer
beforeAll(async () => {
  renderer = await openRenderer()
})
afterAll(closeBrowser)

/** A page whose clocks, the reader's and the server's, stand at `now` and move when the test says so. */
async function openPage(
  now: number,
  options: Parameters<typeof newPage>[0] = {},
  { route = '', files = {} }: { route?: string; files?: Record<string, string> } = {},
): Promise<{ page: Page; out: string; pass: (ms: number) => Promise<void> }> {
  const root = worldFolder({
    'site.yaml': 'name: Acme\nurl: https://status.acme.example\n',
    'components.yaml':
      'components:\n  - { id: api, name: API, check: { http: "https://api.acme.example/" } }\n',
    'incidents/2026-11-20-old.md':
      '---\ntitle: Old\naffected: [api]\nstarted: 2026-11-20T10:00:00Z\nresolved: 2026-11-20T11:00:00Z\nstatus: resolved\n---\n',
    ...files,
  })
  writeLive(root, live(now - MINUTE / 2))
  const out = path.join(root, 'out')
  await buildSite(readWorld(root), { out, now, renderer })
  const { server, url } = await serveFolder(out, 0)
  const page = await newPage({ timezoneId: 'UTC', ...options })
  onTestFinished(async () => {
    await page.context().close()
    server.close()
    server.closeAllConnections()
  })
  let at = now
  await page.clock.install({ time: now })
  // The script trusts the server's clock and not the reader's, so the server's has to move with it.
  await page.route('**/status.json', async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, headers: { ...response.headers(), date: new Date(at).toUTCString() } })
  })
  await page.goto(`${url}/${route}`)
  return {
    page,
    out,
    pass: async (ms) => {
      for (let left = ms; left > 0; left -= MINUTE) {
        const asked = page.waitForResponse('**/status.json', { timeout: 2_000 }).catch(() => undefined)
        await page.clock.runFor(Math.min(left, MINUTE))
        // Not before: an answer must not be from a time that the page has yet to come to.
        at += Math.min(left, MINUTE)
        await asked
      }
    },
  }
}

function live(at: number): Live {
  const today = {
    d: iso(at).slice(0, 10),
    n: 1,
    ok: 1,
    deg: 0,
    down: 0,
    unk: 0,
    t0: '00:00:00',
    t1: '00:00:00',
    gaps: 0,
    hist: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ms: [],
  }
  const api = {
    status: 'operational' as const,
    since: iso(at - MINUTE),
    checked_at: iso(at),
    recent: [],
    seq: 1,
    today,
  }
  return {
    v: 1,
    writer: 'local',
    checked_at: iso(at),
    next_expected_at: iso(at + MINUTE),
    interval_ms: MINUTE,
    components: { api },
  }
}

function changeStatus(out: string, change: Record<string, unknown>): void {
  const place = path.join(out, 'status.json')
  writeFileSync(place, JSON.stringify({ ...(JSON.parse(readFileSync(place, 'utf8')) as object), ...change }))
}

const now = Date.parse('2026-11-21T04:00:00Z')
const promised = {
  'incidents/2026-11-21-new.md':
    '---\ntitle: New\nstarted: 2026-11-21T03:50:00Z\n---\n\n## 2026-11-21 03:50 UTC investigating\nnext_update_by: 04:02 UTC\n\nWe look.\n',
}
const late = 'We cannot confirm the current state. Last known at 03:59 UTC: All systems are working normally.'

describe('a page that stays open', () => {
  it('says that it cannot confirm the state once three intervals have passed, and takes it back when the checks go on', async () => {
    const { page, out, pass } = await openPage(now)
    const headline = page.locator('h1')
    expect(await headline.innerText()).toBe('All systems are working normally.')
    await pass(5 * MINUTE)
    await expect.poll(() => headline.innerText().then(oneLine)).toBe(late)
    expect(await page.title()).toMatch(/^◌/)
    changeStatus(out, { checked_at: iso(now + 6 * MINUTE) })
    await pass(2 * MINUTE)
    await expect.poll(() => headline.innerText()).toBe('All systems are working normally.')
    expect(await page.locator('#checked time').innerText()).toBe('04:06 UTC')
  })

  it('announces a change once, politely, with a link, and neither reloads nor moves the focus', async () => {
    const { page, out, pass } = await openPage(now)
    const region = page.locator('[role=status]')
    expect(await region.innerText()).toBe('')
    await page.keyboard.press('Tab')
    await page.evaluate(() => Object.assign(globalThis, { untouched: true }))
    const focused = await page.evaluate(() => document.activeElement?.outerHTML)
    changeStatus(out, { version: 'another', sentence: 'API down.', checked_at: iso(now + MINUTE) })
    await pass(2 * MINUTE)
    await expect.poll(() => region.innerText()).toContain('API down.')
    expect(await region.locator('a').count()).toBe(1)
    expect(await page.evaluate(() => [document.activeElement?.outerHTML, 'untouched' in globalThis])).toEqual(
      [focused, true],
    )
    const said = await region.evaluateHandle((element) => element.firstChild)
    changeStatus(out, { version: 'another', sentence: 'API down.', checked_at: iso(now + 3 * MINUTE) })
    await pass(2 * MINUTE)
    expect(await page.evaluate((node) => node?.isConnected, said)).toBe(true)
  })

  it('says so as well when status.json was never to be had', async () => {
    const { page, out, pass } = await openPage(now)
    rmSync(path.join(out, 'status.json'))
    await page.route('**/status.json', (route) => route.fulfill({ status: 404 }))
    await pass(MINUTE)
    expect(await page.locator('h1').innerText()).toBe('All systems are working normally.')
    await pass(3 * MINUTE)
    await expect.poll(() => page.locator('h1').innerText().then(oneLine)).toBe(late)
  })

  it('takes nothing back for an answer that is older than what it knows', async () => {
    const { page, out, pass } = await openPage(now)
    await pass(5 * MINUTE)
    await expect.poll(() => page.locator('h1').innerText().then(oneLine)).toBe(late)
    const state = JSON.parse(readFileSync(path.join(out, 'status.json'), 'utf8')) as object
    await page.route('**/status.json', (route) =>
      route.fulfill({
        json: { ...state, generated_at: iso(now - 9 * MINUTE), version: 'older', sentence: 'API down.' },
        headers: { date: new Date(now - 9 * MINUTE).toUTCString() },
      }),
    )
    await pass(3 * MINUTE)
    expect(oneLine(await page.locator('h1').innerText())).toBe(late)
    expect(await page.locator('[role=status]').innerText()).toBe('')
  })

  it.each(['', 'incidents/2026-11-21-new/'])(
    'says on /%s that a promised update is overdue',
    async (route) => {
      const { page, pass } = await openPage(now, {}, { route, files: promised })
      const promise = page.locator('[data-by]')
      expect(await promise.innerText()).toBe('Next update by')
      await pass(3 * MINUTE)
      await expect.poll(() => promise.innerText()).toBe('Update overdue since')
    },
  )

  it('asks for nothing where it shows what is over', async () => {
    const { page } = await openPage(now, {}, { route: 'incidents/2026-11-20-old/' })
    expect(await page.content()).not.toContain('no-cache')
  })

  it('stands as it is when status.json cannot be had or read', async () => {
    const { page, out, pass } = await openPage(now)
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(error.message))
    writeFileSync(path.join(out, 'status.json'), '<html>a captive portal</html>')
    await pass(2 * MINUTE)
    expect(errors).toEqual([])
    expect(await page.locator('#main').innerText()).toContain('API')
  })
})

describe('a strip', () => {
  it('is one tab stop that arrows, Home and End move along, and that says the day in words', async () => {
    const { page } = await openPage(now)
    const scrub = page.locator('input[type=range]')
    expect(await scrub.count()).toBe(1)
    await scrub.focus()
    expect(await scrub.getAttribute('aria-valuetext')).toMatch(/21 Nov/)
    await page.keyboard.press('ArrowLeft')
    expect(await scrub.getAttribute('aria-valuetext')).toMatch(/20 Nov/)
    expect(await page.locator('.reading').innerText()).toMatch(/20 Nov/)
    await page.keyboard.press('Home')
    expect(await scrub.getAttribute('aria-valuetext')).toMatch(/24 Aug/)
    await page.keyboard.press('End')
    expect(await scrub.getAttribute('aria-valuetext')).toMatch(/21 Nov/)
  })
})

it('shows times in the reader’s zone, and UTC at the press of a button', async () => {
  const { page } = await openPage(now, { timezoneId: 'Asia/Kolkata' })
  const checked = page.locator('#checked time')
  await expect.poll(() => checked.innerText()).toMatch(/^09:29/)
  await page.locator('#zone button').click()
  expect(await checked.innerText()).toBe('03:59 UTC')
})

it('opens every detail on paper and hides what cannot be pressed there', async () => {
  const { page } = await openPage(now)
  await page.emulateMedia({ media: 'print' })
  expect(await page.locator('nav').first().isVisible()).toBe(false)
  expect(await page.locator('h1').isVisible()).toBe(true)
})

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}
