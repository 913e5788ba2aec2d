import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync, type Dirent } from 'node:fs'
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
  const settings = {
    site: readSettingsFile(root, 'site.yaml'),
    components: readSettingsFile(root, 'components.yaml'),
  }
  if (settings.site === undefined && settings.components === undefined)
    throw new NoWorldError(
      `${root} holds neither site.yaml nor components.yaml: it is no world. Give its folder with --root.`,
    )
  const { site, problems: siteProblems } = readSite(settings.site?.source ?? '')
  const {
    groups,
    components,
    problems: componentProblems,
  } = readComponents(settings.components?.source ?? '')
  const ids = new Set(components.map(({ id }) => id))

  const key = options.cache && sha(`${options.cache.key}\n${[...ids].join('\n')}`)
  const cache =
    options.cache && key !== undefined ? openContentCache(root, key, options.cache.now) : undefined
  const texts = new Map<string, Text>()
  const folders = ['incidents', 'maintenance'].map((folder) => contentFiles(root, folder))
  const files = folders.flatMap((folder) => folder.files)
  const contents = files.map((file) => readContent(root, file, ids, cache, texts))
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
      ...(settings.site?.problems ?? []),
      ...(settings.site?.unreadable === true ? [] : siteProblems),
      ...(settings.components?.problems ?? []),
      ...(settings.components?.unreadable === true ? [] : componentProblems),
      ...folders.flatMap(({ problems }) => problems),
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
  const stat = statSync(path.join(root, file), { throwIfNoEntry: false })
  const known = stat && cache?.get(file, stat)
  if (known) return known
  const { text, problems, ...facts } = readFile(root, file, components)
  texts.set(file, text)
  const { size = 0, mtimeMs = 0, ctimeMs = 0 } = stat ?? {}
  const entry = { size, mtimeMs, ctimeMs, facts, problems: firstOf(problems) }
  if (stat) cache?.set(file, entry)
  return entry
}

function readFile(root: string, file: string, components: ReadonlySet<string>) {
  const bytes = readBytes(root, file)
  const read = file.startsWith('maintenance/') ? readMaintenance : readIncident
  if ('unreadable' in bytes) {
    const problem: Problem = { level: 'error', file, line: 1, column: 1, message: bytes.unreadable }
    return { ...read('', file, sha(bytes.unreadable), components), problems: [problem] }
  }
  const { problems, ...rest } = read(bytes.source, file, bytes.digest, components)
  return { ...rest, problems: [...bytes.problems, ...problems] }
}

type Bytes =
  { source: string; digest: string; problems: Problem[] } | { unreadable: string; missing: boolean }

/** Reads a file that should be text of a sensible size. */
function readBytes(root: string, file: string): Bytes {
  let bytes: Buffer
  try {
    const { size } = statSync(path.join(root, file))
    if (size > LARGEST_FILE) {
      const [found, most] = [size, LARGEST_FILE].map((length) => (length / 1e6).toFixed(1))
      return {
        unreadable: `the file is ${found ?? ''} MB; it should be text of at most ${most ?? ''} MB`,
        missing: false,
      }
    }
    bytes = readFileSync(path.join(root, file))
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException
    return { unreadable: `the file cannot be read (${code})`, missing: code === 'ENOENT' }
  }
  if (bytes.length === 0) return { unreadable: 'the file is empty', missing: false }
  if (bytes.includes(0))
    return { unreadable: 'the file is binary; it should be text in UTF-8', missing: false }
  const source = bytes.toString('utf8')
  return { source, digest: sha(bytes), problems: isUtf8(bytes) ? [] : [notUtf8(source, file)] }
}

function notUtf8(source: string, file: string): Problem {
  const before = source.slice(0, source.indexOf('\uFFFD')).split('\n')
  return {
    level: 'error',
    file,
    line: before.length,
    column: (before.at(-1) ?? '').length + 1,
    message: 'the file is not in UTF-8; what cannot be read is shown as \uFFFD',
    found: source.split('\n')[before.length - 1]?.trim().slice(0, 120) ?? '',
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

/** Nobody mends more at once. */
const MOST_PROBLEMS = 100

function firstOf(problems: Problem[]): Problem[] {
  const next = problems[MOST_PROBLEMS]
  if (!next) return problems
  const message = `${String(problems.length - MOST_PROBLEMS)} more problems from here on`
  const { level, file, line, column } = next
  return [...problems.slice(0, MOST_PROBLEMS), { level, file, line, column, message }]
}

/** The words of a file whose facts were remembered. A file that has gone since has none. */
function readAgain(
  root: string,
  file: string,
  components: ReadonlySet<string>,
  texts: Map<string, Text>,
): Text {
  const { text } = readFile(root, file, components)
  texts.set(file, text)
  return text
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

function newestFirst(a: { startedAt: Instant; id: string }, b: { startedAt: Instant; id: string }): number {
  return b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1)
}

function soonestLast(a: { startsAt: Instant; id: string }, b: { startsAt: Instant; id: string }): number {
  return b.startsAt - a.startsAt || (a.id < b.id ? 1 : -1)
}

function sha(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 32)
}
