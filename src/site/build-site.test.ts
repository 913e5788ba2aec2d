import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync, renameSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { readWorld } from '../files/read-world.ts'
import { DAY, HOUR, iso } from '../model/time.ts'
import { worldFolder, writeFiles } from '../testing/write-world.ts'
import { buildSite } from './build-site.ts'
import { openRenderer, type Renderer } from './renderer.ts'
import { projectRoot } from './source-digest.ts'

const now = Date.parse('2026-11-21T04:00:00Z')
const site = `name: Acme\nurl: https://status.acme.example\n`
const components = `components:
  - id: api
    name: API
  - id: web
    name: Web
    since: 2026-01-01T00:00:00Z
`

/** A day of measurements of one of them: one pass a minute, and an hour down. */
const measured = {
  'history/transitions/main.2026/api.11.ndjson': [
    ['unknown', 'operational', undefined, '2026-11-19T10:00:00Z'],
    ['operational', 'major_outage', '2026-11-20T09:59:00Z', '2026-11-20T10:00:00Z'],
    ['major_outage', 'operational', '2026-11-20T10:59:00Z', '2026-11-20T11:00:00Z'],
  ]
    .map(([from, to, t_before, t_after], index) =>
      JSON.stringify({
        v: 1,
        seq: index + 1,
        from,
        to,
        t_before,
        t_after,
        t_confirmed: t_after,
        writer: 'main',
      }),
    )
    .join('\n'),
}

let renderer: Renderer
beforeAll(async () => {
  renderer = await openRenderer()
})

/** What people do to a world between two builds. */
type Edit =
  | { kind: 'incident'; number: number; words: string; open: boolean; component: string }
  | { kind: 'remove'; number: number }
  | { kind: 'maintenance'; number: number; words: string; hours: number }
  | { kind: 'correction'; number: number; words: string; hours: number; countsAs: string }
  | { kind: 'rename'; name: string }
  | { kind: 'broken'; number: number }
  | { kind: 'wait'; hours: number }

const words = fc.string({ minLength: 1, maxLength: 30 })
const number = fc.integer({ min: 1, max: 6 })
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({
    kind: fc.constant('incident' as const),
    number,
    words,
    open: fc.boolean(),
    component: fc.constantFrom('api', 'web'),
  }),
  fc.record({ kind: fc.constant('remove' as const), number }),
  fc.record({
    kind: fc.constant('maintenance' as const),
    number,
    words,
    hours: fc.integer({ min: -40, max: 40 }),
  }),
  fc.record({
    kind: fc.constant('correction' as const),
    number,
    words,
    hours: fc.integer({ min: -60, max: 40 }),
    countsAs: fc.constantFrom('unknown', 'operational', 'major_outage'),
  }),
  fc.record({
    kind: fc.constant('rename' as const),
    name: fc.constantFrom('API', 'API & more', 'Прикладной'),
  }),
  fc.record({ kind: fc.constant('broken' as const), number }),
  fc.record({ kind: fc.constant('wait' as const), hours: fc.integer({ min: 0, max: 900 }) }),
)

