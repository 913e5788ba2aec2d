import { Octokit } from 'octokit'
import { beforeEach, describe, expect, it } from 'vitest'
import { bareRepository, pushByHand, subjectsOf } from '../git-repository.ts'
import { startFakeGitHub, type FakeGitHub } from './start-fake-github.ts'

const at = { owner: 'acme', repo: 'status' }
let repository: string
let hub: FakeGitHub
let github: Octokit

beforeEach(async () => {
  repository = await bareRepository({ 'README.md': 'hello\n', 'docs/a.md': 'a\n' })
  hub = await startFakeGitHub({
    ...{ repository, owner: 'acme', name: 'status' },
    tokens: { owner: {}, actions: { denied: ['pulls/create', 'issues/create'] } },
  })
  github = client('owner')
  return async () => {
    await hub.close()
    expect(hub.violations).toEqual([])
  }
})

describe('the fake GitHub', { timeout: 30_000 }, () => {
  it('plays a pull request from branch to merge on a real repository', async () => {
    const sha = await branchWith('fix', { 'docs/b.md': 'b\n' })
    const { data: pull } = await github.rest.pulls.create({ ...at, title: 'Fix', head: 'fix', base: 'main' })
    expect(pull).toMatchObject({ number: 1, state: 'open', head: { ref: 'fix', sha } })
    const labels = ['incident', 'auto']
    await github.rest.issues.addLabels({ ...at, issue_number: 1, labels })
    await github.rest.issues.createComment({ ...at, issue_number: 1, body: 'still failing' })
    await github.rest.pulls.update({ ...at, pull_number: 1, title: 'Fixed' })
    await github.rest.pulls.merge({ ...at, pull_number: 1, merge_method: 'squash' })
    const { data: merged } = await github.rest.pulls.get({ ...at, pull_number: 1 })
    expect(merged).toMatchObject({
      state: 'closed',
      merged: true,
      labels: [{ name: 'incident' }, { name: 'auto' }],
    })
    expect(await text('docs/b.md')).toBe('b\n')
    expect(await subjectsOf(repository, 'main')).toEqual(['Fixed (#1)', 'Begin'])
    expect(hub.comments).toEqual([{ number: 1, body: 'still failing' }])
  })

  it('lets one of ten make a branch', async () => {
    const sha = await tip('main')
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        refusalOf(github.rest.git.createRef({ ...at, ref: 'refs/heads/one', sha })),
      ),
    )
    expect(answers.filter((answer) => answer === undefined)).toHaveLength(1)
    expect(new Set(answers)).toEqual(new Set([undefined, '422 Reference already exists']))
  })

  it('lets one of ten move a branch', async () => {
    const commits = await Promise.all(
      Array.from({ length: 10 }, (_, index) => commitOn('main', { 'README.md': `${index}\n` })),
    )
    const answers = await Promise.all(
      commits.map((sha) => refusalOf(github.rest.git.updateRef({ ...at, ref: 'heads/main', sha }))),
    )
    expect(answers.filter((answer) => answer === undefined)).toHaveLength(1)
    expect(new Set(answers)).toEqual(new Set([undefined, '422 Update is not a fast forward']))
  })

  it('refuses what GitHub refuses, in its words', async () => {
    const main = await tip('main')
    await github.rest.git.createRef({ ...at, ref: 'refs/heads/same', sha: main })
    await branchWith('a', { 'README.md': 'a\n' })
    await branchWith('b', { 'README.md': 'b\n' })
    const a = (await github.rest.pulls.create({ ...at, title: 'a', head: 'a', base: 'main' })).data.number
    const b = (await github.rest.pulls.create({ ...at, title: 'b', head: 'acme:b', base: 'main' })).data
      .number
    const { pulls, git, issues } = github.rest
    const pull = { ...at, title: 'x', base: 'main' }
    const cases: [() => Promise<unknown>, RegExp][] = [
      [() => pulls.create({ ...pull, head: 'same' }), /^422 .*No commits between main and same/],
      [() => pulls.create({ ...pull, head: 'nope' }), /^422 .*"field":"head"/],
      [() => pulls.create({ ...pull, head: 'a' }), /^422 .*A pull request already exists for acme:a\./],
      [() => pulls.create({ ...pull, head: 'a', title: 'x'.repeat(257) }), /^422/],
      [() => pulls.merge({ ...at, pull_number: a, sha: main }), /^409 Head branch was modified/],
      [() => git.createRef({ ...at, ref: 'heads/x', sha: main }), /^422 Reference name/],
      [() => git.createRef({ ...at, ref: 'refs/heads/a..b', sha: main }), /^422 .*not a valid ref name/],
      [
        () => git.createRef({ ...at, ref: 'refs/heads/x', sha: '1'.repeat(40) }),
        /^422 Object does not exist/,
      ],
      [() => git.deleteRef({ ...at, ref: 'heads/nope' }), /^422 Reference does not exist/],
      [() => git.getRef({ ...at, ref: 'heads/nope' }), /^404 Not Found/],
      [() => git.createTree({ ...at, tree: [{ path: '../x', mode: '100644', content: '' }] }), /^422/],
      [() => issues.addLabels({ ...at, issue_number: a, labels: ['x'.repeat(51)] }), /^422/],
      [() => github.request('GET /repos/{owner}/{repo}/pulls?branch=b', at), /^422 .*branch/s],
      [() => github.request('GET /repos/{owner}/{repo}/tags', at), /^501/],
      [() => github.rest.repos.get({ owner: 'acme', repo: 'other' }), /^404/],
    ]
    for (const [ask, words] of cases) expect(await refusalOf(ask())).toMatch(words)
    expect(hub.unimplemented).toEqual(['GET /repos/acme/status/tags'])
    expect(await refusalOf(pulls.merge({ ...at, pull_number: a }))).toBeUndefined()
    expect(await refusalOf(pulls.merge({ ...at, pull_number: a }))).toBe('405 Pull Request is not mergeable')
    expect(await refusalOf(pulls.merge({ ...at, pull_number: b }))).toBe('405 Pull Request is not mergeable')
  })

  it('ignores a `head` filter without an owner, as GitHub does', async () => {
    await branchWith('a', { 'README.md': 'a\n' })
    await github.rest.pulls.create({ ...at, title: 'a', head: 'a', base: 'main' })
    const count = async (head: string) => (await github.rest.pulls.list({ ...at, head })).data.length
    expect(await count('acme:a')).toBe(1)
    expect(await count('acme:nope')).toBe(0)
    expect(await count('nope')).toBe(1)
  })

  it('closes a pull request whose branch is removed, and counts one as merged whose commits were pushed', async () => {
    for (const branch of ['a', 'b']) {
      await branchWith(branch, { [`${branch}.md`]: branch })
      await github.rest.pulls.create({ ...at, title: branch, head: branch, base: 'main' })
    }
    await github.rest.git.deleteRef({ ...at, ref: 'heads/a' })
    await github.rest.git.updateRef({ ...at, ref: 'heads/main', sha: await tip('b') })
    expect(hub.pulls.map(({ state, mergedAt }) => [state, mergedAt !== null])).toEqual([
      ['closed', false],
      ['closed', true],
    ])
  })

  it('sees what people push past it', async () => {
    await pushByHand(repository, 'main', { 'by-hand.md': 'x\n' })
    expect(await text('by-hand.md')).toBe('x\n')
  })

  it('gives a token only what it may do', async () => {
    await branchWith('a', { 'README.md': 'a\n' })
    const order = { ...at, title: 'a', head: 'a', base: 'main' }
    const forbidden = '403 GitHub Actions is not permitted to create or approve pull requests.'
    expect(await refusalOf(client('actions').rest.pulls.create(order))).toBe(forbidden)
    const issue = client('actions').rest.issues.create({ ...at, title: 'a' })
    expect(await refusalOf(issue)).toBe('403 Resource not accessible by integration')
    expect(await refusalOf(client('stranger').rest.pulls.create(order))).toBe('401 Bad credentials')
  })

  it('has trouble when told to', async () => {
    hub.faults.push(
      { kind: 'status', status: 502, operation: 'repos/get' },
      { kind: 'secondary limit', status: 429, retryAfterSeconds: 7 },
      { kind: 'primary limit', resetsInSeconds: 60 },
      { kind: 'reset', operation: 'git/create-ref', takesEffect: true },
      { kind: 'latency', milliseconds: 1 },
    )
    const ask = () => github.rest.repos.get(at)
    expect(await refusalOf(ask())).toMatch(/^502/)
    expect(await refusalOf(ask())).toMatch(/^429 You have exceeded a secondary rate limit/)
    expect(await refusalOf(ask())).toMatch(/^403 API rate limit exceeded/)
    const ref = { ...at, ref: 'refs/heads/lost', sha: await tip('main') }
    expect(await refusalOf(github.rest.git.createRef(ref))).toMatch(/^500/)
    expect(await tip('lost')).toBe(ref.sha)
    expect(await refusalOf(ask())).toBeUndefined()
    expect(hub.faults).toEqual([])
  })

  it('cuts lists into pages that link to each other', async () => {
    for (let number = 0; number < 5; number++) await github.rest.issues.create({ ...at, title: `${number}` })
    const first = await github.rest.issues.listForRepo({ ...at, per_page: 2 })
    expect(first.headers.link).toMatch(/page=2.*rel="next".*page=3.*rel="last"/)
    const all = await github.paginate(github.rest.issues.listForRepo, { ...at, per_page: 2 })
    expect(all.map(({ title }) => title)).toEqual(['4', '3', '2', '1', '0'])
  })

  it('answers 304 when nothing has changed', async () => {
    const { headers } = await github.rest.git.getRef({ ...at, ref: 'heads/main' })
    const again = github.rest.git.getRef({
      ...at,
      ref: 'heads/main',
      headers: { 'if-none-match': headers.etag },
    })
    expect(await refusalOf(again)).toMatch(/^304/)
  })

  it('records the workflows that were started', async () => {
    const inputs = { reason: 'transition' }
    await github.rest.actions.createWorkflowDispatch({
      ...at,
      workflow_id: 'deploy.yml',
      ref: 'main',
      inputs,
    })
    await github.rest.repos.createDispatchEvent({ ...at, event_type: 'probe' })
    expect(hub.dispatches).toEqual([
      { kind: 'workflow', name: 'deploy.yml', ref: 'main', inputs },
      { kind: 'repository', name: 'probe', inputs: undefined },
    ])
  })

  it('merges by itself when the checks have passed', async () => {
    hub.settings.checksPending = true
    await branchWith('a', { 'a.md': 'a' })
    await github.rest.pulls.create({ ...at, title: 'a', head: 'a', base: 'main' })
    expect(await refusalOf(github.rest.pulls.merge({ ...at, pull_number: 1 }))).toMatch(
      /^405 Required status check/,
    )
    const input = { pullRequestId: 'PR_1', mergeMethod: 'SQUASH' }
    const ask = (variables: object) =>
      refusalOf(
        github.graphql(
          'mutation($input: EnablePullRequestAutoMergeInput!) { enablePullRequestAutoMerge(input: $input) { clientMutationId } }',
          { ...variables },
        ),
      )
    expect(await ask({ input })).toMatch(/Auto merge is not allowed for this repository/)
    hub.settings.allowAutoMerge = true
    expect(await ask({ input: { ...input, mergeType: 'x' } })).toMatch(/mergeType/)
    expect(await ask({ input })).toBeUndefined()
    await hub.passChecks()
    expect(await text('a.md')).toBe('a')
  })
})

