import { describe, expect, it } from 'vitest'
import { startFakeGitHub } from '../testing/fake-github/start-fake-github.ts'
import { bareRepository, branchesOf, temporaryFolder } from '../testing/git-repository.ts'
import type { Repository } from './forge.ts'
import { openGitHub } from './github.ts'
import { readLive, saveLive } from './live-branch.ts'
import { openLocalGit } from './local-git.ts'
import { runGit, runGitLine } from './run-git.ts'

const ways: Record<
  string,
  (bare: string, use: (open: () => Promise<Repository>) => Promise<void>) => Promise<void>
> = {
  'local git': (bare, use) => use(() => openLocalGit(bare)),
  'clones that push': (bare, use) =>
    use(async () => {
      const folder = await temporaryFolder()
      await runGit(folder, ['clone', '--quiet', bare, '.'])
      return openLocalGit(folder, { remote: 'origin' })
    }),
  GitHub: async (repository, use) => {
    const hub = await startFakeGitHub({ repository, owner: 'acme', name: 'status' })
    try {
      await use(() => openGitHub({ owner: 'acme', repo: 'status', token: 'x', baseUrl: hub.url }))
    } finally {
      await hub.close()
    }
    expect(hub.violations).toEqual([])
  },
}

describe.each(Object.entries(ways))('what writers see now, kept in %s', { timeout: 60_000 }, (_, way) => {
  it('is one file without a past for each writer', async () => {
    const bare = await bareRepository({ 'README.md': 'hello\n' })
    await way(bare, async (open) => {
      const reader = await open()
      expect(await readLive(reader)).toEqual({})
      const writers = ['fra', 'iad', 'sin']
      await Promise.all(
        writers.map(async (writer) => {
          const repository = await open()
          for (let pass = 0; pass < 4; pass++) await saveLive(repository, writer, `{"pass":${pass}}\n`)
        }),
      )
      const last = '{"pass":3}\n'
      expect(await readLive(reader)).toEqual({ fra: last, iad: last, sin: last })
    })
    expect(await branchesOf(bare)).toEqual(['main', 'status-live/fra', 'status-live/iad', 'status-live/sin'])
    expect(await runGitLine(bare, ['rev-list', '--count', 'status-live/fra'])).toBe('1')
    expect(await runGitLine(bare, ['ls-tree', '--name-only', '-r', 'status-live/fra'])).toBe('live.json')
  })
})

describe('a writer’s name', () => {
  it.each(['', 'Fra', '../main', 'a/b', '-x', 'x'.repeat(41)])('is not %j', async (writer) => {
    const repository = await openLocalGit(await bareRepository({}))
    await expect(saveLive(repository, writer, '{}')).rejects.toThrow(/A writer's name is made of/)
  })
})
