import { existsSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { readHistory } from '../src/files/history-store.ts'
import { mergedText } from '../src/files/merge-history.ts'
import { runGit, runGitLine } from '../src/forge/run-git.ts'
import { lineText } from '../src/model/history.ts'
import { chainedLines, wholeDays } from '../src/testing/chained-history.ts'
import { startFakeGitHub } from '../src/testing/fake-github/start-fake-github.ts'
import { bareRepository, pushByHand, temporaryFolder } from '../src/testing/git-repository.ts'
import { runStatus } from '../src/testing/run-status.ts'
import { verifyWorld } from './verify-world.ts'

const files = {
  'status/site.yaml': 'name: Acme\nurl: https://status.acme.example\nhistory: { branch: data }\n',
  'status/components.yaml':
    "components:\n  - { id: api, name: API, check: { tcp: '127.0.0.1:9', retries: 0, confirm: 1 } }\n",
}

it.each([
  ['plain git', false],
  ['GitHub', true],
])(
  'history on a branch of its own comes back for a build and for the next run, with %s',
  async (_, hubbed) => {
    const repository = await bareRepository(files)
    const { env, remote } = hubbed
      ? { env: await gitHub(repository), remote: [] }
      : { env: {}, remote: ['--remote', 'origin'] }
    const fetch = (root: string) => runStatus(['live', '--fetch', ...remote, '--root', root], { env })
    const probe = (root: string) =>
      runStatus(['probe', '--commit', '--root', root, ...(hubbed ? [] : ['--push', 'origin'])], { env })

    expect(await fetch(await clone(repository))).toMatchObject({
      code: 0,
      said: expect.stringContaining('no history on the branch data yet') as string,
    })
    expect(await probe(await clone(repository))).toMatchObject({ code: 0 })
    expect(await runGitLine(repository, ['ls-tree', '-r', '--name-only', 'main'])).not.toContain('history')

    const builder = await clone(repository)
    const head = await runGitLine(builder, ['rev-parse', 'HEAD'])
    expect(await fetch(builder)).toMatchObject({
      code: 0,
      said: expect.stringContaining('history of the branch data: 1 file brought') as string,
    })
    expect(toOf(builder)).toEqual(['major_outage'])
    expect(await runGitLine(builder, ['rev-parse', 'HEAD'])).toBe(head)
    expect(await runGitLine(builder, ['rev-parse', '--is-shallow-repository'])).toBe('false')
    expect(await runGitLine(builder, ['status', '--porcelain', '--', '.', ':!history', ':!.candor'])).toBe('')
    expect((await fetch(builder)).said).toContain('0 files brought')

    // A fresh disk without its snapshot still goes on where the history ends, instead of beginning anew.
    await runGit(repository, ['update-ref', '-d', 'refs/heads/status-live/local'])
    const next = await clone(repository)
    expect(await probe(next)).toMatchObject({ code: 0 })
    expect(toOf(next)).toEqual(['major_outage'])
    expect(verifyWorld(next).found).toEqual([])
  },
  120_000,
)

it('a disk that knows its writer looks on while the remote is away, a fresh one does not begin anew', async () => {
  const repository = await bareRepository(files)
  const root = await clone(repository)
  const probe = (where: string) => runStatus(['probe', '--commit', '--push', 'origin', '--root', where])
  expect(await probe(root)).toMatchObject({ code: 0 })
  const fresh = await clone(repository)
  rmSync(repository, { recursive: true })
  const away = await probe(root)
  expect(away).toMatchObject({
    code: 1,
    said: expect.stringMatching(/checked 1 target.*live snapshot not saved/s) as string,
  })
  rmSync(path.join(root, '.candor'), { recursive: true })
  expect((await probe(root)).said).toMatch(/goes on from its history: .*\n.*checked 1 target/s)
  expect(await probe(fresh)).toMatchObject({ code: 1 })
  expect(existsSync(path.join(fresh, 'history'))).toBe(false)
}, 120_000)

it('a link in the branch leads nowhere', async () => {
  const repository = await bareRepository(files)
  await runGit(repository, ['branch', 'data', 'main'])
  const link = await runGitLine(repository, ['hash-object', '-w', '--stdin'], { input: '/etc/passwd' })
  const folder = await temporaryFolder()
  const env = {
    GIT_INDEX_FILE: path.join(folder, 'index'),
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a',
  }
  const name = 'status/history/transitions/main.2026/api.11.ndjson'
  await runGit(repository, ['update-index', '--add', '--cacheinfo', `120000,${link},${name}`], { env })
  const tree = await runGitLine(repository, ['write-tree'], { env })
  const commit = await runGitLine(repository, ['commit-tree', tree, '-m', 'x'], { env })
  await runGit(repository, ['update-ref', 'refs/heads/data', commit])
  const root = await clone(repository)
  expect(await runStatus(['live', '--fetch', '--remote', 'origin', '--root', root])).toMatchObject({
    code: 0,
  })
  expect(readFileSync(path.join(root, 'history/transitions/main.2026/api.11.ndjson'), 'utf8')).toBe(
    '/etc/passwd',
  )
}, 60_000)

it('what was pruned and repaired on the branch comes along', async () => {
  const text = chainedLines(3)
    .map((line) => `${lineText(line)}\n`)
    .join('')
  const repository = await bareRepository({
    ...files,
    'status/history/transitions/main.2026/api.11.ndjson': text,
  })
  await runGit(repository, ['branch', 'data', 'main'])
  await pushByHand(repository, 'data', {
    'status/history/pruned.ndjson':
      '{"v":1,"component":"api","writer":"main","before":"2026-11","first":1}\n',
  })
  const root = await clone(repository)
  await runStatus(['live', '--fetch', '--remote', 'origin', '--root', root])
  expect(verifyWorld(root)).toMatchObject({ found: [], chains: [{ pruned: '2026-11', lines: 3 }] })
}, 60_000)

const [one = '', two = '', three = ''] = chainedLines(3).map((line) => `${lineText(line)}\n`)
const [first = '', second = ''] = wholeDays(2).map((line) => `${lineText(line)}\n`)
it.each<[what: string, kind: string, ours: string | undefined, theirs: string, merged: string]>([
  ['nothing and lines', 'transitions', undefined, one, one],
  ['less and more', 'transitions', one, one + two, one + two],
  ['more and less', 'transitions', one + two, one, one + two],
  ['a torn end and more', 'transitions', one + two.slice(0, 9), one + two, one + two],
  ['different lines', 'transitions', one + three, one + two, one + two + three],
  [
    'two versions of a line',
    'transitions',
    one + two.replace('T01', 'T02') + three,
    one + two,
    one + two + three,
  ],
  ['different days', 'rollup', second, first, first + second],
  ['lines of another kind', 'later', 'b\na\n', 'c\na\n', 'c\na\nb\n'],
])('%s become one text', (_what, kind, ours, theirs, merged) => {
  expect(mergedText(ours, theirs, { kind })).toBe(merged)
})

/** The folder of the world in a new clone. */
async function clone(repository: string): Promise<string> {
  const folder = await temporaryFolder()
  await runGit(folder, ['clone', '--quiet', '--branch', 'main', `file://${repository}`, '.'])
  return path.join(folder, 'status')
}

async function gitHub(repository: string): Promise<Record<string, string>> {
  const hub = await startFakeGitHub({ repository, owner: 'acme', name: 'status' })
  onTestFinished(() => hub.close())
  return { GITHUB_TOKEN: 'token', GITHUB_REPOSITORY: 'acme/status', GITHUB_API_URL: hub.url }
}

function toOf(root: string): string[] {
  const { history, problems } = readHistory(root)
  expect(problems).toEqual([])
  return (history['api']?.transitions ?? []).map(({ to }) => to)
}
