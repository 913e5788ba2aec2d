import { rmSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { readBeat, writeBeat } from '../../src/files/beat-store.ts'
import { runGit } from '../../src/forge/run-git.ts'
import { HOUR } from '../../src/model/time.ts'
import { startFakeGitHub } from '../../src/testing/fake-github/start-fake-github.ts'
import { bareRepository, branchesOf, temporaryFolder } from '../../src/testing/git-repository.ts'
import { runStatus, startCommand } from '../../src/testing/run-status.ts'
import { worldFolder } from '../../src/testing/write-world.ts'

const world = {
  'site.yaml': 'name: Acme\nurl: https://status.acme.example\nprobe: { anchors: [] }\n',
  'components.yaml':
    "components: [{ id: backup, name: Backup, check: { heartbeat: 1h, token: '${BACKUP_TOKEN}' } }, { id: cron, name: Cron, check: { heartbeat: 1h } }]\n",
}

/** What a pass says of `backup`. */
async function probed(args: string[], env: Record<string, string> = {}) {
  const { out, said, code } = await runStatus(['probe', '--json', '--every', '1s', ...args], { env })
  expect({ code, said }).toMatchObject({ code: 0 })
  const { samples } = JSON.parse(out) as { samples: { component: string; state: string; reason?: string }[] }
  const { state, reason } = samples.find(({ component }) => component === 'backup') ?? {}
  return { state, reason }
}

describe('status beat', () => {
  it('turns a check that waits up, a failure turns it down, and so does silence', async () => {
    const root = worldFolder(world)
    const at = ['--root', root]
    expect(await probed(at)).toMatchObject({
      state: 'unknown',
      reason: expect.stringMatching(/^no beat yet/) as string,
    })
    expect(await runStatus(['beat', 'backup', ...at])).toMatchObject({
      code: 0,
      said: 'a beat of backup/0 is noted\n',
    })
    expect(await probed(at)).toEqual({ state: 'up', reason: undefined })
    const env = { BACKUP_TOKEN: 's3cret-s3cret' }
    const failed = await runStatus(['beat', 'backup', '--fail', 'no login with s3cret-s3cret', ...at], {
      env,
    })
    expect(failed).toMatchObject({ code: 0, said: 'a failure of backup/0 is noted\n' })
    expect(await probed(at)).toEqual({ state: 'down', reason: 'no login with •••' })
    writeBeat(root, 'backup/0', { at: Date.now() - 3 * HOUR })
    expect(await probed(at)).toEqual({
      state: 'down',
      reason: 'no beat for 3 hours, expected one every 1 hour',
    })
  })

  it.each([
    ['mail', 2, 'no heartbeat check "mail"; there is backup/0, cron/0'],
    ['../site', 2, 'no heartbeat check "../site"'],
  ])('of %s is refused', async (name, code, says) => {
    const { said, ...run } = await runStatus(['beat', name, '--root', worldFolder(world)])
    expect(run.code).toBe(code)
    expect(said).toContain(says)
  })
})

describe('a beat that is pushed reaches a probe elsewhere', () => {
  it('over a remote', async () => {
    const bare = await bareRepository(world)
    const [job, prober] = [await clone(bare), await clone(bare)]
    const probe = ['--commit', '--push', 'origin', '--root', prober]
    expect(await runStatus(['beat', 'backup', '--push', '--root', job])).toMatchObject({ code: 0 })
    expect(await probed(probe)).toEqual({ state: 'up', reason: undefined })
    expect(await runStatus(['beat', 'backup', '--fail', '--push', 'origin', '--root', job])).toMatchObject({
      code: 0,
    })
    // A runner's disk is new each time.
    rmSync(path.join(prober, '.candor'), { recursive: true })
    expect(await probed(probe)).toEqual({ state: 'down', reason: 'the job reported a failure' })
    expect(await branchesOf(bare)).toContain('status-beat/backup.0')
  })

  it('over GitHub', async () => {
    const bare = await bareRepository(world)
    const [job, prober] = [await clone(bare), await clone(bare)]
    const hub = await startFakeGitHub({ repository: bare, owner: 'acme', name: 'status' })
    const env = { GITHUB_TOKEN: 'x', GITHUB_REPOSITORY: 'acme/status', GITHUB_API_URL: hub.url }
    try {
      expect(await runStatus(['beat', 'backup', '--push', '--root', job], { env })).toMatchObject({ code: 0 })
      expect(await probed(['--propose', '--root', prober], env)).toEqual({ state: 'up', reason: undefined })
    } finally {
      await hub.close()
    }
    expect(hub.violations).toEqual([])
    expect(readBeat(prober, 'backup/0').beat).toBeDefined()
  })
})

it.each(['watch', 'start'])('%s --beats takes beats for as long as it runs', async (verb) => {
  const root = worldFolder(world)
  const port = verb === 'start' ? ['--port', '0'] : []
  const running = startCommand('scripts/status.ts', [
    verb,
    '--root',
    root,
    '--every',
    '1s',
    '--beats',
    '0',
    ...port,
  ])
  const address = () => /taking beats on (http:\S+)\/beat/.exec(running.said())?.[1]
  await running.until(() => address() !== undefined)
  const answer = await fetch(`${address() ?? ''}/beat/cron/fail?why=disk+full`)
  expect(answer.status).toBe(202)
  await running.until(() => running.said().includes('cron: disk full'))
  running.child.kill('SIGTERM')
  expect(await running.ended).toBe(0)
})

it('--beats says when its address is taken', async () => {
  const root = worldFolder(world)
  const running = startCommand('scripts/status.ts', ['watch', '--root', root, '--beats', '0'])
  const port = () => /taking beats on http:\/\/127\.0\.0\.1:(\d+)/.exec(running.said())?.[1]
  await running.until(() => port() !== undefined)
  const { code, said } = await runStatus([
    'watch',
    '--root',
    root,
    '--writer',
    'other',
    '--beats',
    port() ?? '',
  ])
  expect({ code, said }).toEqual({
    code: 2,
    said: `Beats cannot be taken at 127.0.0.1:${port() ?? ''} (EADDRINUSE). Give another address.\n`,
  })
})

async function clone(bare: string): Promise<string> {
  const folder = await temporaryFolder()
  await runGit(folder, ['clone', '--quiet', bare, '.'])
  return folder
}
