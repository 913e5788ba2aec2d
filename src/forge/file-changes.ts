import type { FileChange, ReadAtTip } from './forge.ts'
import { ForgeError } from './forge-error.ts'

/** The changes that would make a difference at a tip; each path once, the last word on it counts. */
export async function differing(changes: FileChange[], read: ReadAtTip): Promise<FileChange[]> {
  const byPath = new Map(changes.map((change) => [change.path, change]))
  const kept: FileChange[] = []
  for (const change of byPath.values()) {
    refuseOutside(change.path)
    if ((await read(change.path)) !== (change.content ?? undefined)) kept.push(change)
  }
  return kept
}

/** The same reader, which asks only once about each path. */
export function remembering(read: ReadAtTip): ReadAtTip {
  const known = new Map<string, Promise<string | undefined>>()
  return (path) => {
    const found = known.get(path) ?? read(path)
    known.set(path, found)
    return found
  }
}

/** A path that leaves the repository or reaches into `.git` is a mistake of ours or an attack; either way it stops here. */
export function refuseOutside(path: string): void {
  const parts = path.split('/')
  const bad = parts.some((part) => part === '' || part === '.' || part === '..' || /^\.git$/i.test(part))
  if (!bad && !/[\0\n]/.test(path)) return
  throw new ForgeError('refused', `${JSON.stringify(path)} is no path inside a repository.`)
}
