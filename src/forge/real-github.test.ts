import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { openGitHub } from './github.ts'

/** So that the fake cannot drift from the real thing unnoticed: the same steps in a repository made for throwing away. */
const token = process.env.CANDOR_E2E_TOKEN
const place = process.env.CANDOR_E2E_REPOSITORY
const absent = !token || !place
if (absent) console.log('Skipped: CANDOR_E2E_TOKEN and CANDOR_E2E_REPOSITORY (owner/name) are not set.')

it.skipIf(absent)('the real GitHub does what the fake does', { timeout: 120_000 }, async () => {
  const [owner = '', repo = ''] = (place ?? '').split('/')
  const github = await openGitHub({ owner, repo, token: token ?? '' })
  const { pullRequests } = github
  if (!pullRequests) throw new Error('no pull requests')
  const branch = `candor-e2e/${randomBytes(6).toString('hex')}`
  const path = `${branch}.md`
  const order = { branch, from: await github.mainBranch(), message: 'A change' }
  try {
    const first = { ...order, change: () => [{ path, content: 'one\n' }] }
    const commits = await Promise.all([github.commit(first), github.commit(first), github.commit(first)])
    expect(new Set(commits.filter(Boolean).map((commit) => commit?.sha)).size).toBe(1)
    expect(await github.commit(first)).toBeUndefined()
    await Promise.all(
      ['a', 'b'].map((name) =>
        github.commit({ ...order, change: () => [{ path: `${branch}/${name}`, content: name }] }),
      ),
    )
    expect(await github.read(branch, `${branch}/a`)).toBe('a')
    expect(await github.listBranches(branch)).toEqual([branch])

    const wish = { branch, title: 'Candor end to end', body: 'From a test.', labels: ['incident'] }
    const opened = await Promise.all([pullRequests.open(wish), pullRequests.open(wish)])
    expect(opened.filter(({ created }) => created)).toHaveLength(1)
    const { number } = opened[0] ?? { number: 0 }
    expect(await pullRequests.find(branch)).toMatchObject({ number, state: 'open' })
    await pullRequests.update(number, { body: 'Changed.' })
    expect(await pullRequests.find(`${branch}-nope`)).toBeUndefined()
    expect(await pullRequests.merge(number, 'Candor end to end')).toBe('merged')
    expect(await pullRequests.merge(number, 'Candor end to end')).toBe('merged')

    await github.replaceBranch(`${branch}-live`, 'Now', [{ path: 'live.json', content: '1' }])
    await github.replaceBranch(`${branch}-live`, 'Now', [{ path: 'live.json', content: '2' }])
    expect(await github.read(`${branch}-live`, 'live.json')).toBe('2')
  } finally {
    await github.deleteBranch(branch)
    await github.deleteBranch(`${branch}-live`)
    await github.deleteBranch(`${branch}-live`)
  }
})
