import { beforeEach, describe, expect, it } from 'vitest'
import type { Fault } from '../testing/fake-github/faults.ts'
import { startFakeGitHub, type FakeGitHub } from '../testing/fake-github/start-fake-github.ts'
import { bareRepository, branchesOf, pushByHand, subjectsOf } from '../testing/git-repository.ts'
import { isForgeError } from './forge-error.ts'
import type { Forge, Issues, PullRequests } from './forge.ts'
import { openGitHub } from './github.ts'
import { MOST_TRIES } from './retry.ts'
import { runGit } from './run-git.ts'

let repository: string
let hub: FakeGitHub
let waits: number[]

beforeEach(async () => {
  repository = await bareRepository({ 'README.md': 'hello\n' })
  waits = []
  hub = await startFakeGitHub({
    ...{ repository, owner: 'acme', name: 'status' },
    tokens: { owner: {}, actions: { denied: ['pulls/create'] }, reader: { denied: ['git/create-ref'] } },
  })
  return async () => {
    await hub.close()
    expect(hub.violations).toEqual([])
    expect(hub.unimplemented).toEqual([])
  }
})

describe('commits on GitHub', { timeout: 30_000 }, () => {
  it.each<[string, Fault]>([
    ['no answer', { kind: 'reset', times: 3 }],
    ['502', { kind: 'status', status: 502, times: 3 }],
    ['too many requests at once', { kind: 'secondary limit', retryAfterSeconds: 7 }],
    ['an hour’s requests used up', { kind: 'primary limit', resetsInSeconds: 60 }],
    ['a lost answer to a new branch', { kind: 'reset', operation: 'git/create-ref', takesEffect: true }],
    ['a lost answer to a new commit', { kind: 'reset', operation: 'git/create-commit', takesEffect: true }],
    ['a branch that was made meanwhile', { kind: 'status', status: 409, operation: 'git/create-ref' }],
  ])('get through %s', async (_, fault) => {
    hub.faults.push(fault)
    const github = await open()
    const commit = await github.commit({ ...change('x.md', 'x'), branch: 'new', from: 'main' })
    expect(commit).toMatchObject({ createdBranch: true })
    expect(await subjectsOf(repository, 'new')).toEqual(['A change', 'Begin'])
    expect(hub.faults).toEqual([])
  })

  it('wait as long as GitHub asks', async () => {
    hub.faults.push(
      { kind: 'secondary limit', retryAfterSeconds: 7 },
      { kind: 'secondary limit', status: 429 },
      { kind: 'primary limit', resetsInSeconds: 90 },
    )
    await (await open()).branchExists('main')
    expect(waits).toEqual([7_000, 60_000, 91_000])
  })

  it('do not wait for an hour', async () => {
    hub.faults.push({ kind: 'primary limit', resetsInSeconds: 2_400 })
    const error = await reasonOf((await open()).branchExists('main'))
    expect(isForgeError(error, 'rate-limited')).toBe(true)
    expect(error.message).toMatch(/asks to wait 41 min/)
    expect(waits).toEqual([])
  })

  it('give up on a GitHub that stays away, and say so', async () => {
    hub.faults.push({ kind: 'status', status: 503, times: 100 })
    const error = await reasonOf((await open()).branchExists('main'))
    expect(isForgeError(error, 'unreachable')).toBe(true)
    expect(error.message).toMatch(/GitHub answered 503 to GET \/repos\/{owner}/)
    expect(hub.requests).toHaveLength(MOST_TRIES)
    await hub.close()
    const gone = await reasonOf((await open()).branchExists('main'))
    expect(gone.message).toMatch(/GitHub did not answer/)
    hub.faults.length = 0
  })

  it.each([
    ['stranger', /GitHub answered 401 .*Bad credentials.* wrong or has expired/],
    ['reader', /GitHub answered 403 .*The token needs contents: write/],
  ])('tell the %s what is wrong, without the token', async (token, words) => {
    const github = await open(token)
    const error = await reasonOf(github.commit({ ...change('x.md', 'x'), branch: 'new', from: 'main' }))
    expect(error.message).toMatch(words)
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(token)
    expect(waits).toEqual([])
  })

  it('say that nothing is in an empty repository', async () => {
    await runGit(repository, ['update-ref', '-d', 'refs/heads/main'])
    await expect((await open()).commit(change('x.md', 'x'))).rejects.toThrow(/is empty. Push a first commit/)
  })

  it('read files of more than a megabyte', async () => {
    const text = `${'0123456789\n'.repeat(120_000)}end`
    await pushByHand(repository, 'main', { 'large.ndjson': text })
    expect(await (await open()).read('main', 'large.ndjson')).toBe(text)
  })
})

