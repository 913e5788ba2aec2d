import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { WorldDraft } from '../model/draft.ts'
import { parseInstant } from '../model/time.ts'
import { readWorld } from './read-world.ts'
import { NotEmptyError, writeWorld } from './write-world.ts'

const at = parseInstant('2030-05-01T10:00:00Z') ?? 0
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'write-world-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

it('a world that is written is read back, without a problem', () => {
  const root = path.join(folder, 'new', 'world')
  expect(writeWorld(root, draft, 'a test')).toEqual([
    'site.yaml',
    'components.yaml',
    'incidents/2030-05-01-slow.md',
    'maintenance/2030-05-01-move.md',
  ])
  const world = readWorld(root)
  expect(world.problems).toEqual([])
  expect(world.site).toMatchObject({ name: 'Yes: a "name" # here', url: 'https://status.forge.test' })
  expect(world.groups.map(({ id }) => id)).toEqual(['core'])
  expect(world.components.map(({ id, name, group }) => [id, name, group])).toEqual([['api', 'API', 'core']])
  expect(world.incidents.map(({ id, affected }) => [id, affected])).toEqual([
    ['2030-05-01-slow', { api: 'degraded' }],
  ])
  expect(world.maintenance.map(({ id }) => id)).toEqual(['2030-05-01-move'])
})

it('the settings say where they come from, on one line', () => {
  writeWorld(folder, draft, 'a file\nname: Forged')
  for (const file of ['site.yaml', 'components.yaml'])
    expect(readFileSync(path.join(folder, file), 'utf8').split('\n')[0]).toBe(
      '# Imported from a file name: Forged.',
    )
})

it('what is already there is not overwritten, and nothing is written', () => {
  mkdirSync(path.join(folder, 'incidents'))
  writeFileSync(path.join(folder, 'incidents/2030-05-01-slow.md'), 'mine')
  expect(() => writeWorld(folder, draft, 'a test')).toThrow(
    /already holds incidents\/2030-05-01-slow\.md, and nothing is overwritten/,
  )
  expect(readdirSync(folder)).toEqual(['incidents'])
  expect(readFileSync(path.join(folder, 'incidents/2030-05-01-slow.md'), 'utf8')).toBe('mine')
})

it('a folder that holds only other things is taken, and they stay', () => {
  writeFileSync(path.join(folder, 'README.md'), 'mine')
  writeWorld(folder, draft, 'a test')
  expect(readFileSync(path.join(folder, 'README.md'), 'utf8')).toBe('mine')
  expect(readWorld(folder).incidents).toHaveLength(1)
})

it('a file in the place of the folder is refused', () => {
  const file = path.join(folder, 'file')
  writeFileSync(file, '')
  expect(() => writeWorld(file, draft, 'a test')).toThrow(NotEmptyError)
})

it.each(['../escape', 'a/b', '', 'UPPER', 'a.de'])('the id %j is no name of a file', (id) => {
  const [incident] = draft.incidents
  const root = path.join(folder, 'world')
  const write = () =>
    writeWorld(root, { ...draft, incidents: incident ? [{ ...incident, id }] : [] }, 'a test')
  expect(write).toThrow(/cannot be the name of a file/)
  expect(existsSync(root)).toBe(false)
})

it('the same id twice is refused', () => {
  const twice = { ...draft, incidents: [...draft.incidents, ...draft.incidents] }
  expect(() => writeWorld(folder, twice, 'a test')).toThrow(/would be written twice/)
})

const draft: WorldDraft = {
  site: { name: 'Yes: a "name" # here', url: 'https://status.forge.test' },
  groups: [{ id: 'core', name: 'Core' }],
  components: [{ id: 'api', name: 'API', group: 'core' }],
  incidents: [
    {
      id: '2030-05-01-slow',
      head: { title: 'Slow', severity: 'minor', affected: { api: 'degraded' }, startedAt: at },
      updates: [{ at, phase: 'investigating', text: 'Looking.' }],
    },
  ],
  maintenance: [
    {
      id: '2030-05-01-move',
      head: { title: 'Move', affected: { api: 'under_maintenance' }, startsAt: at, endsAt: at },
      updates: [],
    },
  ],
}
