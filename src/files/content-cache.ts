import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Correction } from '../model/correction.ts'
import type { Incident, UnreadFile } from '../model/incident.ts'
import type { Maintenance } from '../model/maintenance.ts'
import type { Problem } from '../model/problem.ts'

/** What is remembered of a file. */
export interface CachedFile {
  facts: { incident?: Incident; maintenance?: Maintenance; correction?: Correction; unread?: UnreadFile }
  problems: Problem[]
}

/**
 * Remembers the facts of files between two readings, so that reading grows with what changed. Holds no bodies: those
 * are read again from the file, by the few pages that show them. A cache that cannot be read is an empty one.
 */
export interface ContentCache {
  /** What was read of a file that still looks the same. `look` is absent for a file that is gone. */
  get: (file: string, look: Look | undefined) => CachedFile | undefined
  set: (file: string, look: Look, content: CachedFile) => void
  /** Writes it, when anything changed. `kept` are the files that there are. */
  save: (kept: ReadonlySet<string>) => void
}

/** `key` names everything else that the facts depend on: the code that read them and the components there are. */
export function openContentCache(root: string, key: string, now: number): ContentCache {
  const place = path.join(root, '.candor', 'content.ndjson')
  const batches = load(place, key)
  const anew = new Map<string, Entry>()
  return {
    get: (file, look) => {
      const batch = batches.find(({ files }) => files.has(file))
      const entry = batch?.files.get(file)
      if (!batch || !entry || !look || looks.some((part) => entry[part] !== look[part])) return undefined
      // A file written in the same moment as the cache could change once more without looking any different.
      return look.ctimeMs > batch.savedAt - 2_000 ? undefined : entry
    },
    set: (file, { size, mtimeMs, ctimeMs }, { facts, problems }) => {
      anew.set(file, { size, mtimeMs, ctimeMs, facts, problems })
    },
    save: (kept) => {
      const gone = batches.some(({ files }) => [...files.keys()].some((file) => !kept.has(file)))
      if (anew.size === 0 && !gone) return
      const write = (files: Map<string, Entry>) =>
        `${JSON.stringify({ key, savedAt: now, files: [...files] } satisfies StoredBatch)}\n`
      if (!gone && batches.length > 0 && batches.length < MOST_BATCHES)
        return appendFileSync(place, write(anew))
      // What was not read anew has been looked at and found to be as it was.
      const known = new Map(batches.toReversed().flatMap(({ files }) => [...files]))
      const all = new Map([...known, ...anew].filter(([file]) => kept.has(file)))
      mkdirSync(path.dirname(place), { recursive: true })
      const temporary = `${place}.${String(process.pid)}.tmp`
      writeFileSync(temporary, write(all))
      renameSync(temporary, place)
    },
  }
}

/** What a file looks like from outside. */
type Look = Record<(typeof looks)[number], number>
const looks = ['size', 'mtimeMs', 'ctimeMs'] as const

type Entry = CachedFile & Look

/** A line of the cache: what one reading had to read anew. So a reading of one file does not write ten thousand. */
interface Batch {
  key: string
  savedAt: number
  files: Map<string, Entry>
}

/** As it is written: pairs, since an object of ten thousand names takes twice as long to read. */
interface StoredBatch extends Omit<Batch, 'files'> {
  files: [string, Entry][]
}

/** So many lines are put together into one. */
const MOST_BATCHES = 30

/** The batches that stand in the file, newest first; none when any of them is of another key, or was cut off. */
function load(place: string, key: string): Batch[] {
  try {
    const batches = readFileSync(place, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as StoredBatch)
      .map(({ files, ...batch }): Batch => ({ ...batch, files: new Map(files) }))
    return batches.every((batch) => batch.key === key) ? batches.reverse() : []
  } catch {
    return []
  }
}
