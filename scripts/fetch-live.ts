import type { Forge } from '../src/forge/forge.ts'
import { readLive as readLiveBranches } from '../src/forge/live-branch.ts'
import { parseLive, readLive, writeLive } from '../src/files/live-store.ts'
import { problemLines, say } from './say.ts'

/**
 * Brings the writers' live snapshots from their branches into the world, where a newer one does not stand there
 * already. Returns the writers whose snapshot came.
 */
export async function fetchLive(
  forge: Forge,
  root: string,
  { writer }: { writer?: string } = {},
): Promise<string[]> {
  const known = new Map(readLive(root).live.map((live) => [live.writer, live.checked_at]))
  const fetched: string[] = []
  for (const [name, text] of Object.entries(await readLiveBranches(forge))) {
    if (writer !== undefined && name !== writer) continue
    const read = parseLive(text, `status-live/${name}`)
    if ('problem' in read) {
      say(problemLines(read.problem).join('\n'))
      continue
    }
    if ((known.get(name) ?? '') >= read.live.checked_at) continue
    writeLive(root, read.live)
    fetched.push(name)
  }
  return fetched
}
