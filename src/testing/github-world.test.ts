import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { parse, type DefaultTreeAdapterTypes as Tree } from 'parse5'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { projectRoot } from '../site/source-digest.ts'

const recorded = path.join(projectRoot, '../shared/data/github-incidents.jsonl')
const there = existsSync(recorded)
if (!there) console.warn('skipped: the recorded incidents of GitHub are not on this machine (../shared/data)')

interface Entry {
  id: string
  title: string
  url: string
  impact: string
  updates: { at: string; status: string; message: string }[]
}

/** Four years of a real page, through the commands that a person would use. */
describe.skipIf(!there)('the recorded incidents of GitHub', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'candor-github-'))
  const world = path.join(root, 'world')
  const nows = ['2026-08-21T12:00:00Z', '2025-06-15T08:30:00Z', '2024-02-29T23:59:59Z']
  const entries: Entry[] = there
    ? readFileSync(recorded, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Entry)
    : []
  beforeAll(() => {
    status('import', 'github-statuses', recorded, '--root', world)
    for (const now of nows) status('build', '--root', world, '--now', now, '--out', outOf(now))
  }, 300_000)
  afterAll(() => rmSync(root, { recursive: true, force: true }))

  it('are 819, and make a world without errors', () => {
    expect(entries).toHaveLength(819)
    expect(status('check', '--root', world, '--json')).toContain('"errors": 0')
  })

  it('stand each on a page of its own, with every update at its recorded time and in its recorded words', () => {
    const pages = pagesBySource(outOf(nows[0] ?? ''))
    expect(pages.size).toBe(819)
    for (const entry of entries) {
      const page = pages.get(entry.url) ?? ''
      expect(page, entry.url).not.toBe('')
      const text = squeezed(textOf(parse(page)))
      const times = [...page.matchAll(/<time[^>]*datetime="([^"]+)"/g)].map(([, time]) =>
        Date.parse(time ?? ''),
      )
      expect(text).toContain(squeezed(entry.title))
      for (const { at, message } of entry.updates) {
        expect(times, `${entry.url} ${at}`).toContain(Date.parse(at))
        for (const word of wordsOf(message)) expect(text, entry.url).toContain(word)
      }
      expect((page.match(/<li[^>]*\bid="\d{8}T/g) ?? []).length, entry.url).toBe(entry.updates.length)
    }
  })

  it('are listed in the months in which they began', () => {
    const out = outOf(nows[0] ?? '')
    const listed = readdirSync(path.join(out, 'history'))
      .filter((name) => /^\d{4}-\d{2}$/.test(name))
      .flatMap((month) => [
        ...readFileSync(path.join(out, 'history', month, 'index.html'), 'utf8').matchAll(
          /href="\.\.\/\.\.\/((?:incidents|maintenance)\/[^"/]+)\/"/g,
        ),
      ])
      .map(([, link]) => link)
    expect(new Set(listed).size).toBe(819)
  })

  it.each(nows)('give uptimes at %s that equal a count second by second from the raw files', (now) => {
    const document = JSON.parse(readFileSync(path.join(outOf(now), 'status.json'), 'utf8')) as {
      components: {
        id: string
        uptime: Record<string, { percent?: number; coverage: number }>
        uptime_source: string
      }[]
    }
    const counted = countFromFiles(world, Date.parse(now))
    expect(document.components).toHaveLength(12)
    for (const { id, uptime, uptime_source } of document.components) {
      expect(uptime_source).toBe('declared')
      for (const [window, { percent, coverage }] of Object.entries(uptime)) {
        const own = counted(id, window)
        expect(coverage, `${id} ${window}`).toBeCloseTo(own.coverage, 3)
        expect(percent, `${id} ${window}`).toBe(own.percent)
      }
    }
  })

  it('make a feed that is XML, one item per update, and a status.json that fits its schema', () => {
    for (const now of nows) {
      const feed = readFileSync(path.join(outOf(now), 'rss.xml'), 'utf8')
      expect(XMLValidator.validate(feed)).toBe(true)
      const { rss } = new XMLParser().parse(feed) as { rss: { channel: { item: { guid: string }[] } } }
      expect(new Set(rss.channel.item.map(({ guid }) => guid)).size).toBe(100)
      const ajv = new Ajv2020({ strict: true })
      addFormats.default(ajv)
      const validate = ajv.compile(
        JSON.parse(readFileSync(path.join(outOf(now), 'api/v1/schema.json'), 'utf8')) as object,
      )
      validate(JSON.parse(readFileSync(path.join(outOf(now), 'status.json'), 'utf8')))
      expect(validate.errors).toBeNull()
    }
  })

  function outOf(now: string): string {
    return path.join(root, now.slice(0, 10))
  }
})

