import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import outdent from 'outdent'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startFakeGitHub, type FakeGitHub } from './fake-github/start-fake-github.ts'
import type { RunOptions, WorkflowRun } from './workflow-runner/run-workflow.ts'
import { runWorkflow } from './workflow-runner/run-workflow.ts'
import type { WorkflowEvent } from './workflow-runner/trigger.ts'

const checkout = path.resolve(import.meta.dirname, '../..')
const token = 'the-token-of-this-run'

let folder: string
let repository: string
let hub: FakeGitHub
let api: Server
let apiAnswers: number

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'workflows-run-'))
  repository = path.join(folder, 'status.git')
  apiAnswers = 200
  api = createServer((_, response) => response.writeHead(apiAnswers).end('{}'))
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve))
  hub = await startFakeGitHub({
    repository,
    owner: 'acme',
    name: 'status',
    tokens: { [token]: {} },
  })
  makeRepository(`http://127.0.0.1:${(api.address() as AddressInfo).port}/health`)
})

afterEach(async () => {
  expect(hub.violations).toEqual([])
  expect(hub.unimplemented).toEqual([])
  await hub.close()
  await new Promise((resolve) => api.close(resolve))
  await rm(folder, { recursive: true, force: true })
})

/** A repository as somebody keeps it who uses this project: its code, and a world of one component at the root. */
function makeRepository(health: string): void {
  const work = path.join(folder, 'work')
  const code = git(checkout, 'ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0')
  const world = /^(incidents|maintenance|history|examples)\/|^(site|components)\.yaml$/
  for (const file of code) if (file !== '' && !world.test(file)) copy(file, work)
  write(work, 'site.yaml', 'name: Acme\nurl: https://acme.github.io/status\nincidents: { open_after: 0s }\n')
  write(
    work,
    'components.yaml',
    outdent`
      components:
        - id: api
          name: API
          check: { http: '${health}', retries: 0, confirm: 1, timeout: 5s }
    `,
  )
  git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', repository)
  git(work, 'init', '--quiet', '--initial-branch=main')
  commitAll(work)
}

