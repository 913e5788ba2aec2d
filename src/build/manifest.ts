import { existsSync, mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** What each file of a built folder was made from: path → key. Stands in the folder itself, so that a folder explains itself. */
export type Manifest = ReadonlyMap<string, string>

const NAME = '.candor-build.json'

/** Stands beside it while a build is under way. */
const UNFINISHED = '.candor-build.unfinished.json'

/** The manifest of an earlier build, without what it did not finish; empty when there is none. */
export function readManifest(out: string): Manifest {
  try {
    const stored = JSON.parse(readFileSync(path.join(out, NAME), 'utf8')) as {
      v: number
      files: Record<string, string>
    }
    const files = new Map(stored.v === 1 ? Object.entries(stored.files) : [])
    for (const name of unfinished(out)) files.delete(name)
    return files
  } catch {
    return new Map()
  }
}

/** Writes it whole or not at all. The build is finished. */
export function writeManifest(out: string, files: Manifest): void {
  mkdirSync(out, { recursive: true })
  const place = path.join(out, NAME)
  const temporary = `${place}.${String(process.pid)}.tmp`
  writeFileSync(temporary, `${JSON.stringify({ v: 1, files: Object.fromEntries(files) })}\n`)
  renameSync(temporary, place)
  rmSync(path.join(out, UNFINISHED), { force: true })
}

/** Notes the files that are about to be rewritten, so that an interrupted build is known to be one. */
export function beginRewriting(out: string, paths: string[]): void {
  writeFileSync(path.join(out, UNFINISHED), `${JSON.stringify(paths)}\n`)
}

/** @throws when the build was killed while it noted them */
function unfinished(out: string): string[] {
  const place = path.join(out, UNFINISHED)
  return existsSync(place) ? (JSON.parse(readFileSync(place, 'utf8')) as string[]) : []
}

/** Removes a file of an earlier build, and the folder that it leaves empty. */
export function removeOutput(out: string, name: string): void {
  rmSync(path.join(out, name), { force: true })
  const folder = path.dirname(name)
  if (folder === '.') return
  try {
    rmdirSync(path.join(out, folder))
  } catch {
    // It still holds something, or is gone already: either is as it should be.
  }
}
