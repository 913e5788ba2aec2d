import type { Repository } from './forge.ts'

/**
 * Keeps the newest beat of a check on a branch of its own, `status-beat/<component>.<n>`, which holds this one file and no
 * past. So a job and the probes need nothing in common but the repository.
 */
export async function saveBeat(repository: Repository, check: string, text: string): Promise<void> {
  await repository.replaceBranch(branchOf(check), `A beat of ${check}`, [{ path: FILE, content: text }])
}

/** The newest beats of these checks, by check. Checks without a beat are absent. */
export async function readBeats(
  repository: Repository,
  checks: readonly string[],
): Promise<Record<string, string>> {
  const there = new Set(await repository.listBranches(PREFIX))
  const texts = await Promise.all(
    checks
      .filter((check) => there.has(branchOf(check)))
      .map(async (check) => [check, await repository.read(branchOf(check), FILE)] as const),
  )
  return Object.fromEntries(texts.filter((entry): entry is [string, string] => entry[1] !== undefined))
}

const PREFIX = 'status-beat/'
const FILE = 'beat.json'

function branchOf(check: string): string {
  return PREFIX + check.replace('/', '.')
}
