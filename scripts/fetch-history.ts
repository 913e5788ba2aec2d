import path from 'node:path'
import { mergeHistory } from '../src/files/merge-history.ts'
import { withFolderOf } from '../src/forge/fetch-folder.ts'
import { runGitLine, tryGitLine } from '../src/forge/run-git.ts'
import type { WorldForge } from './open-forge.ts'

/**
 * Brings the history from its branch, which `history.branch` names, into the world. Returns the number of files that
 * changed; `undefined` where the branch is not there yet.
 */
export async function fetchHistory(
  { prefix, gitHub }: Pick<WorldForge, 'prefix' | 'gitHub'>,
  root: string,
  branch: string,
  { remote, env }: { remote?: string | undefined; env: Record<string, string | undefined> },
): Promise<number | undefined> {
  const server = env['GITHUB_SERVER_URL'] ?? 'https://github.com'
  const origin = gitHub ? await addressOf(root, 'origin') : undefined
  const from =
    remote !== undefined
      ? ((await addressOf(root, remote)) ?? remote)
      : gitHub
        ? (origin ?? `${server}/${gitHub.owner}/${gitHub.repo}.git`)
        : `file://${path.resolve(root, await runGitLine(root, ['rev-parse', '--git-common-dir']))}`
  const header = gitHub && {
    of: `${server}/`,
    line: `AUTHORIZATION: basic ${Buffer.from(`x-access-token:${gitHub.token}`).toString('base64')}`,
  }
  return withFolderOf({ from, branch, folder: `${prefix}history`, header }, (folder) =>
    mergeHistory(root, path.join(folder, prefix)),
  )
}

/** A remote's address; `undefined` when there is no remote of that name. */
function addressOf(root: string, remote: string): Promise<string | undefined> {
  return tryGitLine(root, ['remote', 'get-url', '--', remote], { no: [2, 128] })
}