describe('a build into a folder that holds an earlier build', () => {
  it('equals a full build byte for byte, whatever changed in between', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(edit, { maxLength: 4 }), { minLength: 1, maxLength: 5 }),
        async (rounds) => {
          const root = temporary()
          const out = path.join(root, 'out')
          try {
            writeFiles(root, { 'site.yaml': site, 'components.yaml': components, ...measured })
            let at = now
            for (const edits of rounds) {
              for (const one of edits) at += apply(root, one)
              await buildSite(readWorld(root, { cache: { key: 'test', now: at } }), {
                out,
                now: at,
                renderer,
              })
              const full = path.join(root, 'full')
              rmSync(full, { recursive: true, force: true })
              await buildSite(readWorld(root), { out: full, now: at, renderer })
              expect(filesOf(out)).toEqual(filesOf(full))
            }
          } finally {
            rmSync(root, { recursive: true, force: true })
          }
        },
      ),
      { numRuns: 25 },
    )
  })

  it('leads to a file by its new name, though it says what it said before', async () => {
    const maintenance = `---\ntitle: Work\nstarts: 2026-11-03T10:00:00Z\nends: 2026-11-03T11:00:00Z\n---\n\n## 2026-11-01 10:00 UTC scheduled\nSoon.\n`
    const root = worldFolder({
      'site.yaml': site,
      'components.yaml': components,
      ...incidents(3),
      'maintenance/2026-11-03-work.md': maintenance,
    })
    const out = path.join(root, 'out')
    await buildSite(readWorld(root), { out, now, renderer })
    for (const [from, to] of [
      ['incidents/2026-11-03-number-3.md', 'incidents/2026-11-03-other.md'],
      ['maintenance/2026-11-03-work.md', 'maintenance/2026-11-03-other-work.md'],
    ] as const)
      renameSync(path.join(root, from), path.join(root, to))
    await buildSite(readWorld(root), { out, now, renderer })
    const full = path.join(root, 'full')
    await buildSite(readWorld(root), { out: full, now, renderer })
    expect(filesOf(out)).toEqual(filesOf(full))
    expect(filesOf(out).get('history/2026-11/index.html')).toContain('2026-11-03-other/')
  })

  it('writes only what a changed incident shows on, and leaves the other files untouched', async () => {
    const root = worldFolder({ 'site.yaml': site, 'components.yaml': components, ...incidents(40) })
    const out = path.join(root, 'out')
    await buildSite(readWorld(root), { out, now, renderer })
    const before = stats(out)

    const file = 'incidents/2026-11-03-number-3.md'
    writeFiles(root, {
      [file]: readFileSync(path.join(root, file), 'utf8').replace(
        'It works again.',
        'It works again since 11:00.',
      ),
    })
    const report = await buildSite(readWorld(root), { out, now, renderer })
    const rewritten = [...stats(out)]
      .filter(([name, stat]) => before.get(name) !== stat)
      .map(([name]) => name)

    expect(rewritten).toContain('incidents/2026-11-03-number-3/index.html')
    expect(rewritten.filter((name) => name.startsWith('incidents/'))).toHaveLength(1)
    expect(report.written).toBe(rewritten.filter((name) => !name.startsWith('.')).length)
    expect(report.kept).toBeGreaterThan(38)
  })

  it('makes every page anew on which a correction shows', async () => {
    const root = worldFolder({
      'site.yaml': site,
      'components.yaml': components,
      ...incidents(3),
      ...measured,
    })
    const out = path.join(root, 'out')
    await buildSite(readWorld(root), { out, now, renderer })
    const words = ['The probe was wrong', 'The probe had no network']
    const pages = ['index.html', 'components/api/index.html', 'history/2026-11/index.html', 'status.json']
    for (const [round, reason] of words.entries()) {
      const before = stats(out)
      apply(root, { kind: 'correction', number: 1, words: reason, hours: -18, countsAs: 'operational' })
      await buildSite(readWorld(root), { out, now, renderer })
      const rewritten = pages.filter((name) => before.get(name) !== stats(out).get(name))
      expect(rewritten).toEqual(round === 0 ? pages : ['components/api/index.html'])
    }
    const page = readFileSync(path.join(out, 'components/api/index.html'), 'utf8')
    expect(page).toContain('The probe had no network.')
    expect(page).toContain('counted as operational')
    expect(readFileSync(path.join(out, 'status.json'), 'utf8')).toContain('"percent": 100')
  })

  it('does nothing at all when nothing changed', async () => {
    const root = worldFolder({ 'site.yaml': site, 'components.yaml': components, ...incidents(3) })
    const out = path.join(root, 'out')
    await buildSite(readWorld(root), { out, now, renderer })
    const before = stats(out)
    expect(await buildSite(readWorld(root), { out, now, renderer })).toMatchObject({
      written: 0,
      removed: 0,
      failed: [],
    })
    expect(stats(out)).toEqual(before)
  })

  it('takes the page of a removed incident away, and puts back one that somebody removed', async () => {
    const root = worldFolder({ 'site.yaml': site, 'components.yaml': components, ...incidents(2) })
    const out = path.join(root, 'out')
    await buildSite(readWorld(root), { out, now, renderer })
    rmSync(path.join(root, 'incidents/2026-11-01-number-1.md'))
    rmSync(path.join(out, 'incidents/2026-11-02-number-2'), { recursive: true })
    await buildSite(readWorld(root), { out, now, renderer })
    expect(readdirSync(path.join(out, 'incidents'))).toEqual(['2026-11-02-number-2'])
  })

  it('keeps the old page where the new one cannot be made, says why, and tries again next time', async () => {
    const root = worldFolder({ 'site.yaml': site, 'components.yaml': components, ...incidents(2) })
    const out = path.join(root, 'out')
    await buildSite(readWorld(root), { out, now, renderer })
    const place = path.join(out, 'incidents/2026-11-01-number-1/index.html')
    const before = readFileSync(place, 'utf8')
    const file = 'incidents/2026-11-01-number-1.md'
    writeFiles(root, { [file]: readFileSync(path.join(root, file), 'utf8').replace('again', 'better') })

    const failing: Renderer = {
      digest: renderer.digest,
      render: (route, view) =>
        route.includes('number-1') ? Promise.reject(new Error('no ink')) : renderer.render(route, view),
    }
    const report = await buildSite(readWorld(root), { out, now, renderer: failing })
    expect(report.failed).toEqual([{ path: 'incidents/2026-11-01-number-1/index.html', reason: 'no ink' }])
    expect(readFileSync(place, 'utf8')).toBe(before)

    await buildSite(readWorld(root), { out, now, renderer })
    expect(readFileSync(place, 'utf8')).toContain('better')
  })

  it('takes a page away whose last making failed', async () => {
    const root = worldFolder({ 'site.yaml': site, 'components.yaml': components, ...incidents(2) })
    const out = path.join(root, 'out')
    await buildSite(readWorld(root), { out, now, renderer })
    const file = path.join(root, 'incidents/2026-11-01-number-1.md')
    writeFileSync(file, readFileSync(file, 'utf8').replace('again', 'better'))
    const render = () => Promise.reject(new Error('no ink'))
    await buildSite(readWorld(root), { out, now, renderer: { digest: renderer.digest, render } })
    rmSync(file)
    await buildSite(readWorld(root), { out, now, renderer })
    expect(readdirSync(path.join(out, 'incidents'))).toEqual(['2026-11-02-number-2'])
  })
})

