import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildSite } from '../site/build-site.ts'
import { openRenderer } from '../site/renderer.ts'
import { readWorld } from '../files/read-world.ts'
import { writeFiles } from './write-world.ts'

const now = Date.parse('2026-11-21T04:00:00Z')
const incident = (title: string, start: string, more = '') =>
  `---\ntitle: ${title}\nseverity: major\naffected: [api]\nstarted: 2026-11-${start}T10:00:00Z\n${more}---\n`

const root = mkdtempSync(path.join(tmpdir(), 'candor-incidents-'))
const out = path.join(root, 'out')
afterAll(() => rmSync(root, { recursive: true, force: true }))
beforeAll(async () => {
  writeFiles(root, {
    'site.yaml': 'name: Acme\nurl: https://status.acme.example\n',
    'components.yaml': 'components: [{ id: api, name: API }]\n',
    'incidents/2026-11-16-over.md': incident('Over', '16', 'resolved: 2026-11-16T11:00:00Z\n'),
    'incidents/2026-11-17-open.md': incident('Open', '17'),
    'incidents/2026-11-18-merged.md': incident('Merged', '18', 'merged_into: 2026-11-17-open\n'),
    'incidents/2026-11-19-retracted.md': incident('Retracted', '19', 'retracted: It was us.\n'),
    'incidents/2026-11-20-announced.md': incident('Announced', '20', 'announcement: true\n'),
  })
  await buildSite(readWorld(root), { out, now, renderer: await openRenderer() })
}, 120_000)

it.each([
  ['2026-11-16-over', true],
  ['2026-11-17-open', false],
  ['2026-11-18-merged', false],
  ['2026-11-19-retracted', false],
  ['2026-11-20-announced', false],
])('the page of %s bears the mark of what is well: %s', (id, well) => {
  expect(/<title>✓/.test(page(`incidents/${id}`))).toBe(well)
})

it('a line of an incident that goes on as another says so and no phase', () => {
  const [line = ''] =
    /<div class="line">(?:(?!<div class="line">)[^])*Merged[^]*?<\/p>/.exec(page('history/2026-11')) ?? []
  expect(line).toContain('Continued in <a href="../../incidents/2026-11-17-open/">2026-11-17-open</a>')
  expect(line).not.toContain('Investigating')
})

it('a component names the incident that counts as what declared its state', () => {
  const [signals = ''] = /<ul class="signals">[^]*?<\/ul>/.exec(page('components/api')) ?? []
  expect(signals).toContain('Open')
  expect(signals).not.toMatch(/Merged|Retracted|Announced/)
})

function page(route: string): string {
  return readFileSync(path.join(out, route, 'index.html'), 'utf8')
}
