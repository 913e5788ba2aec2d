import { differing, refuseOutside, remembering } from './file-changes.ts'
import { ForgeError } from './forge-error.ts'
import type { Commit, CommitOrder, FileChange, Repository } from './forge.ts'
import type { GitHubPlace } from './github.ts'
import { refused, unlessMissing } from './github-client.ts'
import { lost, race } from './retry.ts'

/** Commits through the API: tree, commit, then a ref that GitHub moves only forward. */
export function gitHubRepository({ octokit, at, wait, about }: GitHubPlace): Repository {
  const { git, repos } = octokit.rest
  const name = `${at.owner}/${at.repo} on GitHub`

  async function tip(branch: string): Promise<string | undefined> {
    try {
      const ref = await unlessMissing(git.getRef({ ...at, ref: `heads/${branch}` }))
      return ref?.data.object.sha
    } catch (error) {
      if (!refused(error, 409)) throw error
      throw new ForgeError('missing-branch', `${name} is empty. Push a first commit to it.`, { cause: error })
    }
  }

  async function textAt(ref: string, path: string): Promise<string | undefined> {
    refuseOutside(path)
    const found = await unlessMissing(repos.getContent({ ...at, path, ref }))
    if (found === undefined || Array.isArray(found.data) || found.data.type !== 'file') return undefined
    const { sha, encoding, content } = found.data
    // From 1 MB on the answer names the blob only.
    const text = encoding === 'base64' ? content : (await git.getBlob({ ...at, file_sha: sha })).data.content
    return Buffer.from(text, 'base64').toString('utf8')
  }

  /** By trees: the contents of a folder are answered up to a thousand files only. */
  async function filesAt(commit: string, folder: string): Promise<string[]> {
    refuseOutside(folder)
    let entries = await entriesOf((await git.getCommit({ ...at, commit_sha: commit })).data.tree.sha)
    for (const step of folder.split('/')) {
      const next = entries.find(({ path, type }) => path === step && type === 'tree')
      if (!next) return []
      entries = await entriesOf(next.sha)
    }
    return entries.flatMap(({ path, type }) => (type === 'blob' ? path : []))
  }

  async function entriesOf(tree_sha: string) {
    return (await git.getTree({ ...at, tree_sha })).data.tree
  }

  async function writeCommit(message: string, tree: TreeEntry[], base?: { sha: string; tree: string }) {
    const written = await git.createTree({ ...at, tree, ...(base && { base_tree: base.tree }) })
    if (written.data.sha === base?.tree) return undefined
    // No author is named: GitHub then signs the commit in the name of the token's owner.
    const parents = base ? [base.sha] : []
    return (await git.createCommit({ ...at, message, tree: written.data.sha, parents })).data.sha
  }

  async function commit(order: CommitOrder): Promise<Commit | undefined> {
    let attempted: Commit | undefined
    return race(`${order.branch} in ${name}`, wait, async () => {
      const old = await tip(order.branch)
      // Our own commit is there although GitHub said no: its first answer was lost on the way.
      if (attempted && old === attempted.sha) return attempted
      const base = old ?? (order.from === undefined ? undefined : await tip(order.from))
      if (base === undefined) throw missing(order)
      const read = remembering((path) => textAt(base, path))
      const changes = await differing(await order.change(read, (folder) => filesAt(base, folder)), read)
      if (changes.length === 0) return undefined
      const { tree } = (await git.getCommit({ ...at, commit_sha: base })).data
      const sha = await writeCommit(order.message, changes.map(treeEntry), { sha: base, tree: tree.sha })
      if (sha === undefined) return undefined
      attempted = { sha, createdBranch: old === undefined }
      return (await point(order.branch, sha, { exists: old !== undefined })) ? attempted : lost
    })
  }

  /** Makes or moves a branch; `false` when another writer was there first. */
  async function point(
    branch: string,
    sha: string,
    how: { exists: boolean; force?: boolean },
  ): Promise<boolean> {
    try {
      if (how.exists) await git.updateRef({ ...at, ref: `heads/${branch}`, sha, force: how.force ?? false })
      else await git.createRef({ ...at, ref: `refs/heads/${branch}`, sha })
      return true
    } catch (error) {
      const moved = /not a fast.?forward|already exists|does not exist|Reference update failed/i
      if (refused(error, 422, moved) || refused(error, 409)) return false
      throw error
    }
  }

  function missing({ branch, from }: CommitOrder): ForgeError {
    const start = from === undefined ? '' : `, and neither does ${from}, which it should start from`
    return new ForgeError('missing-branch', `The branch ${branch} does not exist in ${name}${start}.`)
  }

  return {
    name,
    mainBranch: async () => (await about()).main,
    branchExists: async (branch) => (await tip(branch)) !== undefined,
    async listBranches(prefix) {
      const refs = await octokit.paginate(git.listMatchingRefs, { ...at, ref: `heads/${prefix}` })
      return refs.map(({ ref }) => ref.replace('refs/heads/', '')).toSorted()
    },
    async listFiles(branch, folder) {
      const sha = await tip(branch)
      return sha === undefined ? [] : filesAt(sha, folder)
    },
    read: (branch, path) => textAt(branch, path),
    commit,
    async replaceBranch(branch, message, files) {
      const sha = await writeCommit(message, files.map(treeEntry))
      if (sha === undefined) return
      await race(`${branch} in ${name}`, wait, async () => {
        const exists = (await tip(branch)) !== undefined
        return (await point(branch, sha, { exists, force: true })) ? undefined : lost
      })
    },
    async deleteBranch(branch) {
      try {
        await git.deleteRef({ ...at, ref: `heads/${branch}` })
      } catch (error) {
        if (!refused(error, 422, /does not exist/i) && !refused(error, 404)) throw error
      }
    },
  }
}

function treeEntry({ path, content }: FileChange): TreeEntry {
  const file = { path, mode: '100644', type: 'blob' } as const
  return content === null ? { ...file, sha: null } : { ...file, content }
}

type TreeEntry = { path: string; mode: '100644'; type: 'blob' } & ({ content: string } | { sha: null })
