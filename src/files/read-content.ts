import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import type { Text } from '../model/incident.ts'
import type { Problem } from '../model/problem.ts'
import type { CachedFile } from './content-cache.ts'
import { readCorrection } from './read-correction.ts'
import { readIncident } from './read-incident.ts'
import { readMaintenance } from './read-maintenance.ts'

/** A status update is a page of text. What is larger is something else, and is not read. */
const LARGEST_FILE = 1_000_000

/** What one file of `incidents/`, `maintenance/` or `corrections/` says: facts, words and problems. */
export interface Content extends CachedFile {
  file: string
  text: Text
}

/** Reads an incident, planned work or a correction. `components` are the ids that there are. */
export function readContent(root: string, file: string, components: ReadonlySet<string>): Content {
  const bytes = readBytes(root, file)
  const { source, digest } = 'source' in bytes ? bytes : { source: '', digest: sha(bytes.unreadable) }
  const { text, problems, ...facts } = readerOf(file)(source, file, digest, components)
  const said: Problem[] =
    'source' in bytes
      ? [...bytes.problems, ...problems]
      : [{ level: 'error', file, line: 1, column: 1, message: bytes.unreadable }]
  return { file, facts, text, problems: firstOf(said) }
}

/** The reader of an entry, by its folder. */
function readerOf(file: string) {
  if (file.startsWith('maintenance/')) return readMaintenance
  return file.startsWith('corrections/') ? readCorrection : readIncident
}

type Bytes =
  { source: string; digest: string; problems: Problem[] } | { unreadable: string; missing: boolean }

/** Reads a file that should be text of a sensible size. */
export function readBytes(root: string, file: string): Bytes {
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

/** Nobody mends more at once. */
const MOST_PROBLEMS = 100

function firstOf(problems: Problem[]): Problem[] {
  const next = problems[MOST_PROBLEMS]
  if (!next) return problems
  const message = `${String(problems.length - MOST_PROBLEMS)} more problems from here on`
  const { level, file, line, column } = next
  return [...problems.slice(0, MOST_PROBLEMS), { level, file, line, column, message }]
}

/** Short, and the same for the same content. */
export function sha(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 32)
}
