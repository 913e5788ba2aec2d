import { describe, expect, it, onTestFinished } from 'vitest'
import { startFakeGitHub } from '../testing/fake-github/start-fake-github.ts'
import { bareRepository, temporaryFolder, workTree } from '../testing/git-repository.ts'
import { isForgeError } from './forge-error.ts'
import type { FileChange, Repository } from './forge.ts'
import { openGitHub } from './github.ts'
import { openLocalGit } from './local-git.ts'
import { runGit } from './run-git.ts'

const begin = { 'README.md': 'hello\n', 'docs/a.md': 'a\n' }

/** Every way to a repository. Each gives several openings of the same one, as several writers have. */
const ways: Record<string, (writers: number) => Promise<Repository[]>> = {
  'a work tree': async (writers) => {
    const folder = await workTree(begin)
    return Promise.all(Array.from({ length: writers }, () => openLocalGit(folder)))
  },
  'clones that push': async (writers) => {
    const remote = await bareRepository(begin)
    const clone = async () => {
      const folder = await temporaryFolder()
      // A shallow clone is what a hosted runner has.
      await runGit(folder, ['clone', '--quiet', '--depth=1', `file://${remote}`, '.'])
      return openLocalGit(folder, { remote: 'origin' })
    }
    return Promise.all(Array.from({ length: writers }, clone))
  },
  GitHub: async (writers) => {
    const repository = await bareRepository(begin)
    const hub = await startFakeGitHub({ repository, owner: 'acme', name: 'status' })
    onTestFinished(async () => {
      await hub.close()
      expect(hub.violations).toEqual([])
    })
    const place = { owner: 'acme', repo: 'status', token: 'secret', baseUrl: hub.url }
    return Promise.all(Array.from({ length: writers }, () => openGitHub(place)))
  },
}

