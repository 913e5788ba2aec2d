import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { stringify } from 'yaml'
import type { WorldDraft } from '../model/draft.ts'
import { siteSchema } from '../model/site.ts'
import { componentsSchema } from '../model/component.ts'
import { writeFileAtomic } from './atomic-write.ts'
import { writeIncident, writeMaintenance } from './write-incident.ts'

/** The folder already holds something that a new world would overwrite. */
export class NotEmptyError extends Error {}

/**
 * Writes a new world into a folder, which is made where there is none. Answers the files written, relative to it.
 * `origin` says in one line where the world comes from; it stands as a comment in the files that people will edit.
 * @throws {NotEmptyError} before anything is written, when a file of the new world is already there
 */
export function writeWorld(root: string, draft: WorldDraft, origin: string): string[] {
  const files = filesOf(draft, origin)
  refuseToOverwrite(root, [...files.keys()])
  for (const folder of ['incidents', 'maintenance']) mkdirSync(join(root, folder), { recursive: true })
  // Not waited for one by one: when the machine stops half-way, the import is simply made again.
  for (const [file, text] of files) writeFileAtomic(join(root, file), text, { durable: false })
  return [...files.keys()]
}

/** Every file of a world and its text. What the draft says must be readable before anything is written. */
function filesOf(draft: WorldDraft, origin: string): Map<string, string> {
  siteSchema.parse(draft.site)
  const { groups, components } = draft
  componentsSchema.parse({ groups, components })
  const files = new Map([
    ['site.yaml', `${comment([...origins(origin), ...siteHints])}${yaml(draft.site)}`],
    [
      'components.yaml',
      `${comment([...origins(origin), ...componentHints])}${yaml({ ...(groups.length > 0 && { groups }), components })}`,
    ],
  ])
  const add = (folder: string, id: string, text: string) => {
    const file = `${folder}/${id}.md`
    if (!/^[a-z0-9][a-z0-9-]{0,150}$/.test(id)) throw new Error(`"${id}" cannot be the name of a file`)
    if (files.has(file)) throw new Error(`${file} would be written twice`)
    files.set(file, text)
  }
  for (const { id, head, updates } of draft.incidents) add('incidents', id, writeIncident(head, updates))
  for (const { id, head, updates } of draft.maintenance)
    add('maintenance', id, writeMaintenance(head, updates))
  return files
}

function refuseToOverwrite(root: string, files: string[]): void {
  if (existsSync(root) && !statSync(root).isDirectory())
    throw new NotEmptyError(`${root} is a file. Give a new folder, such as ${join(dirname(root), 'status')}.`)
  const there = files.filter((file) => existsSync(join(root, file)))
  if (there.length === 0) return
  const some = there.slice(0, 3).join(', ')
  const more = there.length > 3 ? ` and ${String(there.length - 3)} more` : ''
  throw new NotEmptyError(
    `${root} already holds ${some}${more}, and nothing is overwritten. Give a new folder, or move these away first.`,
  )
}

function origins(origin: string): string[] {
  return [`Imported from ${origin}.`]
}

const siteHints = ['Check the name and the address: feeds and links are built from it.']
const componentHints = [
  'The names are those that the entries use. Rename, group and describe them as you like; the ids stand in the entries.',
  'Nothing is measured yet: give a component a check to change that.',
]

function comment(lines: string[]): string {
  return lines.map((line) => `# ${line.replace(/\p{Cc}+/gu, ' ')}\n`).join('')
}

function yaml(data: unknown): string {
  return stringify(data, { lineWidth: 0 })
}
