import { mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** What each file of a built folder was made from: path → key. Stands in the folder itself, so that a folder explains itself. */
export type Manifest = ReadonlyMap<string, string>

const NAME = '.candor-build.json'

/** Pairs, since version 2: an object of ten thousand names takes three times as long to read. */
const VERSION = 2

/** Stands beside it while a build is under way. */
const UNFINISHED = '.candor-build.unfinished.json'

/** The key of a file that may be there in any state: it is made again, or removed where it is no longer wanted. */
export const UNSURE = ''

/** The manifest of an earlier build; what it did not finish is unsure. Empty when there is none. */
export function readManifest(out: string): Manifest {
  const stored = readStored(path.join(out, NAME)) as { v: number; files: [string, string][] } | undefined
  const files = new Map(stored?.v === VERSION ? stored.files : [])
  const unfinished = (readStored(path.join(out, UNFINISHED)) ?? []) as string[]
  for (const name of unfinished) files.set(name, UNSURE)
  return files
}

/** The build is finished. */
export function writeManifest(out: string, files: Manifest): void {
  writeStored(path.join(out, NAME), { v: VERSION, files: [...files] })
  rmSync(path.join(out, UNFINISHED), { force: true })
}

/** Notes the files that are about to be written or removed, so that an interrupted build is known to be one. */
export function beginRewriting(out: string, paths: string[]): void {
  writeStored(path.join(out, UNFINISHED), paths)
}

/** Absent where there is none, or none that can be read: then all of it is made again. */
function readStored(place: string): unknown {
  try {
    return JSON.parse(readFileSync(place, 'utf8'))
  } catch {
    return undefined
  }
}

/** Writes it whole or not at all. What a killed build leaves has a fixed name, so that the next takes it along. */
function writeStored(place: string, value: unknown): void {
  mkdirSync(path.dirname(place), { recursive: true })
  const temporary = `${place}.tmp`
  writeFileSync(temporary, `${JSON.stringify(value)}\n`)
  renameSync(temporary, place)
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