describe.each(Object.keys(ways))('%s', { timeout: 60_000 }, (way) => {
  it('reads files and knows its branches', async () => {
    const repository = await one(way)
    expect(await repository.mainBranch()).toBe('main')
    expect(await repository.read('main', 'docs/a.md')).toBe('a\n')
    expect(await repository.read('main', 'docs')).toBeUndefined()
    expect(await repository.read('main', 'nope.md')).toBeUndefined()
    expect(await repository.read('nope', 'docs/a.md')).toBeUndefined()
    expect(await repository.branchExists('nope')).toBe(false)
    expect(await repository.listBranches('')).toEqual(['main'])
  })

  it('adds, changes and removes files in one commit', async () => {
    const repository = await one(way)
    const changes = [
      { path: 'deep/er/new.md', content: 'Größe\r\n😀 without an end' },
      { path: 'README.md', content: '' },
      { path: 'docs/a.md', content: null },
    ]
    const commit = await repository.commit(order('main', changes))
    expect(commit).toEqual({ sha: expect.stringMatching(/^[0-9a-f]{40}$/), createdBranch: false })
    expect(await repository.read('main', 'deep/er/new.md')).toBe('Größe\r\n😀 without an end')
    expect(await repository.read('main', 'README.md')).toBe('')
    expect(await repository.read('main', 'docs/a.md')).toBeUndefined()
  })

  it('commits nothing when nothing differs, and makes no branch for it', async () => {
    const repository = await one(way)
    const same = [
      { path: 'README.md', content: 'hello\n' },
      { path: 'nope.md', content: null },
    ]
    expect(await repository.commit(order('main', same))).toBeUndefined()
    expect(await repository.commit(order('main', []))).toBeUndefined()
    expect(await repository.commit({ ...order('new', same), from: 'main' })).toBeUndefined()
    expect(await repository.listBranches('')).toEqual(['main'])
  })

  it('begins a branch where another one stands', async () => {
    const repository = await one(way)
    const first = { ...order('incident/api/1', [{ path: 'x.md', content: '1' }]), from: 'main' }
    expect(await repository.commit(first)).toMatchObject({ createdBranch: true })
    const second = { ...order('incident/api/1', [{ path: 'x.md', content: '2' }]), from: 'main' }
    expect(await repository.commit(second)).toMatchObject({ createdBranch: false })
    expect(await repository.read('incident/api/1', 'x.md')).toBe('2')
    expect(await repository.read('incident/api/1', 'README.md')).toBe('hello\n')
    expect(await repository.read('main', 'x.md')).toBeUndefined()
    expect(await repository.listBranches('incident/')).toEqual(['incident/api/1'])
  })

  it('says so when there is nowhere to commit to', async () => {
    const repository = await one(way)
    const change = [{ path: 'x.md', content: '1' }]
    for (const from of [undefined, 'nope']) {
      const commit = repository.commit({ ...order('gone', change), ...(from && { from }) })
      const error = await commit.catch((reason: unknown) => reason)
      expect(isForgeError(error, 'missing-branch')).toBe(true)
      expect((error as Error).message).toMatch(/The branch gone does not exist/)
    }
  })

  it('keeps out of paths that leave the repository', async () => {
    const repository = await one(way)
    for (const path of [
      '../outside.md',
      '/etc/passwd',
      'a//b.md',
      '.git/config',
      'docs/.GIT/hooks/x',
      'a\nb',
      '',
    ]) {
      const commit = repository.commit(order('main', [{ path, content: 'x' }]))
      await expect(commit).rejects.toThrow(/no path inside a repository/)
    }
  })

  it('removes branches, also those that are gone', async () => {
    const repository = await one(way)
    await repository.commit({ ...order('a', [{ path: 'x.md', content: '1' }]), from: 'main' })
    await repository.deleteBranch('a')
    await repository.deleteBranch('a')
    expect(await repository.listBranches('')).toEqual(['main'])
  })

  it('replaces a branch with one commit that has no past', async () => {
    const repository = await one(way)
    for (const content of ['1', '2', '2', '3']) {
      await repository.replaceBranch('status-live/fra', 'Now', [{ path: 'live.json', content }])
    }
    expect(await repository.read('status-live/fra', 'live.json')).toBe('3')
    expect(await repository.read('status-live/fra', 'README.md')).toBeUndefined()
  })

  it('lets ten writers begin the same branch at once: one does, the others find it begun', async () => {
    const writers = await many(way, 10)
    const same = { ...order('one', [{ path: 'x.md', content: 'the same' }]), from: 'main' }
    const commits = await Promise.all(writers.map((writer) => writer.commit(same)))
    // The same commit made in the same second has the same id: then several may say that they made it.
    expect(new Set(commits.filter(Boolean).map((commit) => commit?.sha)).size).toBe(1)
    expect(await writers[0]?.read('one', 'x.md')).toBe('the same')
  })

  it('loses none of the lines that four writers append eight times each', async () => {
    const writers = await many(way, 4)
    await Promise.all(
      writers.map(async (writer, index) => {
        const path = `history/${index}.ndjson`
        for (let line = 0; line < 8; line++) {
          await writer.commit({
            branch: 'main',
            message: `Line ${line} of ${index}`,
            change: async (read) => [{ path, content: `${(await read(path)) ?? ''}${line}\n` }],
          })
        }
      }),
    )
    for (const index of writers.keys()) {
      expect(await writers[0]?.read('main', `history/${index}.ndjson`)).toBe('0\n1\n2\n3\n4\n5\n6\n7\n')
    }
  })

  it('lets writers replace the same branch at once without failing', async () => {
    const writers = await many(way, 4)
    await Promise.all(
      writers.map((writer, index) =>
        writer.replaceBranch('live', 'Now', [{ path: 'x', content: `${index}` }]),
      ),
    )
    expect(await writers[0]?.read('live', 'x')).toMatch(/^[0-3]$/)
  })
})

async function many(way: string, writers: number): Promise<Repository[]> {
  const open = ways[way]
  if (!open) throw new Error(`no way called ${way}`)
  return open(writers)
}

async function one(way: string): Promise<Repository> {
  const [repository] = await many(way, 1)
  if (!repository) throw new Error('nothing was opened')
  return repository
}

function order(branch: string, changes: FileChange[]) {
  return { branch, message: 'A change', change: () => changes }
}
