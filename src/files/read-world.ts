import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync, type Stats } from 'node:fs'
import path from 'node:path'
import type { Text } from '../model/incident.ts'
import type { Problem } from '../model/problem.ts'
import type { Instant } from '../model/time.ts'
import type { World } from '../model/world.ts'
import { openContentCache, type CachedFile, type ContentCache } from './content-cache.ts'
import { readHistory } from './history-store.ts'
import { readLive } from './live-store.ts'
import { readIncident } from './read-incident.ts'
import { readMaintenance } from './read-maintenance.ts'
import { readComponents, readSite } from './read-settings.ts'

/** A folder that is no world: there is nothing to show. */
export class NoWorldError extends Error {}

/** A status update is a page of text. What is larger is something else, and is not read. */
const LARGEST_FILE = 1_000_000

/**
 * Reads a world. Whatever stands in its files, it answers: problems are data, and the rest is there.
 * With `cache`, facts of unchanged files are remembered in `<root>/.candor`.
 * @throws {NoWorldError} when the folder holds neither `site.yaml` nor `components.yaml`
 */
export function readWorld(root: string, options: { cache?: { key: string; now: Instant } } = {}): World {
  const settings = { site: readText(root, 'site.yaml'), components: readText(root, 'components.yaml') }
  if (settings.site === undefined && settings.components === undefined)
    throw new NoWorldError(
      `${root} holds neither site.yaml nor components.yaml: it is no world. Give its folder with --root.`,
    )
  const { site, problems: siteProblems } = readSite(settings.site ?? '')
  const { groups, components, problems: componentProblems } = readComponents(settings.components ?? '')
  const ids = new Set(components.map(({ id }) => id))

  const key = options.cache && sha(`${options.cache.key}\n${[...ids].join('\n')}`)
  const cache =
    options.cache && key !== undefined ? openContentCache(root, key, options.cache.now) : undefined
  const texts = new Map<string, Text>()
  const read = (file: string): CachedFile => readContent(root, file, ids, cache, texts)
  const files = [...contentFiles(root, 'incidents'), ...contentFiles(root, 'maintenance')]
  const contents = files.map(read)
  cache?.save(new Set(files))

  const { history, problems: historyProblems } = readHistory(root)
  const { live, problems: liveProblems } = readLive(root)
  return {
    site,
    groups,
    components,
    incidents: contents.flatMap(({ facts }) => facts.incident ?? []).sort(newestFirst),
    maintenance: contents.flatMap(({ facts }) => facts.maintenance ?? []).sort(soonestLast),
    unread: contents.flatMap(({ facts }) => facts.unread ?? []),
    history,
    live,
    problems: [
      ...siteProblems,
      ...componentProblems,
      ...contents.flatMap(({ problems }) => problems),
      ...clashes(files),
      ...historyProblems,
      ...liveProblems,
    ],
    textOf: ({ file }) => texts.get(file) ?? readAgain(root, file, ids, texts),
  }
}

function readContent(
  root: string,
  file: string,
  components: ReadonlySet<string>,
  cache: ContentCache | undefined,
  texts: Map<string, Text>,
): CachedFile {
  const stat = statSync(path.join(root, file))
  const known = cache?.get(file, stat)
  if (known) return known
  const { text, problems, ...facts } = readFile(root, file, stat, components)
  texts.set(file, text)
  const entry = { size: stat.size, mtimeMs: stat.mtimeMs, ctimeMs: stat.ctimeMs, facts, problems }
  cache?.set(file, entry)
  return entry
}

function readFile(root: string, file: string, stat: Stats, components: ReadonlySet<string>) {
  const bytes = stat.size > LARGEST_FILE ? Buffer.alloc(0) : readFileSync(path.join(root, file))
  const source = bytes.toString('utf8')
  const read = file.startsWith('maintenance/') ? readMaintenance : readIncident
  const unreadable = unreadableReason(stat.size, bytes)
  if (unreadable === undefined) return read(source, file, sha(bytes), components)
  const problem: Problem = { level: 'error', file, line: 1, column: 1, message: unreadable }
  return { ...read('', file, sha(`${String(stat.size)} ${sha(bytes)}`), components), problems: [problem] }
}

function unreadableReason(size: number, bytes: Buffer): string | undefined {
  if (size > LARGEST_FILE)
    return `the file is ${(size / 1e6).toFixed(1)} MB; an incident is text of at most ${String(LARGEST_FILE / 1e6)} MB`
  if (bytes.includes(0)) return 'the file is binary; an incident is text in UTF-8'
  if (size === 0) return 'the file is empty'
  return undefined
}

/** The words of a file whose facts were remembered. A file that has gone since has none. */
function readAgain(
  root: string,
  file: string,
  components: ReadonlySet<string>,
  texts: Map<string, Text>,
): Text {
  const stat = statSync(path.join(root, file), { throwIfNoEntry: false })
  const text = stat
    ? readFile(root, file, stat, components).text
    : { intro: { html: '', plain: '' }, updates: [], sections: [] }
  texts.set(file, text)
  return text
}

const TRANSLATION = /\.[a-z]{2,3}(?:-[A-Za-z]{2,4})?\.md$/

function contentFiles(root: string, folder: string): string[] {
  return names(path.join(root, folder))
    .filter(
      (name) =>
        name.endsWith('.md') && !name.startsWith('.') && name !== 'README.md' && !TRANSLATION.test(name),
    )
    .sort()
    .map((name) => `${folder}/${name}`)
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Two names that differ only in case are one address on many disks and hosts. */
function clashes(files: string[]): Problem[] {
  const seen = new Map<string, string>()
  return files.flatMap((file): Problem[] => {
    const first = seen.get(file.toLowerCase())
    seen.set(file.toLowerCase(), first ?? file)
    if (first === undefined) return []
    return [
      {
        level: 'error',
        file,
        line: 1,
        column: 1,
        message: `its address is the same as that of ${first}; rename one`,
        found: file,
      },
    ]
  })
}

function newestFirst(a: { startedAt: Instant; id: string }, b: { startedAt: Instant; id: string }): number {
  return b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1)
}

function soonestLast(a: { startsAt: Instant; id: string }, b: { startsAt: Instant; id: string }): number {
  return b.startsAt - a.startsAt || (a.id < b.id ? 1 : -1)
}

function readText(root: string, file: string): string | undefined {
  try {
    return readFileSync(path.join(root, file), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function sha(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 32)
}
