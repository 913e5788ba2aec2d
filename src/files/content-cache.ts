import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Incident, UnreadFile } from '../model/incident.ts'
import type { Maintenance } from '../model/maintenance.ts'
import type { Problem } from '../model/problem.ts'

/** What is remembered of a file. */
export interface CachedFile {
  facts: { incident?: Incident; maintenance?: Maintenance; unread?: UnreadFile }
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
  const place = path.join(root, '.candor', 'content.json')
  const stored = load(place, key)
  const files = new Map(Object.entries(stored.files))
  let changed = false
  return {
    get: (file, look) => {
      const entry = files.get(file)
      if (!entry || !look || looks.some((part) => entry[part] !== look[part])) return undefined
      // A file written in the same moment as the cache could change once more without looking any different.
      return look.ctimeMs > stored.savedAt - 2_000 ? undefined : entry
    },
    set: (file, { size, mtimeMs, ctimeMs }, { facts, problems }) => {
      files.set(file, { size, mtimeMs, ctimeMs, facts, problems })
      changed = true
    },
    save: (kept) => {
      for (const file of files.keys()) if (!kept.has(file)) changed = files.delete(file)
      if (!changed) return
      mkdirSync(path.dirname(place), { recursive: true })
      const temporary = `${place}.${String(process.pid)}.tmp`
      writeFileSync(temporary, JSON.stringify({ key, savedAt: now, files: Object.fromEntries(files) }))
      renameSync(temporary, place)
    },
  }
}

/** What a file looks like from outside. */
type Look = Record<(typeof looks)[number], number>
const looks = ['size', 'mtimeMs', 'ctimeMs'] as const

interface Stored {
  key: string
  savedAt: number
  files: Record<string, CachedFile & Look>
}

function load(place: string, key: string): Stored {
  const empty = { key, savedAt: 0, files: {} }
  try {
    const stored = JSON.parse(readFileSync(place, 'utf8')) as Stored
    return stored.key === key ? stored : empty
  } catch {
    return empty
  }
}
