import { readdirSync, statSync, type Dirent } from 'node:fs'
import path from 'node:path'
import type { Text } from '../model/incident.ts'
import type { Problem } from '../model/problem.ts'
import type { Instant } from '../model/time.ts'
import type { World } from '../model/world.ts'
import { openContentCache } from './content-cache.ts'
import { readHistory } from './history-store.ts'
import { readLive } from './live-store.ts'
import { readMetricHistory } from './metrics-store.ts'
import { mendMerges } from './merges.ts'
import { NoWorldError } from './no-world-error.ts'
import { readBytes, readContent, sha, type Content } from './read-content.ts'
import { readContents } from './read-contents.ts'
import { correctionProblems } from './read-correction.ts'
import { isSafelyNamed } from './read-incident.ts'
import { readComponents, readSite } from './read-settings.ts'

/**
 * Reads a world. Whatever stands in its files, it answers: problems are data, and the rest is there.
 * With `cache`, facts of unchanged files are remembered in `<root>/.candor`.
 * @throws {NoWorldError} when the folder holds neither `site.yaml` nor `components.yaml`
 */
export function readWorld(root: string, options: ReadOptions = {}): World {
  const begun = begin(root, options)
  return finish(
    begun,
    begun.anew.map((file) => readContent(root, file, begun.ids)),
  )
}

/** Does the same with the help of threads, where much has to be read anew: Markdown is most of the time of a first build. */
export async function readWorldInThreads(root: string, options: ReadOptions = {}): Promise<World> {
  const begun = begin(root, options)
  return finish(begun, await readContents(root, begun.anew, begun.ids))
}

export interface ReadOptions {
  /** `key` names the code that reads; `now` is when. */
  cache?: { key: string; now: Instant }
}

/** Reads the settings, and finds out which files have to be read anew. */
function begin(root: string, options: ReadOptions) {
  const settings = {
    site: readSettingsFile(root, 'site.yaml'),
    components: readSettingsFile(root, 'components.yaml'),
  }
  if (settings.site === undefined && settings.components === undefined)
    throw new NoWorldError(
      `${root} holds neither site.yaml nor components.yaml: it is no world. Give its folder with --root.`,
    )
  const site = readSite(settings.site?.source ?? '')
  const places = site.site.vantage_points
  const components = readComponents(settings.components?.source ?? '', places, 'components.yaml', { root })
  const ids = new Set(components.components.map(({ id }) => id))

  const key = options.cache && sha(`${options.cache.key}\n${[...ids].join('\n')}`)
  const cache =
    options.cache && key !== undefined ? openContentCache(root, key, options.cache.now) : undefined
  const folders = ['incidents', 'maintenance', 'corrections'].map((folder) => contentFiles(root, folder))
  const files = folders.flatMap((folder) => folder.files)
  // Looked at before they are read: a file that changes in between will look different next time.
  const stats = new Map(
    cache && files.map((file) => [file, statSync(`${root}/${file}`, { throwIfNoEntry: false })]),
  )
  const known = new Map(files.map((file) => [file, cache?.get(file, stats.get(file))]))
  const anew = files.filter((file) => known.get(file) === undefined)
  const problems = [
    ...(settings.site?.problems ?? []),
    ...(settings.site?.unreadable === true ? [] : site.problems),
    ...(settings.components?.problems ?? []),
    ...(settings.components?.unreadable === true ? [] : components.problems),
    ...folders.flatMap((folder) => folder.problems),
  ]
  return { root, site: site.site, components, ids, cache, files, stats, known, anew, problems }
}

