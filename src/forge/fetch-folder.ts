import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GitError, runGit, tryGitLine } from './run-git.ts'

/**
 * Lays a folder of a branch's newest commit out in a temporary one, for as long as `use` works with it. Fetched at depth
 * 1 into a repository of its own, so that neither the branch's past nor anything here is touched. `undefined` when the
 * branch or the folder is not there.
 */
export async function withFolderOf<T>(
  order: FolderOrder,
  use: (folder: string) => T | Promise<T>,
): Promise<T | undefined> {
  const { from, branch, folder, header } = order
  const place = await mkdtemp(join(tmpdir(), 'candor-fetch-'))
  try {
    await runGit(place, ['init', '--quiet'])
    const env = header && {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: `http.${header.of}.extraheader`,
      GIT_CONFIG_VALUE_0: header.line,
    }
    try {
      const quietly = ['--quiet', '--no-tags', '--depth=1', '--no-auto-maintenance']
      await runGit(place, ['fetch', ...quietly, '--', from, `refs/heads/${branch}`], env ? { env } : {})
    } catch (error) {
      if (error instanceof GitError && /couldn't find remote ref/i.test(error.stderr)) return undefined
      throw error
    }
    if ((await tryGitLine(place, ['rev-parse', '--verify', '--quiet', `FETCH_HEAD:${folder}`])) === undefined)
      return undefined
    // A link would lead out of the folder; written as a file it leads nowhere.
    await runGit(place, ['-c', 'core.symlinks=false', 'checkout', '--quiet', 'FETCH_HEAD', '--', folder])
    return await use(place)
  } finally {
    await rm(place, { recursive: true, force: true })
  }
}

export interface FolderOrder {
  /** An address that git can fetch from. */
  from: string
  branch: string
  /** Relative to the repository's root, without a slash at its end. */
  folder: string
  /** A header that opens addresses which begin with `of`; it stands in no argument and in no message. */
  header?: { of: string; line: string } | undefined
}
