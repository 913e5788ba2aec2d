import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import outdent from 'outdent'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { lintWorkflow } from './workflow-linters.ts'
import { findPolicyViolations } from './workflow-policy.ts'

const github = path.resolve(import.meta.dirname, '../../.github')
const files = readdirSync(path.join(github, 'workflows'))
const read = (file: string): string => readFileSync(path.join(github, 'workflows', file), 'utf8')

describe.each(files)('%s', (file) => {
  it('satisfies both linters', { timeout: 60_000 }, async () => {
    expect(await lintWorkflow(read(file), file)).toEqual({ languageService: [], actionlint: [] })
  })

  it('keeps the rules', () => {
    expect(findPolicyViolations(read(file))).toEqual([])
  })
})

it.each([
  [
    'probe.yml',
    { probe: { contents: 'write', 'pull-requests': 'write', issues: 'write', actions: 'write' } },
  ],
  [
    'deploy.yml',
    {
      build: { contents: 'read' },
      deploy: { pages: 'write', 'id-token': 'write' },
      check: { contents: 'read' },
    },
  ],
  ['ci.yml', { test: { contents: 'read' }, 'old-node': { contents: 'read' } }],
])('the jobs of %s may do this and no more', (file, expected) => {
  const { jobs } = parse(read(file)) as { jobs: Record<string, { permissions: unknown }> }
  expect(Object.fromEntries(Object.entries(jobs).map(([id, job]) => [id, job.permissions]))).toEqual(expected)
})

it('updates of actions and packages wait for a week', () => {
  const { updates } = parse(readFileSync(path.join(github, 'dependabot.yml'), 'utf8')) as {
    updates: { 'package-ecosystem': string; cooldown: unknown }[]
  }
  expect(updates.map(({ 'package-ecosystem': name, cooldown }) => [name, cooldown])).toEqual([
    ['github-actions', { 'default-days': 7 }],
    ['npm', { 'default-days': 7 }],
  ])
})

it('every job that does not ask for another Node takes the one in .node-version', () => {
  expect(readFileSync(path.join(github, '../.node-version'), 'utf8').trim()).toBe('24')
})

const checkout = 'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1'

/** A workflow without a fault, which each case below spoils in one place. */
const good = outdent`
  name: example
  on:
    push:
      branches: [main]
  permissions: {}
  concurrency:
    group: example
  jobs:
    one:
      runs-on: ubuntu-24.04
      timeout-minutes: 5
      permissions:
        contents: read # reads the world
      steps:
        - uses: ${checkout} # v7.0.1
          with:
            persist-credentials: false
        - run: npm run --silent status -- build --out dist
`

const spoil = (from: string, to: string): string => {
  expect(good).toContain(from)
  return good.replace(from, to)
}

