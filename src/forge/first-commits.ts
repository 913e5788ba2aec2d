import { SECOND, type Instant } from '../model/time.ts'
import { GitError, runGit, runGitLine } from './run-git.ts'

/**
 * When each file of a folder of a world first came into its git history, by its path in the world. `undefined` where git
 * cannot tell: no repository, or a clone that holds only the newest commits. A file of the very first commit is left out:
 * a history that was begun anew, or imported, says nothing of what was before.
 */
export async function firstCommits(
  root: string,
  folder: string,
): Promise<ReadonlyMap<string, Instant> | undefined> {
  try {
    if ((await runGitLine(root, ['rev-parse', '--is-shallow-repository'])) !== 'false') return undefined
    const wanted = [
      '--relative',
      '--diff-filter=A',
      '--no-renames',
      '--name-only',
      '-z',
      '--format=%x01%ct %p',
    ]
    const log = await runGit(root, ['log', ...wanted, '--', folder])
    const commits = new Map<string, Instant>()
    // Newest first, so that the oldest commit that added a file stays.
    for (const commit of log.split('\u0001').slice(1)) {
      const [head = '', ...files] = commit.split(/[\0\n]+/)
      const [seconds, parent = ''] = head.split(' ')
      for (const file of files.filter((name) => name !== ''))
        if (parent === '') commits.delete(file)
        else commits.set(file, Number(seconds) * SECOND)
    }
    return commits
  } catch (error) {
    // Exit code 128: no repository, or none with a commit.
    if (error instanceof GitError) return undefined
    throw error
  }
}
