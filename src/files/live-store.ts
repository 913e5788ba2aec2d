import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { liveSchema, writerSchema, type Live } from '../model/history.ts'
import type { Problem } from '../model/problem.ts'
import { isAbsent, writeFileAtomic } from './atomic-write.ts'

/** The live snapshots beside a world, by the names of their writers. One that cannot be read is an error, and left out. */
export function readLive(root: string): { live: Live[]; problems: Problem[] } {
  const live: Live[] = []
  const problems: Problem[] = []
  for (const name of namesIn(join(root, liveFolder))) {
    if (!name.endsWith('.json')) continue
    const path = `${liveFolder}/${name}`
    const read = parseLive(readFileSync(join(root, path), 'utf8'), path)
    if ('problem' in read) problems.push(read.problem)
    else live.push(read.live)
  }
  return { live, problems }
}

/** Whether a writer's snapshot stands beside this world. */
export function knowsLive(root: string, writer: string): boolean {
  return existsSync(join(root, livePath(writer)))
}

/** Replaces a writer's snapshot as a whole; it is on the disk when this returns. */
export function writeLive(root: string, live: Live): void {
  writeFileAtomic(join(root, livePath(live.writer)), liveText(live))
}

/** Where a writer's snapshot is, relative to its world. */
export function livePath(writer: string): string {
  const named = writerSchema.safeParse(writer)
  if (!named.success) throw new RangeError(`"${writer}": ${named.error.issues[0]?.message}`)
  return `${liveFolder}/${writer}.json`
}

/** The text of a snapshot, the same on a disk and on a branch. */
export function liveText(live: Live): string {
  return `${JSON.stringify(live)}\n`
}

/** Reads a snapshot's text, wherever it came from; `file` is what a problem names. */
export function parseLive(text: string, file: string): { live: Live } | { problem: Problem } {
  const problem = (message: string) => ({
    problem: {
      level: 'error' as const,
      file,
      line: 1,
      column: 1,
      message: `${message}; this snapshot is left out`,
    },
  })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return problem('not JSON')
  }
  const read = liveSchema.safeParse(value)
  if (!read.success) {
    const [issue] = read.error.issues
    return problem(`${issue?.path.join('.') || 'the whole'}: ${issue?.message}`)
  }
  const expected = file
    .split('/')
    .at(-1)
    ?.replace(/\.json$/, '')
  if (expected !== read.data.writer && file.startsWith(liveFolder))
    return problem(`it says that "${read.data.writer}" wrote it, the file's name "${expected}"`)
  return { live: read.data }
}

const liveFolder = '.candor/live'

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch (error) {
    if (isAbsent(error)) return []
    throw error
  }
}