function commitAll(work: string): void {
  git(work, 'add', '--all')
  git(work, '-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '--quiet', '--message', 'Change')
  git(work, 'push', '--quiet', repository, 'main')
}

function copy(file: string, to: string): void {
  mkdirSync(path.dirname(path.join(to, file)), { recursive: true })
  cpSync(path.join(checkout, file), path.join(to, file))
}

function write(work: string, file: string, text: string): void {
  mkdirSync(path.dirname(path.join(work, file)), { recursive: true })
  writeFileSync(path.join(work, file), text)
}

const git = (cwd: string, ...args: string[]) =>
  execFileSync('git', ['-C', cwd, ...args], {
    encoding: 'utf8',
    stdio: 'pipe',
    maxBuffer: 2 ** 26,
  })

const branches = () =>
  git(repository, 'for-each-ref', '--format=%(refname:short)', 'refs/heads').trim().split('\n')

/** Runs a workflow of this project. Only `npm ci` is not the real thing: it would install the same packages again. */
async function run(
  file: string,
  event: WorkflowEvent,
  options: Partial<RunOptions> = {},
): Promise<WorkflowRun> {
  const result = await runWorkflow(
    readFileSync(path.join(checkout, '.github/workflows', file), 'utf8'),
    event,
    {
      folder: await mkdtemp(path.join(folder, 'run-')),
      repository,
      fullName: 'acme/status',
      apiUrl: hub.url,
      token,
      // The probed server is on this machine, which a prober on GitHub would refuse to ask.
      machineEnv: {
        CANDOR_ALLOW_PRIVATE: 'true',
        ASTRO_TELEMETRY_DISABLED: '1',
        NODE_COMPILE_CACHE: path.join(checkout, '.candor/compile-cache'),
      },
      commands: (command) =>
        command === 'npm ci --ignore-scripts' ? `ln -s '${checkout}/node_modules' node_modules` : undefined,
      ...options,
    },
  )
  const logs = Object.values(result.jobs).flatMap(({ steps }) => steps.map(({ log }) => log))
  expect(logs.join('\n')).not.toContain(token)
  return result
}

/** What happened to each step, with the log of those that failed, so that a failing test says why. */
const story = (result: WorkflowRun) =>
  Object.fromEntries(
    Object.entries(result.jobs).map(([id, job]) => [
      id,
      job.steps.map(({ name, outcome, log }) =>
        outcome === 'failure' ? `${name}: ${log}` : `${name}: ${outcome}`,
      ),
    ]),
  )

describe('probe.yml', { timeout: 300_000 }, () => {
  it.each<WorkflowEvent>([
    { name: 'schedule' },
    { name: 'repository_dispatch', type: 'probe' },
    { name: 'workflow_dispatch' },
  ])('records what it has seen and asks for a new page, started by $name', async (event) => {
    const result = await run('probe.yml', event)
    expect(story(result).probe?.slice(-2)).toEqual(['Probe: success', 'Start the next run: skipped'])
    expect(result.conclusion).toBe('success')
    expect(branches()).toEqual(['main', 'status-live/github'])
    expect(git(repository, 'ls-tree', '-r', '--name-only', 'main')).toMatch(
      /^history\/transitions\/github\.\d{4}\/api\.\d{2}\.ndjson$/m,
    )
    expect(hub.dispatches).toEqual([
      expect.objectContaining({
        kind: 'workflow',
        name: 'deploy.yml',
        ref: 'main',
      }),
    ])
  })

  it('opens one pull request for an outage, however often it runs', async () => {
    await run('probe.yml', { name: 'schedule' })
    apiAnswers = 503
    await run('probe.yml', { name: 'schedule' })
    const result = await run('probe.yml', { name: 'schedule' })
    expect(story(result).probe?.slice(-2)).toEqual(['Probe: success', 'Start the next run: skipped'])
    expect(hub.pulls).toEqual([
      expect.objectContaining({
        state: 'open',
        base: 'main',
        head: expect.stringMatching(/^incident\/api\/\d{8}T\d{4}$/) as string,
        labels: expect.arrayContaining(['incident']) as string[],
      }),
    ])
  })

  it('starts its own next run while the repository wants a loop', async () => {
    const result = await run('probe.yml', { name: 'schedule' }, { vars: { CANDOR_LOOP: '1s' } })
    expect(story(result).probe?.at(-1)).toBe('Start the next run: success')
    expect(hub.dispatches.at(-1)).toMatchObject({
      kind: 'workflow',
      name: 'probe.yml',
      ref: 'main',
    })
  })

  it('loops once and does not chain when only this run was asked to', async () => {
    const result = await run('probe.yml', {
      name: 'workflow_dispatch',
      inputs: { loop: '1s' },
    })
    expect(story(result).probe?.slice(-2)).toEqual(['Probe: success', 'Start the next run: skipped'])
  })

  it('ends the chain when the variable says 0', async () => {
    const result = await run('probe.yml', { name: 'schedule' }, { vars: { CANDOR_LOOP: '0' } })
    expect(story(result).probe?.slice(-2)).toEqual(['Probe: success', 'Start the next run: skipped'])
  })

  it('does not chain behind a failure', async () => {
    // 401 Bad credentials, so that nothing is worth a second try.
    const result = await run(
      'probe.yml',
      { name: 'schedule' },
      { vars: { CANDOR_LOOP: '1s' }, token: 'revoked' },
    )
    expect(result.conclusion).toBe('failure')
    expect(result.jobs.probe?.steps.at(-1)?.outcome).toBe('skipped')
    expect(hub.dispatches).toEqual([])
  })
})

describe('deploy.yml', { timeout: 300_000 }, () => {
  const page = (result: WorkflowRun) => readFile(path.join(result.page?.folder ?? '', 'index.html'), 'utf8')

  it.each<WorkflowEvent>([{ name: 'push' }, { name: 'workflow_dispatch' }])(
    'publishes the page, started by $name',
    async (event) => {
      await run('probe.yml', { name: 'schedule' })
      const result = await run('deploy.yml', event)
      expect(story(result).build?.at(-1)).toMatch(/success$/)
      expect(result.conclusion).toBe('success')
      expect(result.page?.url).toBe('https://acme.github.io/status/')
      expect(await page(result)).toContain('Acme')
    },
  )

  it('publishes the page in spite of a broken file, and is red afterwards', async () => {
    const work = path.join(folder, 'work')
    write(work, 'incidents/2026-11-21-broken.md', '---\ntitle: [never closed\n---\n')
    commitAll(work)
    const result = await run('deploy.yml', { name: 'push' })
    expect(Object.entries(result.jobs).map(([id, job]) => [id, job.result])).toEqual([
      ['build', 'success'],
      ['deploy', 'success'],
      ['check', 'failure'],
    ])
    expect(await page(result)).toContain('Acme')
    expect(result.jobs.check?.steps.at(-1)?.log).toContain('2026-11-21-broken.md')
    expect(result.conclusion).toBe('failure')
  })
})
