import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { runGit, runGitLine } from '../forge/run-git.ts'

/** A folder of its own for one test, removed when the test is over. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'candor-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

/** A work tree on `main` with these files committed. No name and no address are configured in it. */
export async function workTree(files: Record<string, string>): Promise<string> {
  const folder = await temporaryFolder()
  await runGit(folder, ['init', '--quiet', '--initial-branch=main'])
  await writeFiles(folder, files)
  await runGit(folder, ['add', '--all'])
  await runGit(folder, ['commit', '--quiet', '--allow-empty', '-m', 'Begin'], { env: somebody })
  return folder
}

/** A bare repository whose `main` holds these files. */
export async function bareRepository(files: Record<string, string>): Promise<string> {
  const folder = await temporaryFolder()
  await runGit(folder, ['init', '--quiet', '--bare', '--initial-branch=main'])
  const text = (content: string) => `data ${Buffer.byteLength(content)}\n${content}\n`
  const entries = Object.entries(files).map(([path, content]) => `M 100644 inline ${path}\n${text(content)}`)
  const person = 'Somebody <somebody@example.com> 1767225600 +0000'
  const input = `commit refs/heads/main\ncommitter ${person}\n${text('Begin')}${entries.join('')}`
  await runGit(folder, ['fast-import', '--quiet'], { input })
  return folder
}

/** What a person does in a clone of a bare repository: changes files on a branch and pushes. */
export async function pushByHand(
  repository: string,
  branch: string,
  files: Record<string, string>,
): Promise<void> {
  const folder = await temporaryFolder()
  await runGit(folder, ['clone', '--quiet', '--branch', branch, repository, '.'])
  await writeFiles(folder, files)
  await runGit(folder, ['add', '--all'])
  await runGit(folder, ['commit', '--quiet', '-m', 'By hand'], { env: somebody })
  await runGit(folder, ['push', '--quiet', 'origin', `HEAD:${branch}`])
}

/** What a person does to a branch: merges it into `main`, and removes it. In a bare repository, so without a work tree. */
export async function mergeByHand(repository: string, branch: string): Promise<void> {
  const tree = await runGitLine(repository, ['merge-tree', '--write-tree', 'main', branch])
  const args = ['commit-tree', tree, '-p', 'main', '-p', branch, '-m', `Merge ${branch}`]
  const merge = await runGitLine(repository, args, { env: somebody })
  await runGit(repository, ['update-ref', 'refs/heads/main', merge])
  await runGit(repository, ['update-ref', '-d', `refs/heads/${branch}`])
}

/** The branches of a repository, in the order of their names. */
export async function branchesOf(repository: string): Promise<string[]> {
  const names = await runGitLine(repository, ['for-each-ref', '--format=%(refname:short)', 'refs/heads/'])
  return names.split('\n').filter(Boolean)
}

/** The subjects of a branch's commits, newest first. */
export async function subjectsOf(repository: string, branch: string): Promise<string[]> {
  return (await runGitLine(repository, ['log', '--format=%s', branch])).split('\n')
}

async function writeFiles(folder: string, files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
}

const somebody = {
  ...{ GIT_AUTHOR_NAME: 'Somebody', GIT_AUTHOR_EMAIL: 'somebody@example.com' },
  ...{ GIT_COMMITTER_NAME: 'Somebody', GIT_COMMITTER_EMAIL: 'somebody@example.com' },
}