describe('pull requests on GitHub', { timeout: 30_000 }, () => {
  const order = {
    branch: 'incident/api/1',
    title: 'API is down',
    body: 'It is.',
    labels: ['incident', 'auto'],
  }

  it('are opened once by ten runs, with their labels', async () => {
    const runs = await Promise.all(Array.from({ length: 10 }, () => open()))
    await begin(runs[0])
    const opened = await Promise.all(runs.map((run) => pullsOf(run).open(order)))
    expect(opened.filter(({ created }) => created)).toHaveLength(1)
    expect(new Set(opened.map(({ number }) => number))).toEqual(new Set([1]))
    expect(hub.pulls).toMatchObject([{ head: order.branch, base: 'main', labels: ['incident', 'auto'] }])
  })

  it('are found by their branch, whatever has become of them', async () => {
    const github = await open()
    const pulls = pullsOf(github)
    expect(await pulls.find(order.branch)).toBeUndefined()
    await begin(github)
    const { number } = await pulls.open({ ...order, labels: ['component:' + 'x'.repeat(60)] })
    expect(hub.pulls[0]?.labels[0]).toHaveLength(50)
    await pulls.update(number, { title: 'API was down', body: 'It was.' })
    expect(await pulls.find(order.branch)).toMatchObject({
      title: 'API was down',
      body: 'It was.',
      state: 'open',
    })
    await pulls.close(number)
    expect(await pulls.find(order.branch)).toMatchObject({ number, state: 'closed' })
    expect(await pulls.find('other')).toBeUndefined()
  })

  it('are merged by squash, and merging twice is fine', async () => {
    const github = await open()
    await begin(github)
    const { number } = await pullsOf(github).open(order)
    hub.settings.mergeabilityUnknown = 3
    hub.faults.push({ kind: 'reset', operation: 'pulls/merge' })
    expect(await pullsOf(github).merge(number, 'API was down')).toBe('merged')
    expect(await pullsOf(github).merge(number, 'API was down')).toBe('merged')
    expect(await subjectsOf(repository, 'main')).toEqual(['API was down (#1)', 'Begin'])
    expect(await pullsOf(github).find(order.branch)).toMatchObject({ state: 'merged' })
  })

  it('are merged although the answer to it was lost', async () => {
    const github = await open()
    await begin(github)
    await pullsOf(github).open(order)
    hub.faults.push({ kind: 'reset', operation: 'pulls/merge', takesEffect: true })
    expect(await pullsOf(github).merge(1, 'API was down')).toBe('merged')
    expect(await subjectsOf(repository, 'main')).toEqual(['API was down (#1)', 'Begin'])
  })

  it.each([
    ['allowed', true, 'API was down (#1)'],
    ['switched off', false, undefined],
  ])('wait for checks where auto-merge is %s', async (_, allowAutoMerge, title) => {
    Object.assign(hub.settings, { checksPending: true, allowAutoMerge })
    const github = await open()
    await begin(github)
    await pullsOf(github).open(order)
    expect(await pullsOf(github).merge(1, 'API was down')).toBe('pending')
    expect(hub.pulls[0]?.autoMerge?.title).toBe(title)
    await hub.passChecks()
    expect((await subjectsOf(repository, 'main'))[0]).toBe(title ?? 'Begin')
  })

  it('wait for a person where they conflict', async () => {
    const github = await open()
    await github.commit({ ...change('README.md', 'ours\n'), branch: order.branch, from: 'main' })
    await github.commit(change('README.md', 'theirs\n'))
    await pullsOf(github).open(order)
    expect(await pullsOf(github).merge(1, 'API was down')).toBe('pending')
  })

  it('cannot be merged once they are closed', async () => {
    const github = await open()
    await begin(github)
    await pullsOf(github).open(order)
    await pullsOf(github).close(1)
    await expect(pullsOf(github).merge(1, 'x')).rejects.toThrow(/is closed and cannot be merged/)
  })

  it('say how to allow them where they are forbidden', async () => {
    const github = await open('actions')
    await begin(github)
    const error = await reasonOf(pullsOf(github).open(order))
    expect(isForgeError(error, 'pull-requests-forbidden')).toBe(true)
    expect(error.message).toContain('Allow GitHub Actions to create and approve pull requests')
  })

  it('repeat what GitHub says about a branch that is not there', async () => {
    await expect(pullsOf(await open()).open(order)).rejects.toThrow(/422.*Validation Failed.*head/)
  })
})