describe('a build that is killed', () => {
  let root: string
  beforeAll(() => {
    root = temporary()
    writeFiles(root, { 'site.yaml': site, 'components.yaml': components, ...incidents(150) })
  })
  afterAll(() => rmSync(root, { recursive: true, force: true }))

  it.each([0.1, 0.3, 0.5, 0.7, 0.9])('after %f of its files is completed by the next', async (share) => {
    const out = path.join(temporaryForTest(), 'out')
    await buildSite(readWorld(root), { out, now, renderer })
    const later = now + DAY
    writeFileSync(path.join(root, 'site.yaml'), site.replace('Acme', `Acme ${String(share)}`))
    await killedAfter(Math.floor(share * 150), root, out, later)
    // Back to what the interrupted build did not begin from: its half must not be taken for done.
    writeFileSync(path.join(root, 'site.yaml'), site)
    await buildSite(readWorld(root), { out, now, renderer })
    const full = path.join(temporaryForTest(), 'full')
    await buildSite(readWorld(root), { out: full, now, renderer })
    expect(filesOf(out)).toEqual(filesOf(full))
  })

  it('and never was finished leaves nothing behind of what is removed afterwards', async () => {
    const out = path.join(temporaryForTest(), 'out')
    await killedAfter(100, root, out, now)
    expect(readdirSync(path.join(out, 'incidents')).length).toBeGreaterThan(60)
    const fewer = worldFolder({ 'site.yaml': site, 'components.yaml': components, ...incidents(2) })
    // The one that clears up is killed as well.
    await killedAfter(1, fewer, out, now)
    await buildSite(readWorld(fewer), { out, now, renderer })
    const full = path.join(temporaryForTest(), 'full')
    await buildSite(readWorld(fewer), { out: full, now, renderer })
    expect(filesOf(out)).toEqual(filesOf(full))
  })

  it('while it notes what it is about to write has changed nothing', async () => {
    const out = path.join(temporaryForTest(), 'out')
    const few = worldFolder({ 'site.yaml': site, 'components.yaml': components, ...incidents(2) })
    await buildSite(readWorld(few), { out, now, renderer })
    writeFileSync(path.join(out, '.candor-build.unfinished.json'), '["index.ht')
    expect(await buildSite(readWorld(few), { out, now, renderer })).toMatchObject({ written: 0, removed: 0 })
  })
})

it('puts the page of a file with an odd name where the links to it lead', async () => {
  const root = worldFolder({
    'site.yaml': site,
    'components.yaml': components,
    'incidents/2026-11-20 café & co.md': incident(20, 'Odd', false, 'api'),
    'maintenance/2026-11-20 50% done.md':
      '---\ntitle: Odd work\nstarts: 2026-11-20T01:00:00Z\nduration: 2h\naffected: [web]\n---\n',
  })
  const out = path.join(root, 'out')
  expect((await buildSite(readWorld(root), { out, now, renderer })).failed).toEqual([])
  const history = readFileSync(path.join(out, 'history/2026-11/index.html'), 'utf8')
  const links = [...history.matchAll(/href="..\/..\/((?:incidents|maintenance)\/[^"]+)"/g)].map(
    ([, link = '']) => link,
  )
  expect(links).toHaveLength(2)
  for (const link of links)
    expect([...filesOf(out).keys()]).toContain(path.join(decodeURI(link), 'index.html'))
})

