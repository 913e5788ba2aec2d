import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import {
  bareRepository,
  pushByHand,
  subjectsOf,
  temporaryFolder,
  workTree,
} from '../testing/git-repository.ts'
import { openLocalGit, worldPrefix } from './local-git.ts'
import { runGit, runGitLine } from './run-git.ts'

// As on a fresh machine: nobody has said who they are.
beforeEach(() => {
  vi.stubEnv('GIT_CONFIG_GLOBAL', '/dev/null')
  vi.stubEnv('GIT_CONFIG_NOSYSTEM', '1')
  return () => vi.unstubAllEnvs()
})

describe('local git', { timeout: 60_000 }, () => {
  it('commits as Candor where nobody is configured, or as whoever it is told', async () => {
    const folder = await workTree({ 'a.md': 'a\n' })
    await (await openLocalGit(folder)).commit(change('a.md', 'b\n'))
    expect(await runGitLine(folder, ['log', '-1', '--format=%an <%ae> %cn'])).toBe(
      'Candor <candor@localhost> Candor',
    )
    const identity = { name: 'Ada', email: 'ada@example.com' }
    await (await openLocalGit(folder, { identity })).commit(change('a.md', 'c\n'))
    expect(await runGitLine(folder, ['log', '-1', '--format=%an <%ae> %cn'])).toBe(
      'Ada <ada@example.com> Ada',
    )
  })

  it('leaves `git status` clean where the work tree holds what was committed', async () => {
    const folder = await workTree({ 'a.md': 'a\n', 'gone.md': 'x\n', 'status/b.md': 'b\n' })
    await writeFile(join(folder, 'a.md'), 'changed\n')
    await writeFile(join(folder, 'status/new.md'), 'new\n')
    await runGit(folder, ['rm', '--quiet', '--cached', 'gone.md'])
    await runGit(folder, ['reset', '--quiet'])
    const git = await openLocalGit(join(folder, 'status'))
    await git.commit(change('a.md', 'changed\n', 'status/new.md', 'new\n'))
    expect(await status(folder)).toBe('')
  })

  it('touches neither the work tree nor what somebody has staged', async () => {
    const folder = await workTree({ 'a.md': 'a\n', 'b.md': 'b\n' })
    await writeFile(join(folder, 'a.md'), 'in work\n')
    await writeFile(join(folder, 'b.md'), 'staged\n')
    await runGit(folder, ['add', 'b.md'])
    const git = await openLocalGit(folder)
    await git.commit(change('a.md', 'committed\n', 'b.md', 'committed\n'))
    expect(await readFile(join(folder, 'a.md'), 'utf8')).toBe('in work\n')
    expect(await status(folder)).toBe(' M a.md\nM  b.md')
    expect(await git.read('main', 'a.md')).toBe('committed\n')
  })

  it('leaves the index alone for other branches, and while git is at work on it', async () => {
    const folder = await workTree({ 'a.md': 'a\n' })
    const index = () => readFile(join(folder, '.git/index'), 'base64')
    const before = await index()
    const git = await openLocalGit(folder)
    await git.commit({ ...change('a.md', 'b\n'), branch: 'other', from: 'main' })
    await writeFile(join(folder, '.git/index.lock'), '')
    await git.commit(change('a.md', 'c\n'))
    expect(await index()).toBe(before)
    expect((await readdir(join(folder, '.git'))).filter((name) => name.includes('candor'))).toEqual([])
  })

  it('begins a repository in which nothing was ever committed', async () => {
    const folder = await temporaryFolder()
    await runGit(folder, ['init', '--quiet', '--initial-branch=trunk'])
    const git = await openLocalGit(folder)
    expect(await git.mainBranch()).toBe('trunk')
    await git.commit({ ...change('a.md', 'a\n'), branch: 'trunk' })
    expect(await git.read('trunk', 'a.md')).toBe('a\n')
  })

  it('needs no work tree', async () => {
    const folder = await bareRepository({ 'a.md': 'a\n' })
    const git = await openLocalGit(folder)
    await git.commit(change('a.md', 'b\n'))
    expect(await git.read(await git.mainBranch(), 'a.md')).toBe('b\n')
    expect(await worldPrefix(folder)).toBe('')
    expect(await readdir(folder)).not.toContain('index')
  })

  it('works from within a hook, where git names its own index and folder', async () => {
    const folder = await workTree({ 'a.md': 'a\n' })
    const other = await workTree({})
    vi.stubEnv('GIT_DIR', join(other, '.git'))
    vi.stubEnv('GIT_INDEX_FILE', join(other, '.git/index'))
    await (await openLocalGit(folder)).commit(change('a.md', 'b\n'))
    vi.unstubAllEnvs()
    expect(await subjectsOf(folder, 'main')).toEqual(['A change', 'Begin'])
    expect(await subjectsOf(other, 'main')).toEqual(['Begin'])
  })

  it('takes no repository for granted', async () => {
    const folder = await temporaryFolder()
    await expect(openLocalGit(folder)).rejects.toThrow(
      /is not inside a git repository that can be used: .*not a git repository/,
    )
  })

  it.each([
    ['', ''],
    ['worlds/acme', 'worlds/acme/'],
  ])('knows where the folder %j lies in its repository', async (below, prefix) => {
    const folder = await workTree({ 'worlds/acme/site.yaml': '' })
    expect(await worldPrefix(join(folder, below))).toBe(prefix)
  })

  it('breaks the lock that a killed process has left on a branch', async () => {
    const folder = await workTree({ 'a.md': 'a\n' })
    const lock = join(folder, '.git/refs/heads/main.lock')
    await writeFile(lock, '')
    const long = new Date(0)
    await utimes(lock, long, long)
    await (await openLocalGit(folder)).commit(change('a.md', 'b\n'))
    expect(await subjectsOf(folder, 'main')).toEqual(['A change', 'Begin'])
  })

  it('says so when a branch is locked for good', async () => {
    const folder = await workTree({ 'a.md': 'a\n' })
    await writeFile(join(folder, '.git/refs/heads/main.lock'), '')
    const waits: number[] = []
    const git = await openLocalGit(folder, { wait: async (pause) => waits.push(pause) })
    await expect(git.commit(change('a.md', 'b\n'))).rejects.toThrow(/changed by others 8 times in a row/)
    expect(waits).toHaveLength(7)
    expect(Math.max(...waits)).toBeLessThanOrEqual(5_000)
  })
})