describe('issues on GitHub', { timeout: 30_000 }, () => {
  const order = {
    marker: '<!-- candor:branch=b -->',
    title: 'API is down',
    labels: ['incident', 'component:api'],
  }

  it('are one in the end when ten runs open them', async () => {
    const runs = await Promise.all(Array.from({ length: 10 }, () => open('actions')))
    const body = `text ${order.marker}`
    const opened = await Promise.all(runs.map((run) => issuesOf(run).open({ ...order, body })))
    const [first] = hub.issues.filter(({ state }) => state === 'open')
    expect(hub.issues.filter(({ state }) => state === 'open')).toHaveLength(1)
    expect(new Set(opened.map(({ number }) => number))).toEqual(new Set([first?.number]))
    expect(await issuesOf(await open()).find(order.marker, order.labels)).toMatchObject({
      number: first?.number,
    })
  })

  it('are found among many, and never taken for a pull request', async () => {
    const github = await open()
    const issues = issuesOf(github)
    await begin(github)
    await pullsOf(github).open({
      branch: 'incident/api/1',
      title: 'x',
      body: order.marker,
      labels: order.labels,
    })
    for (let index = 0; index < 3; index++) {
      await issues.open({ ...order, marker: `mark ${index}`, body: `mark ${index}` })
    }
    expect(await issues.find('mark 2', order.labels)).toMatchObject({ number: 4, state: 'open' })
    expect(await issues.find(order.marker, order.labels)).toBeUndefined()
    await issues.update(4, { body: 'other' })
    await issues.close(4)
    expect(hub.issues.at(-1)).toMatchObject({ body: 'other', state: 'closed' })
    expect(await issues.compareUrl('incident/a b')).toMatch(/\/compare\/main\.\.\.incident\/a%20b\?expand=1$/)
  })
})

function open(token = 'owner'): Promise<Forge> {
  const wait = async (milliseconds: number) => waits.push(milliseconds)
  return openGitHub({ owner: 'acme', repo: 'status', token, baseUrl: hub.url, wait })
}

async function begin(github: Forge | undefined): Promise<void> {
  await github?.commit({ ...change('incidents/1.md', 'down\n'), branch: 'incident/api/1', from: 'main' })
  expect(await branchesOf(repository)).toContain('incident/api/1')
}

function pullsOf({ pullRequests }: Forge): PullRequests {
  if (!pullRequests) throw new Error('no pull requests')
  return pullRequests
}

function issuesOf({ issues }: Forge): Issues {
  if (!issues) throw new Error('no issues')
  return issues
}

function change(path: string, content: string) {
  return { branch: 'main', message: 'A change', change: () => [{ path, content }] }
}

async function reasonOf(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => {
      throw new Error('it was not refused')
    },
    (error: unknown) => error as Error,
  )
}