describe('a planted fault', () => {
  it('is absent from the workflow that the cases begin with', { timeout: 60_000 }, async () => {
    expect(findPolicyViolations(good)).toEqual([])
    expect(await lintWorkflow(good, 'good.yml')).toEqual({ languageService: [], actionlint: [] })
  })

  it.each([
    [
      'a trigger that gives strangers a token',
      'push:\n    branches: [main]',
      'pull_request_target:',
      'on: pull_request_target',
    ],
    ['a trigger as a word', 'on:\n  push:\n    branches: [main]', 'on: workflow_run', 'on: workflow_run'],
    [
      'a trigger in a list',
      'on:\n  push:\n    branches: [main]',
      'on: [push, issue_comment]',
      'on: issue_comment',
    ],
    ['a right for all jobs', 'permissions: {}', 'permissions: { contents: write }', 'permissions: {}'],
    ['no word on permissions', 'permissions: {}\n', '', 'permissions: {}'],
    ['no concurrency group', 'concurrency:\n  group: example\n', '', 'concurrency group'],
    ['a job without an end', '    timeout-minutes: 5\n', '', 'one: set timeout-minutes'],
    [
      'a grant without a reason',
      ' # reads the world',
      '',
      'one: say in a comment why it needs contents: read',
    ],
    [
      'every right at once',
      'permissions:\n      contents: read # reads the world',
      'permissions: write-all',
      'one by one',
    ],
    [
      'a job that says nothing of its rights',
      '    permissions:\n      contents: read # reads the world\n',
      '',
      'one by one',
    ],
    [
      'a tag instead of a commit',
      `${checkout} # v7.0.1`,
      'actions/checkout@v7 # v7.0.1',
      'pin actions/checkout@v7',
    ],
    ['a short commit', checkout, checkout.slice(0, -1), 'pin actions/checkout'],
    ['a commit without its version', ' # v7.0.1', '', 'pin actions/checkout'],
    ['a commit with half a version', ' # v7.0.1', ' # v7', 'pin actions/checkout'],
    [
      'a whole workflow from elsewhere',
      '    steps:',
      '    uses: a/b/.github/workflows/c.yml@main\n    steps:',
      'pin a/b',
    ],
    [
      'credentials left on disk',
      'persist-credentials: false',
      'persist-credentials: true',
      'persist-credentials: false',
    ],
    [
      'credentials left on disk by default',
      '        with:\n          persist-credentials: false\n',
      '',
      'persist-credentials: false',
    ],
    ['a cache', checkout, checkout.replace('checkout', 'setup-node'), 'poisoned'],
    [
      'an expression in a command',
      'build --out dist',
      'build --out ${{ github.ref_name }}',
      'not one npm script',
    ],
    ['two commands', 'build --out dist', 'build && npm publish', 'not one npm script'],
    [
      'a command over two lines',
      'npm run --silent status -- build --out dist',
      '|\n          npm test\n          npm test',
      'not one npm script',
    ],
    ['a command substitution', 'build --out dist', 'build --out $(pwd)', 'not one npm script'],
    ['a variable of the shell', 'build --out dist', 'build --out $HOME', 'not one npm script'],
    [
      'a package from the network',
      'npm run --silent status -- build --out dist',
      'npx cowsay',
      'not one npm script',
    ],
    ['install scripts', 'npm run --silent status -- build --out dist', 'npm ci', 'not one npm script'],
  ])('%s breaks a rule', (_, from, to, violation) => {
    expect(findPolicyViolations(spoil(from, to))).toContainEqual(expect.stringContaining(violation))
  })

  it('that lets a pull request write breaks a rule', () => {
    const text = spoil('push:\n    branches: [main]', 'pull_request:').replace(
      'contents: read',
      'contents: write',
    )
    expect(findPolicyViolations(text)).toEqual([
      'one: it runs what a pull request brings, so contents may only be read.',
    ])
  })

  it('that leaves no workflow at all breaks a rule', () => {
    expect(findPolicyViolations('- 1\n')).toEqual(['The file holds no workflow.'])
  })

  it.each([
    ['an unknown permission', 'contents: read', 'content: read', /content/],
    ['a key that no step has', 'run: npm', 'timeout: 3\n        run: npm', /timeout/],
    ['a need that is no job', 'runs-on', 'needs: nobody\n    runs-on', /nobody/],
    ['an unknown step', 'build --out dist', '${{ steps.nope.outputs.x }}', /nope/],
  ])('%s is found by both linters', { timeout: 60_000 }, async (_, from, to, finding) => {
    const { languageService, actionlint } = await lintWorkflow(spoil(from, to), 'bad.yml')
    expect(languageService).toContainEqual(expect.stringMatching(finding))
    expect(actionlint).toContainEqual(expect.stringMatching(finding))
  })

  it('that a stranger could use to run a command is found by actionlint', { timeout: 60_000 }, async () => {
    const text = spoil('build --out dist', '${{ github.event.head_commit.message }}')
    expect((await lintWorkflow(text, 'bad.yml')).actionlint).toEqual([
      expect.stringMatching(/"github\.event\.head_commit\.message" is potentially untrusted/),
    ])
  })
})
