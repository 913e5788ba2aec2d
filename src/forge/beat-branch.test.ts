import { describe, expect, it } from 'vitest'
import { startFakeGitHub } from '../testing/fake-github/start-fake-github.ts'
import { bareRepository, branchesOf } from '../testing/git-repository.ts'
import type { Repository } from './forge.ts'
import { readBeats, saveBeat } from './beat-branch.ts'
import { openGitHub } from './github.ts'
import { openLocalGit } from './local-git.ts'
import { runGitLine } from './run-git.ts'

const ways: Record<string, (bare: string, use: (repository: Repository) => Promise<void>) => Promise<void>> =
  {
    'local git': async (bare, use) => use(await openLocalGit(bare)),
    GitHub: async (repository, use) => {
      const hub = await startFakeGitHub({ repository, owner: 'acme', name: 'status' })
      try {
        await use(await openGitHub({ owner: 'acme', repo: 'status', token: 'x', baseUrl: hub.url }))
      } finally {
        await hub.close()
      }
      expect(hub.violations).toEqual([])
    },
  }

describe.each(Object.entries(ways))('beats kept in %s', (_, way) => {
  it('are one file without a past for each check', async () => {
    const bare = await bareRepository({ 'README.md': 'hello\n' })
    await way(bare, async (repository) => {
      expect(await readBeats(repository, ['backup/0'])).toEqual({})
      for (const text of ['1\n', '2\n']) await saveBeat(repository, 'backup/0', text)
      await saveBeat(repository, 'mail/10', '3\n')
      expect(await readBeats(repository, ['backup/0', 'mail/1', 'mail/10'])).toEqual({
        'backup/0': '2\n',
        'mail/10': '3\n',
      })
    })
    expect(await branchesOf(bare)).toEqual(['main', 'status-beat/backup.0', 'status-beat/mail.10'])
    expect(await runGitLine(bare, ['rev-list', '--count', 'status-beat/backup.0'])).toBe('1')
    expect(await runGitLine(bare, ['ls-tree', '--name-only', '-r', 'status-beat/backup.0'])).toBe('beat.json')
  })
})
