import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { projectRoot } from '../site/source-digest.ts'

/**
 * The map of the house, as docs/architecture.md draws it: which room may import from which. `types` may be imported as
 * types only. Tests and what helps them (`testing`) may import anything.
 */
const rooms: Record<string, { may: string[]; types?: string[]; packages?: RegExp }> = {
  model: { may: [], packages: /^zod$/ },
  files: { may: ['model'] },
  derive: { may: ['model'], packages: /^node:crypto$/ },
  feeds: { may: ['model', 'derive', 'i18n'] },
  forge: { may: ['model', 'files'] },
  import: { may: ['model'] },
  i18n: { may: ['model'], types: ['derive'] },
  components: { may: ['model', 'i18n', 'layouts', 'styles'], types: ['derive'] },
  layouts: { may: ['model', 'i18n', 'components', 'styles'], types: ['derive'] },
  styles: { may: [] },
  pages: { may: ['model', 'i18n', 'components', 'layouts', 'styles'], types: ['derive'] },
  site: { may: ['model', 'derive', 'feeds'] },
  checks: { may: ['model'] },
  scripts: { may: ['model', 'files', 'derive', 'feeds', 'forge', 'import', 'site', 'checks', 'i18n'] },
}

const sources = ['src', 'checks', 'scripts'].flatMap((top) =>
  readdirSync(path.join(projectRoot, top), { recursive: true, encoding: 'utf8' })
    .map((name) => path.posix.join(top, name.split(path.sep).join('/')))
    .filter((name) => /\.(?:ts|astro|js)$/.test(name) && !/\.test\.ts$|\.d\.ts$/.test(name))
    .filter((name) => !/(?:^|\/)testing\//.test(name)),
)

it.each(Object.keys(rooms))('%s imports only what the map allows', (room) => {
  const own = sources.filter((name) => roomOf(name) === room)
  expect(own.flatMap((name) => broken(name, readFileSync(path.join(projectRoot, name), 'utf8')))).toEqual([])
})

it('has no room that is not on the map', () => {
  expect([...new Set(sources.map(roomOf))].filter((room) => !(room in rooms))).toEqual([])
})

it.each([
  ['src/model/x.ts', `import { readWorld } from '../files/read-world.ts'`],
  ['src/model/x.ts', `import fs from 'node:fs'`],
  ['src/derive/x.ts', `import { en } from '../i18n/en.ts'`],
  ['src/derive/x.ts', `const { x } = await import('../files/y.ts')`],
  ['src/derive/x.ts', `export { x } from '../forge/y.ts'`],
  ['src/components/X.astro', `import { homeView } from '../derive/home-view.ts'`],
  ['checks/x.ts', `import { say } from '../scripts/say.ts'`],
  ['src/files/x.ts', `import { x } from '../testing/y.ts'`],
])('would notice in %s: %s', (name, text) => {
  expect(broken(name, text)).toHaveLength(1)
})

it('lets a component import a type of what it is given', () => {
  expect(broken('src/components/X.astro', `import type { HomeView } from '../derive/views.ts'`)).toEqual([])
})

const IMPORT =
  /\b(?:import|export)\b(?<type>\s+type\b)?[^'"`;]*?\bfrom\s*['"](?<from>[^'"]+)['"]|\bimport\s*\(?\s*['"](?<bare>[^'"]+)['"]/g

function broken(name: string, text: string): string[] {
  const rules = rooms[roomOf(name)]
  return [...text.matchAll(IMPORT)].flatMap(({ groups }) => {
    const target = groups?.['from'] ?? groups?.['bare'] ?? ''
    if (!target.startsWith('.')) {
      return rules?.packages && !rules.packages.test(target) ? [`${name} imports ${target}`] : []
    }
    const room = roomOf(path.posix.join(path.posix.dirname(name), target))
    const onlyTypes = groups?.['type'] !== undefined
    const allowed =
      room === roomOf(name) || rules?.may.includes(room) || (onlyTypes && rules?.types?.includes(room))
    return allowed === true ? [] : [`${name} imports ${target}`]
  })
}

function roomOf(name: string): string {
  const [top = '', room = ''] = name.split('/')
  return top === 'src' ? (room.includes('.') ? 'src' : room) : top
}
