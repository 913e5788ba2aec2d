import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
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
  for (const [index, output] of stale.entries()) {
    try {
      write(output.path, await output.make())
    } catch (error) {
      failed.push({ path: output.path, reason: error instanceof Error ? error.message : String(error) })
      // What stood there before is this build's to remove all the same, once it is not wanted any more.
      files.set(output.path, UNSURE)
    }
    onProgress?.(index + 1, stale.length)
  }
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
    const there = path.join(out, folder)
    const names = new Set(existsSync(there) ? readdirSync(there) : [])
    listings.set(folder, names)
    return names
  }
  return (name) => {
    const nested = name.includes('/', name.indexOf('/') + 1)
    const place = nested ? name.slice(0, name.lastIndexOf('/')) : name
    const cut = place.lastIndexOf('/') + 1
    return listing(place.slice(0, cut)).has(place.slice(cut))
  }
}

/**
 * Writes files of the built folder, and makes each folder once. Into a `fresh` one, which nobody reads yet, directly.
 * Synchronous: a small file takes 50 µs, and handing it to another thread and back takes longer.
 */
function fileWriter(out: string, fresh: boolean): (name: string, content: string | Uint8Array) => void {
  const folders = new Set<string>()
  return (name, content) => {
    const place = path.join(out, name)
    const folder = path.dirname(place)
    if (!folders.has(folder)) makeFolder(folder)
    folders.add(folder)
    if (fresh) return writeFileSync(place, content)
    // A reader of the folder, or the upload of it, must never meet half a page. What a killed build leaves here has a
    // fixed name, so that the next one, which makes the same file again, takes it along.
    const temporary = `${place}.tmp`
    writeFileSync(temporary, content)
    renameSync(temporary, place)
  }
}

/** `recursive` looks at every folder above first, which is there already but for the first page. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder)
  } catch {
    mkdirSync(folder, { recursive: true })
  }
}
