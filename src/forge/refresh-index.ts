import { copyFile, rename, rm, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { FileChange } from './forge.ts'
import { blobIdAt, NOTHING } from './git-objects.ts'
import { GitError, runGit, runGitLine, tryGitLine } from './run-git.ts'

/**
 * After a commit to the branch that is checked out: tells the index about the files that were committed, so that
 * `git status` compares the work tree with them. A file that somebody has staged otherwise is left alone.
 *
 * The new index is a copy that takes the old one's place in one step. `index.lock` is respected but never made, so that a
 * killed process cannot leave one; if git is at work on the index at this moment, it stays as it is.
 */
export async function refreshIndex(
  root: string,
  branch: string,
  before: string | undefined,
  files: FileChange[],
): Promise<void> {
  if ((await tryGitLine(root, ['rev-parse', '--is-inside-work-tree'])) !== 'true') return
  if ((await tryGitLine(root, ['symbolic-ref', '--quiet', 'HEAD'])) !== `refs/heads/${branch}`) return
  const index = resolve(root, await runGitLine(root, ['rev-parse', '--git-path', 'index']))
  const copy = `${index}.candor-${process.pid}-${Math.random().toString(36).slice(2)}`
  const env = { GIT_INDEX_FILE: copy }
  try {
    const found = await stampOf(index)
    if (found) await copyFile(index, copy)
    const entries: string[] = []
    for (const { path } of files) {
      const staged = await stagedBlob(root, path, env)
      const known = before && (await blobIdAt(root, before, path))
      if (staged !== (known || undefined)) continue
      const now = await blobIdAt(root, `refs/heads/${branch}`, path)
      entries.push(now ? `100644 ${now}\t${path}\0` : `0 ${NOTHING}\t${path}\0`)
    }
    if (entries.length === 0) return
    await runGit(root, ['update-index', '--add', '--replace', '-z', '--index-info'], {
      env,
      input: entries.join(''),
    })
    // Exits with 1 where the work tree differs, which is not our business.
    await tryGitLine(root, ['update-index', '-q', '--refresh'], { env })
    const busy = await stampOf(`${index}.lock`)
    if (!busy && (await stampOf(index)) === found) await rename(copy, index)
  } catch (error) {
    // The commit stands; a stale index is only a surprise in `git status`, which `git reset` clears.
    if (!(error instanceof GitError)) throw error
  } finally {
    await rm(copy, { force: true })
    await rm(`${copy}.lock`, { force: true })
  }
}

async function stagedBlob(
  root: string,
  path: string,
  env: Record<string, string>,
): Promise<string | undefined> {
  const entry = await runGitLine(root, ['ls-files', '--stage', '-z', '--', `:(literal)${path}`], { env })
  return /^\d+ (\w+) 0\t/.exec(entry)?.[1]
}

/** Which state of a file this is; `undefined` when there is none. */
async function stampOf(file: string): Promise<string | undefined> {
  try {
    const { ino, mtimeMs, size } = await stat(file)
    return `${ino} ${mtimeMs} ${size}`
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
