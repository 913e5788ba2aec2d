import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { StatusDocument } from '../src/feeds/status-json.ts'
import { readHistory } from '../src/files/history-store.ts'
import { readWorld } from '../src/files/read-world.ts'
import { runGit, runGitLine } from '../src/forge/run-git.ts'
import { startFakeGitHub, type FakeGitHub } from '../src/testing/fake-github/start-fake-github.ts'
import { bareRepository, branchesOf, temporaryFolder, workTree } from '../src/testing/git-repository.ts'
import { runStatus, startCommand } from '../src/testing/run-status.ts'
import { worldFolder } from '../src/testing/write-world.ts'

const component = (url: string, confirm = 2) =>
  `components:\n  - id: api\n    name: API\n    check: { http: '${url}', retries: 0, confirm: ${String(confirm)}, timeout: 20s }\n`
const site = (policy = '') =>
  `name: Acme\nurl: https://status.acme.example\nincidents: { open_after: 0s, resolve_after: 0s${policy} }\n`

describe('an outage', { timeout: 300_000 }, () => {
  it('becomes a branch with an incident in plain git, and ends when it ends', async () => {
    const api = await service()
    const root = await workTree({ 'site.yaml': site(), 'components.yaml': component(api.url) })
    const probe = () => pass(root)
    await probe()
    await probe()
    expect(await page(root)).toMatchObject({ state: { status: 'operational', incidents: [] } })

    await api.stop()
    await probe()
    await probe()
    expect(toOf(root)).toEqual(['operational', 'major_outage'])
    const down = await page(root)
    expect(down.state.components).toMatchObject([{ id: 'api', measured: { status: 'major_outage' } }])
    expect(down.state.incidents).toEqual([])
    expect(down.text).toMatch(/Major outage.*API/)
    const branch = await onlyBranch(root, /^incident\/api\/\d{8}T\d{4}$/)
    expect(await incidentOn(root, branch)).toMatchObject({
      title: 'API: all checks fail',
      phase: 'investigating',
      affected: { api: 'major_outage' },
      updates: [{ automated: true }],
    })
    await probe()
    expect(await onlyBranch(root, /^incident\//)).toBe(branch)

    await merge(root, branch)
    const said = await page(root)
    expect(said.state).toMatchObject({ incidents: [{ title: 'API: all checks fail' }] })
    expect(said.text).toContain('API: all checks fail')

    await api.start()
    await probe()
    await probe()
    expect(toOf(root)).toEqual(['operational', 'major_outage', 'operational'])
    const ended = await onlyBranch(root, /^incident\/.*-resolved$/)
    expect(await incidentOn(root, ended)).toMatchObject({ phase: 'resolved' })
    await merge(root, ended)
    const well = await page(root)
    expect(well.state).toMatchObject({ status: 'operational', incidents: [] })
    expect(well.text).toMatch(/API: all checks fail Resolved after/)
    expect(await runGitLine(root, ['status', '--porcelain'])).not.toMatch(/history|incidents/)
  })

  it.each([
    ['5m', 'closed', null],
    ['0s', 'merged', 'resolved'],
  ])('opens one pull request; of auto_merge_after: %s it is %s in the end', async (after, end, phase) => {
    const api = await service()
    const { repository, hub, checkOut } = await onGitHub({
      'site.yaml': site(`, auto_merge_after: ${after}`),
      'components.yaml': component(api.url),
    })
    // As in a workflow, each run begins with a fresh checkout.
    const probe = async () => pass(await checkOut(), hub)
    const published = async () => {
      const root = await checkOut()
      await live(root, hub)
      return page(root)
    }
    await probe()
    await probe()
    expect(await published()).toMatchObject({ state: { status: 'operational', incidents: [] } })

    await api.stop()
    await probe()
    await probe()
    expect(toOf(await checkOut())).toEqual(['operational', 'major_outage'])
    expect(hub.pulls).toMatchObject([
      { state: 'open', base: 'main', labels: ['incident', 'auto', 'component:api'] },
    ])
    const [pull] = hub.pulls
    expect(await incidentOn(repository, pull?.head ?? '')).toMatchObject({ phase: 'investigating' })
    const down = await published()
    expect(down.state.components).toMatchObject([{ measured: { status: 'major_outage' } }])
    expect(down.text).toMatch(/Major outage.*API/)

    await api.start()
    await probe()
    await probe()
    expect(hub.pulls).toMatchObject([
      { state: 'closed', mergedAt: end === 'merged' ? (expect.any(String) as string) : null },
    ])
    const well = await published()
    expect(well.state).toMatchObject({ status: 'operational', incidents: [] })
    expect(readWorld(await checkOut()).incidents.map((incident) => incident.phase)).toEqual(
      phase ? [phase] : [],
    )
    if (phase) expect(well.text).toContain('API: all checks fail')
    expect((await branchesOf(repository)).filter((name) => name.startsWith('incident/'))).toEqual([])

    await probe()
    expect(hub.pulls).toHaveLength(1)
    expect(hub.dispatches.every(({ name }) => name === 'deploy.yml')).toBe(true)
  })
})

it('ten writers at once lose no line, and propose one incident', { timeout: 300_000 }, async () => {
  const api = await service()
  await api.stop()
  const { repository, hub, checkOut } = await onGitHub({
    'site.yaml': site(),
    'components.yaml': component(api.url, 1),
  })
  // The first to see it names the branch; the others find its history in their checkouts.
  await pass(await checkOut(), hub, 'first', ['--commit'])
  const writers = Array.from({ length: 10 }, (_, index) => `place-${String(index)}`)
  const roots = await Promise.all(writers.map(checkOut))
  await Promise.all(writers.map((writer, index) => pass(roots[index] ?? '', hub, writer)))

  expect(hub.pulls).toMatchObject([{ state: 'open' }])
  expect((await branchesOf(repository)).filter((name) => name.startsWith('incident/'))).toEqual([
    hub.pulls[0]?.head,
  ])
  expect(await incidentOn(repository, hub.pulls[0]?.head ?? '')).toMatchObject({ phase: 'investigating' })
  const root = await checkOut()
  const { history, problems } = readHistory(root)
  expect(problems).toEqual([])
  expect(history['api']?.transitions.map(({ writer, to }) => `${writer} ${to}`).sort()).toEqual(
    ['first', ...writers].map((writer) => `${writer} major_outage`).sort(),
  )
  for (const [index, writer] of writers.entries())
    for (const name of historyFiles(roots[index] ?? '').filter((file) => file.includes(`/${writer}.`)))
      expect(readFileSync(path.join(root, name), 'utf8')).toBe(
        readFileSync(path.join(roots[index] ?? '', name), 'utf8'),
      )
})

it('ten writers push to one bare repository without a forge', { timeout: 300_000 }, async () => {
  const api = await service()
  await api.stop()
  const repository = await bareRepository({ 'site.yaml': site(), 'components.yaml': component(api.url, 1) })
  const push = ['--commit', '--propose', '--push', 'origin']
  await pass(await clone(repository), undefined, 'first', ['--commit', '--push', 'origin'])
  const writers = Array.from({ length: 10 }, (_, index) => `place-${String(index)}`)
  const roots = await Promise.all(writers.map(() => clone(repository)))
  await Promise.all(writers.map((writer, index) => pass(roots[index] ?? '', undefined, writer, push)))
  await onlyBranch(repository, /^incident\//)
  const { history, problems } = readHistory(await clone(repository))
  expect(problems).toEqual([])
  expect(new Set(history['api']?.transitions.map(({ writer }) => writer))).toEqual(
    new Set(['first', ...writers]),
  )
})

it(
  'a pass that is killed at any moment leaves a history that can be read and goes on',
  { timeout: 300_000 },
  async () => {
    const api = await service()
    const root = await workTree({ 'site.yaml': site(), 'components.yaml': component(api.url, 1) })
    const args = ['probe', '--commit', '--propose', '--root', root]
    const begin = performance.now()
    await pass(root)
    const whole = performance.now() - begin
    const kills = 16
    for (let kill = 1; kill <= kills; kill++) {
      // Every pass finds a change, so that every pass has something to write.
      api.answer(kill % 2 === 0 ? 200 : 503)
      const running = startCommand('scripts/status.ts', args)
      // Spread over the whole pass, more of them at its end, where it writes. Any moment is right, so no clock decides.
      await Promise.race([running.ended, delay(whole * Math.sqrt(kill / kills))])
      running.child.kill('SIGKILL')
      await running.ended
      const { problems } = readWorld(root)
      expect(problems.filter(({ level }) => level === 'error')).toEqual([])
    }
    api.answer(503)
    await pass(root)
    api.answer(200)
    await pass(root)
    const transitions = readHistory(root).history['api']?.transitions ?? []
    expect(transitions.at(-1)?.to).toBe('operational')
    expect(transitions.map(({ seq }) => seq)).toEqual(transitions.map((_, index) => index + 1))
    // What a killed pass had written and not committed has come along.
    for (const name of historyFiles(root))
      expect(await runGit(root, ['show', `main:${name}`])).toBe(readFileSync(path.join(root, name), 'utf8'))
    expect(readdirSync(root, { recursive: true }).filter((name) => String(name).endsWith('.tmp'))).toEqual([])
    await runGit(root, ['fsck', '--no-dangling'])
  },
)

it('what could not be committed is committed with what comes next', { timeout: 300_000 }, async () => {
  const api = await service()
  const { hub, checkOut } = await onGitHub({ 'site.yaml': site(), 'components.yaml': component(api.url, 1) })
  const root = await checkOut()
  await pass(root, hub)
  hub.faults.push({ operation: 'git/create-tree', kind: 'status', status: 422 })
  api.answer(503)
  const failed = await runStatus(['probe', '--commit', '--root', root], { env: env(hub) })
  expect(failed.code).toBe(1)
  api.answer(200)
  await pass(root, hub, 'local', ['--commit'])
  expect(toOf(await checkOut())).toEqual(['operational', 'major_outage', 'operational'])
})

it('what a forge refuses keeps neither the rest from being done nor the page from being built', async () => {
  const two = ['api', 'web'].map(
    (id) =>
      `  - { id: ${id}, name: ${id}, check: { tcp: '127.0.0.1:9', retries: 0, confirm: 1, timeout: 20s } }\n`,
  )
  const { hub, checkOut } = await onGitHub({
    'site.yaml': site(),
    'components.yaml': `components:\n${two.join('')}`,
  })
  const root = await checkOut()
  // The history, the live snapshot and the first of two incidents.
  hub.faults.push({ operation: 'git/create-tree', kind: 'status', status: 422, times: 3 })
  const run = await runStatus(['probe', '--commit', '--propose', '--json', '--root', root], { env: env(hub) })
  expect(run.code).toBe(1)
  const { failures } = JSON.parse(run.out) as { failures: string[] }
  expect(failures).toEqual([
    expect.stringMatching(/^history not committed: .*422/),
    expect.stringMatching(/^live snapshot not saved: .*422/),
    expect.stringMatching(/^incidents\/.*api.*\.md not proposed: .*422/),
  ])
  for (const failure of failures) expect(run.said).toContain(failure)
  expect(hub.pulls).toMatchObject([{ labels: ['incident', 'auto', 'component:web'] }])
  expect(hub.dispatches).toMatchObject([{ name: 'deploy.yml' }])

  await pass(root, hub)
  expect(hub.pulls).toHaveLength(2)
}, 300_000)

/** One run of the command, which must succeed. */
async function pass(root: string, hub?: FakeGitHub, writer = 'local', does = ['--commit', '--propose']) {
  const run = await runStatus(['probe', ...does, '--writer', writer, '--root', root], { env: env(hub) })
  expect(run).toMatchObject({ code: 0 })
}

async function live(root: string, hub: FakeGitHub): Promise<void> {
  expect(await runStatus(['live', '--fetch', '--root', root], { env: env(hub) })).toMatchObject({ code: 0 })
}

function env(hub: FakeGitHub | undefined): Record<string, string> {
  if (!hub) return {}
  return { GITHUB_TOKEN: 'token', GITHUB_REPOSITORY: 'acme/status', GITHUB_API_URL: hub.url }
}

async function page(root: string): Promise<{ text: string; state: StatusDocument }> {
  const run = await runStatus(['build', '--out', '.candor/page', '--root', root])
  expect(run).toMatchObject({ code: 0 })
  const read = (name: string) => readFileSync(path.join(root, '.candor/page', name), 'utf8')
  return { text: textOf(read('index.html')), state: JSON.parse(read('status.json')) as StatusDocument }
}

/** What a reader sees, on one line. */
function textOf(html: string): string {
  return html
    .replaceAll(/<(style|script)[^>]*>[^]*?<\/\1>/g, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
}

async function onGitHub(files: Record<string, string>) {
  const repository = await bareRepository(files)
  const hub = await startFakeGitHub({ repository, owner: 'acme', name: 'status' })
  onTestFinished(async () => {
    await hub.close()
    expect(hub.violations).toEqual([])
    expect(hub.unimplemented).toEqual([])
  })
  return { repository, hub, checkOut: () => clone(repository) }
}

async function clone(repository: string): Promise<string> {
  const folder = await temporaryFolder()
  await runGit(folder, ['clone', '--quiet', repository, '.'])
  return folder
}

async function onlyBranch(repository: string, pattern: RegExp): Promise<string> {
  const found = (await branchesOf(repository)).filter((name) => pattern.test(name))
  expect(found).toHaveLength(1)
  return found[0] ?? ''
}

/** The one incident that a branch adds or changes, read as the page would read it. */
async function incidentOn(repository: string, branch: string) {
  const files = await runGitLine(repository, ['diff', '--name-only', `main...${branch}`])
  expect(files).toMatch(/^incidents\/[^\n]+\.md$/)
  const text = await runGit(repository, ['show', `${branch}:${files}`])
  const { incidents, problems } = readWorld(
    worldFolder({ 'site.yaml': site(), 'components.yaml': component('http://127.0.0.1'), [files]: text }),
  )
  expect(problems).toEqual([])
  expect(incidents).toHaveLength(1)
  return incidents[0]
}

async function merge(root: string, branch: string): Promise<void> {
  const person = ['-c', 'user.name=Somebody', '-c', 'user.email=somebody@example.com']
  await runGit(root, [...person, 'merge', '--quiet', '--no-edit', branch])
  await runGit(root, ['branch', '--quiet', '-D', branch])
}

function toOf(root: string): string[] {
  const { history, problems } = readHistory(root)
  expect(problems).toEqual([])
  return (history['api']?.transitions ?? []).map(({ to }) => to)
}

function historyFiles(root: string): string[] {
  return readdirSync(path.join(root, 'history'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ndjson'))
    .map((name) => `history/${name.split(path.sep).join('/')}`)
}

/** A server that can be stopped and started at the same address. */
async function service() {
  let status = 200
  let server: Server | undefined
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server = createServer((_request, response) => response.writeHead(status).end('ok'))
      server.once('error', reject)
      server.listen(port, '127.0.0.1', resolve)
    })
  // Below the ports that the system hands out, so that nobody is given this one while the server is down.
  let port = 0
  for (let tries = 0; port === 0; tries++) {
    const wanted = 20_000 + Math.floor(Math.random() * 10_000)
    await listen(wanted).then(
      () => (port = wanted),
      (error: unknown) => {
        if (tries === 20) throw error
      },
    )
  }
  const stop = async () => {
    const running = server
    server = undefined
    running?.closeAllConnections()
    await new Promise((resolve) => (running ? running.close(resolve) : resolve(undefined)))
  }
  onTestFinished(stop)
  return {
    url: `http://127.0.0.1:${String(port)}/`,
    stop,
    start: () => listen(port),
    answer: (next: number) => (status = next),
  }
}
