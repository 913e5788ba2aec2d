import { rm, stat } from 'node:fs/promises'
import { ForgeError } from './forge-error.ts'
import { NOTHING } from './git-objects.ts'
import { GitError, runGit, runGitLine, tryGitLine } from './run-git.ts'

/** The branches of this repository. */
export function localRefs(root: string): Refs {
  return {
    tip: (branch) => tryGitLine(root, ['rev-parse', '--verify', '--quiet', `refs/heads/${branch}`]),
    async list(prefix) {
      const names = await runGitLine(root, ['for-each-ref', '--format=%(refname)', 'refs/heads/'])
      return branchesIn(names.split('\n'), prefix)
    },
    async main() {
      const checkedOut = await tryGitLine(root, ['symbolic-ref', '--quiet', '--short', 'HEAD'])
      const known =
        checkedOut ??
        (await tryGitLine(root, ['symbolic-ref', '--quiet', '--short', 'refs/remotes/origin/HEAD']))
      if (known === undefined) throw noMain(root)
      return checkedOut ?? known.replace(/^origin\//, '')
    },
    isUnborn: async (branch) =>
      (await tryGitLine(root, ['symbolic-ref', '--quiet', 'HEAD'])) === `refs/heads/${branch}`,
    async swap(branch, sha, old) {
      const ref = `refs/heads/${branch}`
      try {
        if (sha === undefined) await runGit(root, ['update-ref', '-d', ref, old ?? NOTHING])
        else await runGit(root, ['update-ref', '-m', 'candor', ref, sha, old ?? NOTHING])
        return true
      } catch (error) {
        await breakDeadLock(error)
        return overtaken(error, locallyOvertaken)
      }
    },
  }
}

/** The branches of a remote. Each question asks it anew; a new tip is fetched, so that its files can be read. */
export function remoteRefs(root: string, remote: string): Refs {
  const listed = async (pattern: string) => {
    const lines = await runGitLine(root, ['ls-remote', '--refs', '--', remote, pattern])
    return lines
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split('\t') as [sha: string, ref: string])
  }
  const isKnown = async (sha: string) => (await tryGitLine(root, ['cat-file', '-e', sha])) !== undefined
  return {
    async tip(branch) {
      const ref = `refs/heads/${branch}`
      const sha = (await listed(ref)).find(([, name]) => name === ref)?.[0]
      if (sha === undefined) return undefined
      if (!(await isKnown(sha))) {
        // No refs are written here: several processes that fetch at once would quarrel over their locks.
        const quietly = [
          '--no-tags',
          '--no-write-fetch-head',
          '--refmap=',
          '--no-auto-maintenance',
          '--quiet',
        ]
        try {
          await runGit(root, ['fetch', ...quietly, '--', remote, ref])
        } catch (error) {
          // Removed since it was listed.
          if (error instanceof GitError && /couldn't find remote ref/.test(error.stderr))
            return this.tip(branch)
          throw error
        }
      }
      // What was fetched can be newer than what was listed, and then holds it; a branch replaced in between does not.
      return (await isKnown(sha)) ? sha : this.tip(branch)
    },
    list: async (prefix) =>
      branchesIn(
        (await listed('refs/heads/*')).map(([, ref]) => ref),
        prefix,
      ),
    async main() {
      const head = await runGitLine(root, ['ls-remote', '--symref', '--', remote, 'HEAD'])
      const main = /^ref: refs\/heads\/(\S+)\tHEAD/.exec(head)?.[1]
      if (main === undefined) throw noMain(`${remote}, as seen from ${root}`)
      return main
    },
    isUnborn: async () => (await runGitLine(root, ['ls-remote', '--heads', '--', remote])) === '',
    async swap(branch, sha, old) {
      const ref = `refs/heads/${branch}`
      // The lease makes the remote compare the tip we built on with its own, also when ours is a descendant of it.
      const lease = `--force-with-lease=${ref}:${old ?? ''}`
      try {
        await runGit(root, ['push', '--quiet', '--no-verify', lease, '--', remote, `${sha ?? ''}:${ref}`])
        return true
      } catch (error) {
        return overtaken(error, remotelyOvertaken)
      }
    },
  }
}

const locallyOvertaken =
  /but expected|reference already exists|unable to resolve reference|\.lock': File exists/i
const remotelyOvertaken =
  /stale info|fetch first|non-fast-forward|failed to update ref|cannot lock ref|reference already exists|remote ref does not exist|incorrect old value/i

/** git holds a ref's lock for milliseconds; one as old as this belongs to a process that was killed. */
const DEAD_LOCK_AGE = 60_000

async function breakDeadLock(error: unknown): Promise<void> {
  const lock =
    error instanceof GitError && /Unable to create '(.+\.lock)': File exists/.exec(error.stderr)?.[1]
  if (!lock) return
  const found = await stat(lock).catch(() => undefined)
  if (found && Date.now() - found.mtimeMs > DEAD_LOCK_AGE) await rm(lock, { force: true })
}

function overtaken(error: unknown, words: RegExp): false {
  if (error instanceof GitError && words.test(error.stderr)) return false
  throw error
}

function branchesIn(refs: string[], prefix: string): string[] {
  const names = refs.filter(Boolean).map((ref) => ref.replace('refs/heads/', ''))
  return names.filter((name) => name.startsWith(prefix)).toSorted()
}

function noMain(where: string): ForgeError {
  return new ForgeError('refused', `It is not clear which branch is the main one in ${where}. Check one out.`)
}

/** Branches that can be read and swapped. */
export interface Refs {
  tip(branch: string): Promise<string | undefined>
  list(prefix: string): Promise<string[]>
  main(): Promise<string>
  /** Whether this branch may begin with a commit without parents, because nothing was ever committed. */
  isUnborn(branch: string): Promise<boolean>
  /** Points a branch from `old` (absent: it must not exist) to `sha` (absent: removes it). `false`: it is elsewhere by now. */
  swap(branch: string, sha: string | undefined, old: string | undefined): Promise<boolean>
}
