import { readFileSync } from 'node:fs'
import { createNetwork } from '../checks/network.ts'
import { parseLive, readLive, writeLive } from '../src/files/live-store.ts'
import type { Forge } from '../src/forge/forge.ts'
import { readLive as readLiveBranches } from '../src/forge/live-branch.ts'
import { ask } from '../src/forge/live-targets/ask.ts'
import { filePath } from '../src/forge/live-targets/file.ts'
import { problemLines, say } from './say.ts'

/**
 * Brings the writers' live snapshots into the world, from their branches and from the addresses of `live`, where a newer
 * one does not stand there already. A place that cannot be read is said, and the others are. Returns the writers whose
 * snapshot came.
 */
export async function fetchLive(
  forge: Forge,
  root: string,
  {
    writer,
    live = [],
    allowPrivate = false,
  }: { writer?: string; live?: string[]; allowPrivate?: boolean } = {},
): Promise<string[]> {
  const known = new Map(readLive(root).live.map((one) => [one.writer, one.checked_at]))
  const fetched = new Set<string>()
  const branches = Object.entries(await readLiveBranches(forge)).map(([name, text]) => ({
    place: `status-live/${name}`,
    text,
  }))
  for (const { place, text } of [...branches, ...(await readAddresses(live, root, allowPrivate))]) {
    const read = parseLive(text, place)
    if ('problem' in read) {
      say(problemLines(read.problem).join('\n'))
      continue
    }
    const { live: snapshot } = read
    if (place === `status-live/${snapshot.writer}` || !place.startsWith('status-live/')) {
      if (writer !== undefined && snapshot.writer !== writer) continue
      if ((known.get(snapshot.writer) ?? '') >= snapshot.checked_at) continue
      writeLive(root, snapshot)
      known.set(snapshot.writer, snapshot.checked_at)
      fetched.add(snapshot.writer)
    } else say(`${place} holds what "${snapshot.writer}" saw; it is left out`)
  }
  return [...fetched]
}

async function readAddresses(live: string[], root: string, allowPrivate: boolean) {
  const network = createNetwork({ allowPrivate })
  const texts = await Promise.all(
    live.map(async (address) => {
      try {
        const text = address.startsWith('file:')
          ? readFileSync(filePath(address, root), 'utf8')
          : await ask({ url: address, method: 'GET' }, network)
        return [{ place: address, text }]
      } catch (error) {
        say(`${address} could not be read: ${error instanceof Error ? error.message : String(error)}`)
        return []
      }
    }),
  )
  return texts.flat()
}