function client(token: string): Octokit {
  const silent = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: () => undefined,
  }
  const plain = { throttle: { enabled: false }, retry: { enabled: false } }
  return new Octokit({ baseUrl: hub.url, auth: token, log: silent, ...plain })
}

async function tip(branch: string): Promise<string> {
  return (await github.rest.git.getRef({ ...at, ref: `heads/${branch}` })).data.object.sha
}

async function commitOn(base: string, files: Record<string, string>): Promise<string> {
  const parent = await tip(base)
  const { data: commit } = await github.rest.git.getCommit({ ...at, commit_sha: parent })
  const tree = Object.entries(files).map(
    ([path, content]) => ({ path, content, mode: '100644', type: 'blob' }) as const,
  )
  const made = await github.rest.git.createTree({ ...at, base_tree: commit.tree.sha, tree })
  const order = { ...at, message: 'A commit', tree: made.data.sha, parents: [parent] }
  return (await github.rest.git.createCommit(order)).data.sha
}

async function branchWith(branch: string, files: Record<string, string>): Promise<string> {
  const sha = await commitOn('main', files)
  await github.rest.git.createRef({ ...at, ref: `refs/heads/${branch}`, sha })
  return sha
}

async function text(path: string): Promise<string> {
  const { data } = await github.rest.repos.getContent({ ...at, path, ref: 'main' })
  if (Array.isArray(data) || data.type !== 'file') throw new Error(`${path} is no file`)
  return Buffer.from(data.content, 'base64').toString('utf8')
}

/** `422 Reference already exists`, or `undefined` when it was done. */
async function refusalOf(asked: Promise<unknown>): Promise<string | undefined> {
  try {
    await asked
    return undefined
  } catch (error) {
    const { status, message } = error as { status?: number; message: string }
    return [status, message.replace(/ - https:\S+$/, '')].filter(Boolean).join(' ')
  }
}
