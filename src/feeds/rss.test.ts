import { expect, it } from 'vitest'
import { readWorld } from '../files/read-world.ts'
import { worldFolder } from '../testing/write-world.ts'
import { feedItems, rss } from './rss.ts'

const now = Date.parse('2026-11-21T12:00:00Z')

it('lists the newest update first, and those of one minute as their file does', () => {
  const incident = (title: string, ...updates: string[]) =>
    `---\ntitle: ${title}\nseverity: minor\nstarted: 2026-11-20T10:00:00Z\n---\n\n${updates.map((head) => `## 2026-11-20 ${head}\n\nWords.\n`).join('\n')}`
  const world = readWorld(
    worldFolder({
      'site.yaml': 'name: Acme\nurl: https://status.acme.example\n',
      'components.yaml': 'components: [{ id: api, name: API }]\n',
      'incidents/2026-11-20-one.md': incident(
        'One',
        '11:00 UTC resolved',
        '11:00 UTC monitoring',
        '10:05 UTC investigating',
      ),
      'incidents/2026-11-20-two.md': incident('Two', '11:30 UTC resolved', '10:05 UTC investigating'),
    }),
  )
  expect(feedItems(world, now).map(({ of, update }) => `${of.title} ${update.phase}`)).toEqual([
    'Two resolved',
    'One resolved',
    'One monitoring',
    'Two investigating',
    'One investigating',
  ])
})

it('says of an update that the probes wrote it, until a person stands behind it', async () => {
  const text = (automated: string) =>
    `---\ntitle: API down\nstarted: 2026-11-21T03:00:00Z\n---\n\n## 2026-11-21 03:00 UTC investigating\n${automated}\nChecks fail.\n`
  const feedOf = async (automated: string) => {
    const files = {
      'site.yaml': 'name: Acme\nurl: https://a.example\n',
      'components.yaml': 'components: []\n',
    }
    const world = readWorld(worldFolder({ ...files, 'incidents/2026-11-21-api.md': text(automated) }))
    return rss(world, feedItems(world, now))
  }
  expect(await feedOf('automated: true\n')).toContain(
    'Checks fail. (written by the probes, not yet confirmed by a person)',
  )
  expect(await feedOf('')).not.toContain('probes')
})

it('holds what was said by now, however much is written for later', () => {
  const files = { 'site.yaml': 'name: Acme\nurl: https://a.example\n', 'components.yaml': 'components: []\n' }
  const later = Object.fromEntries(
    Array.from({ length: 120 }, (_, index) => [
      `incidents/2027-01-01-${String(index)}.md`,
      '---\ntitle: Later\nstarted: 2027-01-01T00:00:00Z\n---\n\n## 2027-01-01 00:00 UTC investigating\n\nLater.\n',
    ]),
  )
  const said =
    '---\ntitle: Now\nstarted: 2026-11-21T03:00:00Z\n---\n\n## 2026-11-21 03:00 UTC investigating\n\nNow.\n'
  const world = readWorld(worldFolder({ ...files, ...later, 'incidents/2026-11-21-now.md': said }))
  expect(feedItems(world, now).map(({ of }) => of.title)).toEqual(['Now'])
})