describe('local git with a remote', { timeout: 60_000 }, () => {
  it('pushes, and leaves the local branches and work tree as they are', async () => {
    const remote = await bareRepository({ 'a.md': 'a\n' })
    const folder = await cloneOf(remote)
    const git = await openLocalGit(folder, { remote: 'origin' })
    await pushByHand(remote, 'main', { 'by-hand.md': 'x\n' })
    await git.commit(change('a.md', 'b\n'))
    expect(await subjectsOf(remote, 'main')).toEqual(['A change', 'By hand', 'Begin'])
    expect(await git.read('main', 'by-hand.md')).toBe('x\n')
    expect(await subjectsOf(folder, 'main')).toEqual(['Begin'])
    expect(await status(folder)).toBe('')
  })

  it('builds anew on what others have pushed in the meantime', async () => {
    const remote = await bareRepository({ 'a.md': 'a\n' })
    const git = await openLocalGit(await cloneOf(remote), { remote: 'origin' })
    let asked = 0
    await git.commit({
      ...{ branch: 'main', message: 'A change' },
      async change(read) {
        asked += 1
        const before = await read('a.md')
        if (asked === 1) await pushByHand(remote, 'main', { 'a.md': 'by hand\n' })
        return [{ path: 'a.md', content: `${before}and more\n` }]
      },
    })
    expect(asked).toBe(2)
    expect(await git.read('main', 'a.md')).toBe('by hand\nand more\n')
  })

  it('does not bring back a branch that was removed while it worked', async () => {
    const remote = await bareRepository({ 'a.md': 'a\n' })
    const git = await openLocalGit(await cloneOf(remote), { remote: 'origin' })
    await git.commit({ ...change('x.md', '1'), branch: 'incident', from: 'main' })
    const commit = git.commit({
      ...{ branch: 'incident', message: 'More' },
      async change() {
        await runGit(remote, ['update-ref', '-d', 'refs/heads/incident'])
        return [{ path: 'x.md', content: '2' }]
      },
    })
    await expect(commit).rejects.toThrow(/The branch incident does not exist/)
    expect(await git.listBranches('')).toEqual(['main'])
  })

  it('takes an address for a remote, and keeps everything local with `push: false`', async () => {
    const remote = await bareRepository({ 'a.md': 'a\n' })
    const folder = await cloneOf(remote)
    await (await openLocalGit(folder, { remote })).commit(change('a.md', 'b\n'))
    await (await openLocalGit(folder, { remote, push: false })).commit(change('a.md', 'c\n'))
    expect(await runGitLine(remote, ['show', 'main:a.md'])).toBe('b')
    expect(await runGitLine(folder, ['show', 'main:a.md'])).toBe('c')
  })

  it('repeats what a remote says when it refuses, without the password in its address', async () => {
    const remote = await bareRepository({ 'a.md': 'a\n' })
    await writeFile(join(remote, 'hooks/update'), '#!/bin/sh\necho main is protected >&2\nexit 1\n', {
      mode: 0o755,
    })
    const git = await openLocalGit(await cloneOf(remote), { remote: 'origin' })
    await expect(git.commit(change('a.md', 'b\n'))).rejects.toThrow(/git push failed.*main is protected/s)
    const away = await openLocalGit(await cloneOf(remote), { remote: 'http://bot:hunter2@127.0.0.1:9/x.git' })
    const error = await away.read('main', 'a.md').catch((reason: unknown) => reason)
    expect(String(error)).toContain('127.0.0.1:9')
    expect(String(error)).not.toContain('hunter2')
  })
})

