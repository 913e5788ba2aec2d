import type { Repository } from './forge.ts'
import { ForgeError } from './forge-error.ts'

/**
 * Writes what one writer sees now to a branch of its own, `status-live/<writer>`, which holds this one file and no past:
 * writers never wait for each other, and a year of passes adds nothing to a clone.
 */
export async function saveLive(repository: Repository, writer: string, text: string): Promise<void> {
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(writer)) {
    const got = JSON.stringify(writer)
    throw new ForgeError(
      'refused',
      `A writer's name is made of a–z, 0–9 and -, at most 40 of them; got ${got}.`,
    )
  }
  await repository.replaceBranch(`${PREFIX}${writer}`, `What ${writer} sees now`, [
    { path: FILE, content: text },
  ])
}

/** What every writer saw last, by the writer's name. Writers that never looked are absent. */
export async function readLive(repository: Repository): Promise<Record<string, string>> {
  const branches = await repository.listBranches(PREFIX)
  const texts = await Promise.all(
    branches.map(
      async (branch) => [branch.slice(PREFIX.length), await repository.read(branch, FILE)] as const,
    ),
  )
  return Object.fromEntries(texts.filter((entry): entry is [string, string] => entry[1] !== undefined))
}

const PREFIX = 'status-live/'
const FILE = 'live.json'