/** Puts together what was remembered and what was read anew. */
function finish(begun: ReturnType<typeof begin>, read: Content[]): World {
  const { root, ids, cache, files, stats, known } = begun
  const texts = new Map(read.map(({ file, text }) => [file, text]))
  const anew = new Map(read.map((content) => [content.file, content]))
  const contents = files.flatMap((file) => anew.get(file) ?? known.get(file) ?? [])
  for (const { file, facts, problems } of read) {
    const stat = stats.get(file)
    if (stat) cache?.set(file, stat, { facts, problems })
  }
  cache?.save(new Set(files))
  const textOf = (file: string): Text => {
    const text = texts.get(file) ?? readContent(root, file, ids).text
    texts.set(file, text)
    return text
  }

  const merged = mendMerges(root, withOwnIds(contents.flatMap(({ facts }) => facts.incident ?? [])))
  const { history, problems: historyProblems } = readHistory(root)
  const { metrics, problems: metricProblems } = readMetricHistory(root)
  const { live, problems: liveProblems } = readLive(root)
  // In the order of their names, as the files are.
  const corrections = contents.flatMap(({ facts }) => facts.correction ?? [])
  return {
    site: begun.site,
    groups: begun.components.groups,
    components: begun.components.components,
    incidents: merged.incidents.sort(newestFirst),
    corrections,
    maintenance: withOwnIds(contents.flatMap(({ facts }) => facts.maintenance ?? [])).sort(soonestLast),
    unread: contents.flatMap(({ facts }) => facts.unread ?? []),
    history,
    metrics,
    live,
    problems: [
      ...begun.problems,
      ...contents.flatMap(({ problems }) => problems),
      ...merged.problems,
      ...correctionProblems(corrections, begun.components.components, history),
      ...clashes(files),
      ...historyProblems,
      ...metricProblems,
      ...liveProblems,
    ],
    textOf: ({ file }) => textOf(file),
  }
}

interface SettingsFile {
  source: string
  unreadable: boolean
  problems: Problem[]
}

/** `undefined` when there is no such file: one of the two may be left out. */
function readSettingsFile(root: string, file: string): SettingsFile | undefined {
  const bytes = readBytes(root, file)
  if ('source' in bytes) return { source: bytes.source, unreadable: false, problems: bytes.problems }
  if (bytes.missing) return undefined
  const problem: Problem = { level: 'error', file, line: 1, column: 1, message: bytes.unreadable }
  return { source: '', unreadable: true, problems: [problem] }
}

const TRANSLATION = /\.[a-z]{2,3}(?:-[A-Za-z]{2,4})?\.md$/

/** The entries of a folder, and what stands there that looks like one and is none. */
function contentFiles(root: string, folder: string): { files: string[]; problems: Problem[] } {
  const { entries, problems } = entriesOf(root, folder)
  const named = entries.filter(
    ({ name }) => name.endsWith('.md') && !name.startsWith('.') && name !== 'README.md',
  )
  const there = new Set(named.map(({ name }) => name))
  const own = named.filter(
    ({ name }) => !TRANSLATION.test(name) || !there.has(name.replace(TRANSLATION, '.md')),
  )
  const odd = own
    .filter((entry) => !entry.isFile())
    .map(({ name }): Problem => {
      const message = 'this is a folder or a link; an entry must be a file of its own'
      return { level: 'error', file: `${folder}/${name}`, line: 1, column: 1, message }
    })
  const files = own.filter((entry) => entry.isFile()).map(({ name }) => `${folder}/${name}`)
  return { files: files.sort(), problems: [...problems, ...odd] }
}

function entriesOf(root: string, folder: string): { entries: Dirent[]; problems: Problem[] } {
  try {
    return { entries: readdirSync(path.join(root, folder), { withFileTypes: true }), problems: [] }
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return { entries: [], problems: [] }
    const message = `the folder cannot be read (${code})`
    return { entries: [], problems: [{ level: 'error', file: folder, line: 1, column: 1, message }] }
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

/** Gives names that an address cannot carry addresses that no other file has. */
function withOwnIds<T extends { id: string; file: string }>(entries: T[]): T[] {
  if (entries.every(({ file }) => isSafelyNamed(file))) return entries
  const named = entries.filter(({ file }) => isSafelyNamed(file))
  const taken = new Set(named.map(({ id }) => id.toLowerCase()))
  return entries.map((entry) => {
    if (isSafelyNamed(entry.file)) return entry
    let id = entry.id
    for (let next = 2; taken.has(id.toLowerCase()); next++) id = `${entry.id}-${String(next)}`
    taken.add(id.toLowerCase())
    return { ...entry, id }
  })
}

function newestFirst(a: { startedAt: Instant; id: string }, b: { startedAt: Instant; id: string }): number {
  return b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1)
}

function soonestLast(a: { startsAt: Instant; id: string }, b: { startsAt: Instant; id: string }): number {
  return b.startsAt - a.startsAt || (a.id < b.id ? 1 : -1)
}
