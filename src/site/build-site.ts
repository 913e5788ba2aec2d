import { existsSync, readdirSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Instant } from '../model/time.ts'
import type { World } from '../model/world.ts'
import { beginRewriting, readManifest, removeOutput, UNSURE, writeManifest } from './manifest.ts'
import { outputs, type Output } from './outputs.ts'
import type { Renderer } from './renderer.ts'

export interface BuildReport {
  written: number
  kept: number
  removed: number
  /** Pages that could not be rendered, with the reason. What stood there before still stands. */
  failed: { path: string; reason: string }[]
}

/**
 * Builds a world's site into a folder. Into one that holds an earlier build, only the files whose ingredients changed
 * are made again; the result equals a full build byte for byte. An interrupted build is completed by the next.
 */
export async function buildSite(
  world: World,
  { out, now, renderer, onProgress }: BuildOrder,
): Promise<BuildReport> {
  const before = readManifest(out)
  const fresh = before.size === 0
  const planned = distinct(outputs(world, now, renderer))
  const there = fresh ? undefined : foldersOf(out)
  const stale = planned.filter(({ path: name, key }) => before.get(name) !== key || there?.(name) === false)
  const wanted = new Set(planned.map(({ path: name }) => name))
  const gone = [...before.keys()].filter((name) => !wanted.has(name))
  const changes = stale.length + gone.length > 0
  if (changes) beginRewriting(out, [...stale.map(({ path: name }) => name), ...gone])

  const files = new Map(planned.map(({ path: name, key }) => [name, key]))
  const failed: BuildReport['failed'] = []
  const write = fileWriter(out, fresh)
  const writing = new Set<Promise<void>>()
  let done = 0
  for (const output of stale) {
    const made = makeOutput(output, write).then((reason) => {
      writing.delete(made)
      if (reason !== undefined) {
        failed.push({ path: output.path, reason })
        // What stood there before is this build's to remove all the same, once it is not wanted any more.
        files.set(output.path, UNSURE)
      }
      done++
      onProgress?.(done, stale.length)
    })
    writing.add(made)
    if (writing.size >= AT_ONCE) await Promise.race(writing)
  }
  await Promise.all(writing)
  for (const name of gone) removeOutput(out, name)
  if (changes) writeManifest(out, files)
  return {
    written: stale.length - failed.length,
    kept: planned.length - stale.length,
    removed: gone.length,
    failed,
  }
}

export interface BuildOrder {
  out: string
  now: Instant
  renderer: Renderer
  onProgress?: (done: number, total: number) => void
}

/** Two files whose names differ only in case are one place on many disks; the first of them is built, the check says so. */
function distinct(planned: Output[]): Output[] {
  const seen = new Set<string>()
  return planned.filter(({ path: name }) => {
    const place = name.toLowerCase()
    if (seen.has(place)) return false
    seen.add(place)
    return true
  })
}

/** Whether an output's folder is still there, by one listing for each parent: somebody may have cleaned up. */
function foldersOf(out: string): (name: string) => boolean {
  const listings = new Map<string, Set<string>>()
  const listing = (folder: string) => {
    const known = listings.get(folder)
    if (known) return known
    const names = new Set(existsSync(folder) ? readdirSync(folder) : [])
    listings.set(folder, names)
    return names
  }
  return (name) => {
    const parts = name.split('/')
    const place = parts.length > 2 ? parts.slice(0, -1) : parts
    return listing(path.join(out, ...place.slice(0, -1))).has(place.at(-1) ?? '')
  }
}

/** So many files are made at a time: while one is written, the next is rendered. */
const AT_ONCE = 8

/** Makes one file; returns the reason where that fails. */
async function makeOutput(output: Output, write: ReturnType<typeof fileWriter>): Promise<string | undefined> {
  try {
    await write(output.path, await output.make())
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** Writes files of the built folder, and makes each folder once. Into a `fresh` one, which nobody reads yet, directly. */
function fileWriter(out: string, fresh: boolean): (name: string, content: string) => Promise<void> {
  const folders = new Map<string, Promise<unknown>>()
  return async (name, content) => {
    const place = path.join(out, name)
    const folder = path.dirname(place)
    const there = folders.get(folder) ?? mkdir(folder, { recursive: true })
    folders.set(folder, there)
    await there
    if (fresh) return writeFile(place, content)
    // A reader of the folder, or the upload of it, must never meet half a page. What a killed build leaves here has a
    // fixed name, so that the next one, which makes the same file again, takes it along.
    const temporary = `${place}.tmp`
    await writeFile(temporary, content)
    await rename(temporary, place)
  }
}