function status(...args: string[]): string {
  return execFileSync(process.execPath, [path.join(projectRoot, 'scripts/status.ts'), ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 1e8,
  })
}

/** The HTML of each incident's and maintenance's page, by the address it was imported from. */
function pagesBySource(out: string): Map<string, string> {
  const pages = ['incidents', 'maintenance'].flatMap((kind) =>
    readdirSync(path.join(out, kind)).map((id) =>
      readFileSync(path.join(out, kind, id, 'index.html'), 'utf8'),
    ),
  )
  return new Map(
    pages.map((html) => [/<a href="([^"]+)">Originally published here/.exec(html)?.[1] ?? '', html]),
  )
}

/** Letters and digits: markup, quotes and line breaks may differ, words may not. */
function wordsOf(message: string): string[] {
  const text = message
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/&(?:amp|lt|gt|quot|nbsp|#\d+|#x[\da-f]+);/gi, ' ')
  return text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? []
}

function textOf(node: Tree.Node): string {
  if (node.nodeName === '#text') return (node as Tree.TextNode).value
  return 'childNodes' in node ? node.childNodes.map(textOf).join(' ') : ''
}

function squeezed(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().toLowerCase()
}

/**
 * Uptime by the plainest means there are: regular expressions over the files, an array with one cell per second, and
 * the definition of docs/uptime.md. Shares no code with what it checks.
 */
function countFromFiles(world: string, now: number) {
  const read = (kind: string) =>
    readdirSync(path.join(world, kind)).map((name) => readFileSync(path.join(world, kind, name), 'utf8'))
  const stamp = (text: string, key: string) =>
    Date.parse(new RegExp(`^${key}: (\\S+)$`, 'm').exec(text)?.[1] ?? '')
  const headings = (text: string) =>
    [...text.matchAll(/^## (\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}(?::\d{2})?) UTC (\w+)$/gm)].map(
      ([, day = '', time = '', phase = '']) => ({ at: Date.parse(`${day}T${time}Z`), phase }),
    )
  const affected = (text: string) =>
    [...(/^affected:\n((?: {2}.*\n)+)/m.exec(text)?.[1] ?? '').matchAll(/^ {2}([\w-]+): (\w+)$/gm)].map(
      ([, id, what]) => ({ id, what }),
    )
  const incidents = read('incidents').map((text) => ({
    from: stamp(text, 'started'),
    to: headings(text).find(({ phase }) => phase === 'resolved')?.at ?? Infinity,
    affected: affected(text),
  }))
  const works = read('maintenance').map((text) => ({
    from: stamp(text, 'starts'),
    to: Math.min(
      stamp(text, 'ends'),
      headings(text).find(({ phase }) => phase === 'completed')?.at ?? Infinity,
    ),
    announced: Math.min(...headings(text).map(({ at }) => at)),
    affected: affected(text),
  }))
  const first = Math.min(...incidents.map(({ from }) => from))
  const code: Record<string, number> = { operational: 1, degraded: 2, partial_outage: 3, major_outage: 4 }
  return (id: string, window: string) => {
    const days = Number(/^(\d+)_days$/.exec(window)?.[1] ?? 0)
    const from =
      days === 0 ? now - 86_400_000 : Math.floor(now / 86_400_000) * 86_400_000 - (days - 1) * 86_400_000
    const length = Math.round((now - from) / 1000)
    const cells = new Uint8Array(length)
    const mark = (begin: number, end: number, value: number) => {
      const [a, b] = [begin, end].map((at) =>
        Math.min(Math.max(Math.round((at - from) / 1000), 0), length),
      ) as [number, number]
      for (let second = a; second < b; second++) if ((cells[second] ?? 0) < value) cells[second] = value
    }
    mark(first, now, 1)
    for (const incident of incidents)
      for (const { id: component, what } of incident.affected)
        if (component === id) mark(incident.from, incident.to, code[what ?? ''] ?? 1)
    for (const work of works)
      if (work.announced < work.from && work.affected.some(({ id: component }) => component === id))
        mark(work.from, work.to, 5)
    const seconds = [0, 0, 0, 0, 0, 0]
    for (const cell of cells) seconds[cell] = (seconds[cell] ?? 0) + 1
    const [unknown = 0, , , partial = 0, major = 0, planned = 0] = seconds
    const counted = length - unknown - planned
    // In tenths, so that 0.3 is a whole number and flooring is exact.
    const lost = BigInt(major * 10 + partial * 3)
    const floored =
      counted > 0
        ? Number(((BigInt(counted * 10) - lost) * 100_000n) / BigInt(counted * 10)) / 1000
        : undefined
    return { percent: floored, coverage: (length - unknown) / length }
  }
}