it('gives the same bytes for the same world at the same moment', async () => {
  const root = worldFolder({ 'site.yaml': site, 'components.yaml': components, ...incidents(5) })
  const [one, two] = [path.join(root, 'one'), path.join(root, 'two')]
  await buildSite(readWorld(root), { out: one, now, renderer })
  await buildSite(readWorld(root), { out: two, now, renderer })
  expect(filesOf(one)).toEqual(filesOf(two))
})

function apply(root: string, change: Edit): number {
  switch (change.kind) {
    case 'wait':
      return change.hours * HOUR
    case 'rename':
      writeFiles(root, {
        'components.yaml': components.replace('name: API', `name: ${JSON.stringify(change.name)}`),
      })
      return 0
    case 'remove':
      rmSync(path.join(root, nameOf(change.number)), { force: true })
      return 0
    case 'broken':
      writeFiles(root, { [nameOf(change.number)]: '---\ntitle: "Half\n---\n' })
      return 0
    case 'maintenance': {
      const starts = now + change.hours * HOUR
      writeFiles(root, {
        [`maintenance/2026-11-0${String(change.number)}-work.md`]: `---\ntitle: ${JSON.stringify(change.words)}\nstarts: ${iso(starts)}\nduration: 2h\naffected: [web]\n---\n`,
      })
      return 0
    }
    case 'correction': {
      const from = now + change.hours * HOUR
      writeFiles(root, {
        [`corrections/2026-11-0${String(change.number)}-probe.md`]: `---\ncomponent: api\nfrom: ${iso(from)}\nuntil: ${iso(from + HOUR)}\ncounts_as: ${change.countsAs}\n---\n\n${change.words}.\n`,
      })
      return 0
    }
    case 'incident':
      writeFiles(root, {
        [nameOf(change.number)]: incident(change.number, change.words, change.open, change.component),
      })
      return 0
  }
}

function nameOf(count: number): string {
  return `incidents/2026-11-0${String(count)}-number-${String(count)}.md`
}

function incident(day: number, text: string, open: boolean, component: string): string {
  const date = `2026-11-${String(((day - 1) % 20) + 1).padStart(2, '0')}`
  const end = open ? '' : `## ${date} 10:30 UTC resolved\n\nIt works again.\n\n`
  return `---\ntitle: ${JSON.stringify(text)}\nseverity: major\naffected: [${component}]\nstarted: ${date}T10:00:00Z\n---\n\n${end}## ${date} 10:05 UTC investigating\n\n${text.replaceAll(/[#\n\r]/g, ' ')}\n`
}

function incidents(count: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => {
      const day = String((index % 20) + 1).padStart(2, '0')
      return [
        `incidents/2026-11-${day}-number-${String(index + 1)}.md`,
        incident(index + 1, `Number ${String(index + 1)}`, false, 'api'),
      ]
    }),
  )
}

function filesOf(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(path.join(folder, name)).isFile(),
  )
  return new Map(names.sort().map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]))
}

function stats(folder: string): Map<string, string> {
  return new Map(
    [...filesOf(folder).keys()].map((name) => {
      const { ino, mtimeMs } = statSync(path.join(folder, name))
      return [name, `${String(ino)} ${String(mtimeMs)}`]
    }),
  )
}

/** Builds in another process, which kills itself, as the kernel would, while it makes its nth file. */
async function killedAfter(count: number, root: string, out: string, at: number): Promise<void> {
  const script = `
    import { buildSite } from ${JSON.stringify(path.join(projectRoot, 'src/site/build-site.ts'))}
    import { openRenderer } from ${JSON.stringify(path.join(projectRoot, 'src/site/renderer.ts'))}
    import { readWorld } from ${JSON.stringify(path.join(projectRoot, 'src/files/read-world.ts'))}
    const renderer = await openRenderer()
    let left = ${String(count)}
    const render = (route, view) => (left-- > 0 ? renderer.render(route, view) : process.kill(process.pid, 'SIGKILL'))
    await buildSite(readWorld(${JSON.stringify(root)}), { out: ${JSON.stringify(out)}, now: ${String(at)}, renderer: { digest: renderer.digest, render } })
  `
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'inherit' })
  const signal = await new Promise((resolve) => child.once('close', (_code, by) => resolve(by)))
  expect(signal).toBe('SIGKILL')
}

function temporary(): string {
  return mkdtempSync(path.join(tmpdir(), 'candor-build-'))
}

function temporaryForTest(): string {
  const folder = temporary()
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
