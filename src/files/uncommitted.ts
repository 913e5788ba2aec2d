import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { isAbsent, writeFileAtomic } from './atomic-write.ts'

/**
 * The history files of a writer, by their paths in the world, that hold lines which may not be committed yet: each with a
 * number that changes when it gets further ones. Kept in `.candor/`, so that a restart forgets none. A list that cannot
 * be read is empty: what it named comes along with the next line of the same file.
 */
export type Uncommitted = Readonly<Record<string, number>>

export function readUncommitted(root: string, writer: string): Uncommitted {
  try {
    return uncommittedSchema.parse(JSON.parse(readFileSync(fileOf(root, writer), 'utf8')))
  } catch (error) {
    if (isAbsent(error) || error instanceof SyntaxError || error instanceof z.ZodError) return {}
    throw error
  }
}

/** Notes that files are about to get lines. To be called before they do: whoever is killed in between has noted too much. */
export function noteUncommitted(root: string, writer: string, paths: readonly string[]): void {
  if (paths.length === 0) return
  const known = readUncommitted(root, writer)
  const noted = paths.map((path) => [path, (known[path] ?? 0) + 1] as const)
  write(root, writer, { ...known, ...Object.fromEntries(noted) })
}

/** Takes off the list what was committed as it was `then`; what got lines since stays. */
export function settleUncommitted(root: string, writer: string, then: Uncommitted): void {
  const left = Object.entries(readUncommitted(root, writer)).filter(([path, number]) => then[path] !== number)
  write(root, writer, Object.fromEntries(left))
}

function write(root: string, writer: string, uncommitted: Uncommitted): void {
  writeFileAtomic(fileOf(root, writer), `${JSON.stringify(uncommitted)}\n`)
}

function fileOf(root: string, writer: string): string {
  return join(root, `.candor/uncommitted.${writer}.json`)
}

const uncommittedSchema = z.record(z.string().regex(/^history\//), z.int())
