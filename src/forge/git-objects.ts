import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FileChange } from './forge.ts'
import { refuseOutside } from './file-changes.ts'
import { runGit, runGitLine } from './run-git.ts'

/** The text of a file in a commit; `undefined` when there is no commit or no such file in it. */
export async function blobAt(
  root: string,
  commit: string | undefined,
  path: string,
): Promise<string | undefined> {
  if (commit === undefined) return undefined
  const answer = await ask(root, '--batch', commit, path)
  return answer?.type === 'blob' ? answer.rest.slice(0, -1) : undefined
}

/** The names of the files in a folder of a commit. */
export async function filesAt(root: string, commit: string | undefined, folder: string): Promise<string[]> {
  if (commit === undefined) return []
  const args = ['ls-tree', '-z', '--name-only', '--full-tree', commit, '--', `${folder}/`]
  const paths = (await runGit(root, args)).split('\0').filter(Boolean)
  return paths.map((path) => path.slice(folder.length + 1))
}

/** The object of a file in a commit. */
export async function blobIdAt(root: string, commit: string, path: string): Promise<string | undefined> {
  const answer = await ask(root, '--batch-check', commit, path)
  return answer?.type === 'blob' ? answer.id : undefined
}

/** In one call, with an answer of its own for what is not there: `<id> <type> <size>`, a line end and the content. */
async function ask(root: string, how: '--batch' | '--batch-check', commit: string, path: string) {
  refuseOutside(path)
  const answer = await runGit(root, ['cat-file', how], { input: `${commit}:${path}\n` })
  const head = /^([0-9a-f]{40,64}) (\w+) \d+\n/.exec(answer)
  return head && { id: head[1], type: head[2], rest: answer.slice(head[0].length) }
}

/** Writes a commit that is on no branch yet: `base`'s files with some changed. Answers its id. */
export async function writeCommit(root: string, order: CommitToWrite): Promise<string> {
  // An index of its own: the repository's stays untouched, and what a killed process leaves lies in the temporary folder.
  const folder = await mkdtemp(join(tmpdir(), 'candor-commit-'))
  const env = { GIT_INDEX_FILE: join(folder, 'index') }
  try {
    if (order.base !== undefined) await runGit(root, ['read-tree', order.base], { env })
    const entries: string[] = []
    for (const { path, content } of order.files) {
      refuseOutside(path)
      const gone = `0 ${NOTHING}\t${path}\0`
      const blob =
        content !== null && (await runGitLine(root, ['hash-object', '-w', '--stdin'], { input: content }))
      entries.push(blob ? `100644 ${blob}\t${path}\0` : gone)
    }
    await runGit(root, ['update-index', '--add', '--replace', '-z', '--index-info'], {
      env,
      input: entries.join(''),
    })
    const tree = await runGitLine(root, ['write-tree'], { env })
    const parents = order.parents.flatMap((parent) => ['-p', parent])
    const { name, email } = order.identity
    return await runGitLine(root, ['commit-tree', tree, ...parents, '-F', '-'], {
      input: order.message,
      env: {
        ...{ GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email },
        ...{ GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email },
      },
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** In git's words: no object. */
export const NOTHING = '0'.repeat(40)

/** Who a commit is by. */
export interface Identity {
  name: string
  email: string
}

interface CommitToWrite {
  /** The commit whose files it starts from; none: an empty tree. */
  base: string | undefined
  parents: string[]
  files: FileChange[]
  message: string
  identity: Identity
}
