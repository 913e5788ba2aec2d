import { differing, remembering } from './file-changes.ts'
import { ForgeError } from './forge-error.ts'
import type { Commit, CommitOrder, FileChange, Forge } from './forge.ts'
import { blobAt, filesAt, writeCommit, type Identity } from './git-objects.ts'
import { localRefs, remoteRefs, type Refs } from './git-refs.ts'
import { refreshIndex } from './refresh-index.ts'
import { lost, race, realWait, type Wait } from './retry.ts'
import { GitError, runGitLine } from './run-git.ts'

/**
 * Opens the git repository that a folder lies in, with or without a work tree. Commits are made of objects and a ref
 * that is swapped only if nobody moved it: no work tree, no index lock, so a killed process leaves nothing behind.
 *
 * With `remote` (a remote's name or address) the remote's branches are the repository: every read fetches, every commit
 * is pushed, and the local branches and work tree stay as they are. `push: false` keeps everything local after all.
 *
 * Without a remote, a commit to the branch that is checked out leaves the work tree alone too; where a file there
 * already holds what was committed, `git status` stays clean.
 */
export async function openLocalGit(folder: string, options: LocalGitOptions = {}): Promise<Forge> {
  const root = await repositoryRoot(folder)
  const { identity = candor, wait = realWait } = options
  const remote = options.push === false ? undefined : options.remote
  const refs: Refs = remote === undefined ? localRefs(root) : remoteRefs(root, remote)

  async function commit(order: CommitOrder): Promise<Commit | undefined> {
    return race(`${order.branch} in ${root}`, wait, async () => {
      const old = await refs.tip(order.branch)
      const base = old ?? (order.from === undefined ? undefined : await refs.tip(order.from))
      if (base === undefined && !(await refs.isUnborn(order.branch))) throw missing(order)
      const read = remembering((path) => blobAt(root, base, path))
      const files = await differing(await order.change(read, (folder) => filesAt(root, base, folder)), read)
      if (files.length === 0) return undefined
      const sha = await writeCommit(root, {
        base,
        parents: base ? [base] : [],
        files,
        message: order.message,
        identity,
      })
      if (!(await refs.swap(order.branch, sha, old))) return lost
      if (remote === undefined) await refreshIndex(root, order.branch, base, files)
      return { sha, createdBranch: old === undefined }
    })
  }

  return {
    name: remote === undefined ? `local git in ${root}` : `local git in ${root}, pushed to ${remote}`,
    mainBranch: async () => options.mainBranch ?? (await refs.main()),
    branchExists: async (branch) => (await refs.tip(branch)) !== undefined,
    listBranches: (prefix) => refs.list(prefix),
    listFiles: async (branch, folder) => filesAt(root, await refs.tip(branch), folder),
    read: async (branch, path) => blobAt(root, await refs.tip(branch), path),
    commit,
    async replaceBranch(branch, message, files) {
      const changes: FileChange[] = files
      const order = { base: undefined, parents: [], files: changes, message, identity }
      const sha = await writeCommit(root, order)
      await race(`${branch} in ${root}`, wait, async () =>
        (await refs.swap(branch, sha, await refs.tip(branch))) ? undefined : lost,
      )
    },
    deleteBranch: (branch) =>
      race(`${branch} in ${root}`, wait, async () => {
        const tip = await refs.tip(branch)
        return tip === undefined || (await refs.swap(branch, undefined, tip)) ? undefined : lost
      }),
  }

  function missing({ branch, from }: CommitOrder): ForgeError {
    const start = from === undefined ? '' : `, and neither does ${from}, which it should start from`
    return new ForgeError('missing-branch', `The branch ${branch} does not exist in ${root}${start}.`)
  }
}

/** Where a folder lies below its repository's root: `status/`, or an empty text for the root itself. */
export async function worldPrefix(folder: string): Promise<string> {
  await repositoryRoot(folder)
  return runGitLine(folder, ['rev-parse', '--show-prefix'])
}

async function repositoryRoot(folder: string): Promise<string> {
  try {
    const bare = await runGitLine(folder, ['rev-parse', '--is-bare-repository'])
    return await runGitLine(folder, ['rev-parse', bare === 'true' ? '--absolute-git-dir' : '--show-toplevel'])
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    const why = `${folder} is not inside a git repository that can be used: ${error.stderr}`
    throw new ForgeError('refused', why, { cause: error })
  }
}

const candor: Identity = { name: 'Candor', email: 'candor@localhost' }

export interface LocalGitOptions {
  /** A remote's name or address. */
  remote?: string
  /** `false`: commits stay local even though there is a remote. */
  push?: boolean
  /** The branch that the page is built from, where it is not the remote's default or the one checked out. */
  mainBranch?: string
  /** Whose name the commits bear. */
  identity?: Identity
  wait?: Wait
}
