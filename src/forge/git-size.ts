import { GitError, runGit, runGitLine, tryGitLine } from './run-git.ts'

/** What a folder's whole past takes in a repository. */
export interface GitSize {
  /** The branch or commit that was followed. */
  ref: string
  commits: number
  objects: number
  /** As they lie in the repository: packed, or each alone and larger. */
  bytes: number
  /** Objects of the whole repository that `git gc` has not packed yet. */
  loose: number
  /** Only the newest part of the past is in this clone. */
  shallow: boolean
}

/**
 * What every commit that touches `path`, and all that was ever in it, takes in the repository that `folder` lies in.
 * `branch` is followed where it is known here, here or as a branch of a remote; else what is checked out. `undefined` where there is no
 * repository, or nothing committed. Time: a walk through all commits of the branch.
 */
export async function gitSize(folder: string, path: string, branch?: string): Promise<GitSize | undefined> {
  try {
    const ref = await followed(folder, branch)
    if (ref === undefined) return undefined
    const listed = await runGit(folder, ['rev-list', '--objects', ref, '--', path])
    const ids = listed
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(' ', 1)[0] ?? '')
    if (ids.length === 0) return undefined
    const sizes = await runGit(folder, ['cat-file', '--batch-check=%(objecttype) %(objectsize:disk)'], {
      input: `${ids.join('\n')}\n`,
    })
    const objects = sizes
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(' '))
    const counts = await runGit(folder, ['count-objects', '-v'])
    return {
      ref,
      commits: objects.filter(([type]) => type === 'commit').length,
      objects: objects.length,
      bytes: objects.reduce((sum, [, bytes]) => sum + (Number(bytes) || 0), 0),
      loose: Number(/^count: (\d+)/m.exec(counts)?.[1] ?? 0),
      shallow: (await runGitLine(folder, ['rev-parse', '--is-shallow-repository'])) === 'true',
    }
  } catch (error) {
    if (error instanceof GitError && /not a git repository/i.test(error.stderr)) return undefined
    throw error
  }
}

async function followed(folder: string, branch: string | undefined): Promise<string | undefined> {
  const there = async (ref: string) =>
    (await tryGitLine(folder, ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`])) !== undefined
  const names =
    branch === undefined ? ['HEAD'] : [`refs/heads/${branch}`, `refs/remotes/origin/${branch}`, 'HEAD']
  for (const name of names) if (await there(name)) return name
  return undefined
}