describe('a process that is killed while it commits', { timeout: 60_000 }, () => {
  it('leaves no index.lock and a repository that can be read and written', async () => {
    const folder = await workTree({ 'a.md': '0\n' })
    for (const milliseconds of [60, 75, 90, 105, 120, 135, 150, 165, 180, 195]) {
      await killAfterFirstCommit(folder, milliseconds)
      expect(await readdir(join(folder, '.git'))).not.toContain('index.lock')
      // git's own lock on a branch can be left for the few milliseconds that it is held; it is broken when it is old.
      for (const lock of await locksIn(folder)) await utimes(lock, new Date(0), new Date(0))
    }
    expect(await runGitLine(folder, ['fsck', '--no-dangling', '--no-progress'])).toBe('')
    await (await openLocalGit(folder)).commit(change('last.md', 'x\n'))
    expect((await subjectsOf(folder, 'main'))[0]).toBe('A change')
  })
})

/** Lets a process commit as fast as it can, and kills it and the git it runs some time after its first commit. */
async function killAfterFirstCommit(folder: string, milliseconds: number): Promise<void> {
  const source = `
    const { openLocalGit } = await import(${JSON.stringify(pathToFileURL(join(import.meta.dirname, 'local-git.ts')).href)})
    const git = await openLocalGit(${JSON.stringify(folder)})
    for (let count = 0; ; count++) {
      const content = process.pid + ' ' + count
      await git.commit({ branch: 'main', message: content, change: () => [{ path: 'a.md', content }] })
      if (count === 0) process.stdout.write('committed')
    }`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  await new Promise((resolve) => setTimeout(resolve, milliseconds))
  const ended = once(child, 'exit')
  // The whole group: the git that is running at this moment dies too.
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  await ended
}

async function locksIn(folder: string): Promise<string[]> {
  const names = await readdir(join(folder, '.git'), { recursive: true })
  return names.filter((name) => name.endsWith('.lock')).map((name) => join(folder, '.git', name))
}

async function cloneOf(remote: string): Promise<string> {
  const folder = await temporaryFolder()
  await runGit(folder, ['clone', '--quiet', remote, '.'])
  return folder
}

function status(folder: string): Promise<string> {
  return runGitLine(folder, ['status', '--porcelain'])
}

function change(...pairs: string[]) {
  const files = pairs.flatMap((path, index) =>
    index % 2 === 0 ? [{ path, content: pairs[index + 1] ?? '' }] : [],
  )
  return { branch: 'main', message: 'A change', change: () => files }
}
