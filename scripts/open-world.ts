import { sourceDigest } from '../src/site/source-digest.ts'
import { readWorld } from '../src/files/read-world.ts'
import type { World } from '../src/model/world.ts'

/** Reads a world with what was remembered of it, so that it costs what has changed. */
export function openWorld(root: string): World {
  return readWorld(root, { cache: { key: sourceDigest(), now: Date.now() } })
}
