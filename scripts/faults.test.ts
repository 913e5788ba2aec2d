import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readHistory } from '../src/files/history-store.ts'
import { readUncommitted } from '../src/files/uncommitted.ts'
import { runGit } from '../src/forge/run-git.ts'
import { projectRoot } from '../src/site/source-digest.ts'
import { startFakeGitHub } from '../src/testing/fake-github/start-fake-github.ts'
import { bareRepository, temporaryFolder } from '../src/testing/git-repository.ts'
import { verifyWorld } from './verify-world.ts'

/** `CANDOR_LONG=1` runs as many as the project promises; without it, as many as show that it works. */
const long = process.env['CANDOR_LONG'] === '1'
const files = {
  'site.yaml': 'name: Acme\nurl: https://status.acme.example\n',
  'components.yaml': 'components: [{ id: api, name: API }]\n',
}

describe('writers that race', { timeout: 600_000 }, () => {
  const passes = long ? 25 : 4
  it(`lose nothing of 8 × ${String(passes)} commits to one repository`, async () => {
    const repository = await bareRepository(files)
    const runs = await race(repository, repository, 8, passes)
    const rejected = runs.reduce((sum, { lost }) => sum + lost, 0)
    if (long) process.stderr.write(`${String(rejected)} pushes were rejected\n`)
    expect(rejected).toBeGreaterThan(long ? 50 : 3)
    await holds(repository, 8, passes)
  })

  it('lose nothing of 3 × 3 commits through GitHub’s API', async () => {
    const repository = await bareRepository(files)
    const hub = await startFakeGitHub({ repository, owner: 'acme', name: 'status' })
    onTestFinished(() => hub.close())
    await race(repository, hub.url, 3, 3)
    await holds(repository, 3, 3)
    expect(hub.violations).toEqual([])
  })

  async function race(repository: string, remote: string, writers: number, count: number) {
    const roots = await Promise.all(Array.from({ length: writers }, () => clone(repository)))
    const ends = roots.map((root, index) => write(root, `place-${String(index)}`, remote, count).ended)
    const said = await Promise.all(ends)
    expect(said.map(({ code }) => code)).toEqual(said.map(() => 0))
    return said.map(({ lines }) => lines.at(-1) ?? { lost: 0 })
  }

  async function holds(repository: string, writers: number, count: number): Promise<void> {
    const root = await clone(repository)
    const { chains, found } = verifyWorld(root)
    expect(found).toEqual([])
    expect(chains.map(({ writer, lines, whole }) => [writer, lines, whole])).toEqual(
      Array.from({ length: writers }, (_, index) => [`place-${String(index)}`, count, true]),
    )
    await runGit(repository, ['fsck', '--no-dangling'])
  }
})

describe('a writer that is killed', { timeout: 600_000 }, () => {
  const kills = long ? 200 : 16
  it(`at ${String(kills)} random points of its passes loses no line, and goes on`, async () => {
    const repository = await bareRepository(files)
    const root = await clone(repository)
    // A remote's own process is on another machine, and is not killed along.
    await runGit(root, ['config', 'remote.origin.receivepack', 'setsid -w git-receive-pack'])
    let acknowledged = 0
    for (let kill = 0; kill < kills; kill++) {
      const writer = write(root, 'main', 'origin', 1_000_000)
      await Promise.race([writer.first, writer.ended])
      // Any point is right, so no clock decides; the work between two points takes about as long as this.
      await delay(Math.random() * 300)
      writer.kill(kill % 2 === 0 ? 'it' : 'all of it')
      const { lines } = await writer.ended
      acknowledged = Math.max(acknowledged, ...lines.map(({ seq }) => seq))
      const { found, chains } = verifyWorld(root)
      expect(found).toEqual([])
      expect(chains[0]?.last ?? 0).toBeGreaterThanOrEqual(acknowledged)
    }
    // Each kill came after at least one pass.
    expect(acknowledged).toBeGreaterThanOrEqual(kills)
    expect((await write(root, 'main', 'origin', 1).ended).code).toBe(0)
    const there = await clone(repository)
    const name = 'history/transitions/main.2026/api.11.ndjson'
    expect(readFileSync(path.join(there, name), 'utf8')).toBe(readFileSync(path.join(root, name), 'utf8'))
    expect(verifyWorld(there).found).toEqual([])
    for (const folder of [root, repository]) await runGit(folder, ['fsck', '--no-dangling'])
  })
})

it('a remote that is away for an hour has everything when it is back', { timeout: 600_000 }, async () => {
  const repository = await bareRepository(files)
  const root = await clone(repository)
  expect((await write(root, 'main', 'origin', 2).ended).code).toBe(0)
  renameSync(repository, `${repository}.away`)
  // Sixty passes of a minute each, by their own clock.
  const away = write(root, 'main', 'origin', 60)
  await away.until((lines) => lines.length >= 60)
  away.kill('it')
  const { lines } = await away.ended
  expect(
    lines.slice(0, 60).every(({ failure }) => failure?.includes('does not appear to be a git repository')),
  ).toBe(true)
  renameSync(`${repository}.away`, repository)
  expect((await write(root, 'main', 'origin', 1).ended).code).toBe(0)
  expect(readUncommitted(root, 'main')).toEqual({})
  const there = await clone(repository)
  expect(readHistory(there).history['api']?.transitions.length).toBe(
    readHistory(root).history['api']?.transitions.length,
  )
  expect(readHistory(there).history['api']?.transitions.length).toBeGreaterThanOrEqual(63)
  expect(verifyWorld(there).found).toEqual([])
})

describe('a disk', { timeout: 600_000 }, () => {
  const canMount = mounts()
  it.skipIf(!canMount)(
    'that is full stops the writing, tears nothing, and goes on when there is room',
    async () => {
      const root = mounted('size=400k')
      for (const [name, text] of Object.entries(files)) writeFileSync(path.join(root, name), text)
      const repository = await bareRepository(files)
      const git = await clone(repository)
      writeFileSync(path.join(root, '.git'), `gitdir: ${path.join(git, '.git')}\n`)
      expect((await write(root, 'main', 'origin', 3).ended).code).toBe(0)
      const ballast = path.join(root, 'ballast')
      fill(ballast)
      const full = await write(root, 'main', 'origin', 3).ended
      expect(full.code).not.toBe(0)
      expect(full.said).toContain('ENOSPC')
      expect(verifyWorld(root).found).toEqual([])
      expect(readHistory(root).history['api']?.transitions).toHaveLength(3)
      rmSync(ballast)
      expect((await write(root, 'main', 'origin', 3).ended).code).toBe(0)
      const there = await clone(repository)
      expect(readHistory(there).history['api']?.transitions.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6])
      expect(verifyWorld(there).found).toEqual([])
    },
  )

  it.skipIf(process.getuid?.() !== 0)(
    'that may not be written is said in a sentence, by every command that would',
    async () => {
      const root = mkdtempSync(path.join(tmpdir(), 'candor-world-'))
      onTestFinished(() => rmSync(root, { recursive: true, force: true }))
      for (const [name, text] of Object.entries(files)) writeFileSync(path.join(root, name), text)
      const torn = 'history/transitions/main.2026/api.11.ndjson'
      mkdirSync(path.dirname(path.join(root, torn)), { recursive: true })
      writeFileSync(path.join(root, torn), '{"v":1,"se')
      chmodSync(root, 0o755)
      for (const args of [['probe'], ['repair'], ['prune', '--force', '--before', '2027-01']]) {
        const run = await asNobody([...args, '--root', root])
        expect(run, args[0]).toMatchObject({ code: 2, said: expect.stringMatching(/EACCES|EROFS/) as string })
        expect(run.said, args[0]).not.toContain('bug in Candor')
      }
      expect(readFileSync(path.join(root, torn), 'utf8')).toBe('{"v":1,"se')
      expect(await asNobody(['verify', '--root', root])).toMatchObject({ code: 0 })
      expect(await asNobody(['size', '--root', root])).toMatchObject({ code: 0 })
    },
  )
})

interface Line {
  pass: number
  seq: number
  lost: number
  failure?: string
}

/** Starts a writer in a group of processes of its own. */
function write(root: string, writer: string, remote: string, passes: number) {
  const script = path.join(projectRoot, 'src/testing/store-writer.ts')
  const child = spawn(process.execPath, [script, root, writer, remote, String(passes)], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      GIT_CONFIG_GLOBAL: '/dev/null',
      NODE_COMPILE_CACHE: path.join(projectRoot, '.candor/compile-cache'),
    },
  })
  let out = ''
  let said = ''
  const { promise: first, resolve: begun } = Promise.withResolvers<boolean>()
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    out += part
    begun(true)
  })
  child.stderr.setEncoding('utf8').on('data', (part: string) => (said += part))
  const linesNow = () =>
    out
      .slice(0, out.lastIndexOf('\n') + 1)
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Line)
  const ended = new Promise<{ code: number | null; lines: Line[]; said: string }>((resolve) => {
    child.once('close', (code) => {
      resolve({ code, lines: linesNow(), said })
    })
  })
  onTestFinished(() => void kill('all of it'))
  function kill(what: 'it' | 'all of it'): void {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
    if (what === 'it') child.kill('SIGKILL')
    else process.kill(-child.pid, 'SIGKILL')
  }
  const until = async (enough: (lines: Line[]) => boolean) => {
    while (!enough(linesNow()) && child.exitCode === null) await delay(20)
  }
  return { ended, first, kill, until }
}

async function clone(repository: string): Promise<string> {
  const folder = await temporaryFolder()
  await runGit(folder, ['clone', '--quiet', repository, '.'])
  return folder
}

function mounts(): boolean {
  try {
    const probe = mkdtempSync(path.join(tmpdir(), 'candor-mount-'))
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe], { stdio: 'ignore' })
    execFileSync('umount', [probe])
    rmSync(probe, { recursive: true })
    return true
  } catch {
    return false
  }
}

function mounted(options: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'candor-disk-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder])
  onTestFinished(() => {
    execFileSync('umount', ['--lazy', folder])
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

/** Writes until there is no room for a byte. */
function fill(file: string): void {
  for (const size of [4096, 1])
    for (;;)
      try {
        writeFileSync(file, Buffer.alloc(size), { flag: 'a' })
      } catch {
        break
      }
}

/** Runs `status` as a user who owns nothing. */
async function asNobody(args: string[]): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [path.join(projectRoot, 'scripts/status.ts'), ...args], {
    cwd: '/',
    uid: 65_534,
    gid: 65_534,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: '/',
      ASTRO_TELEMETRY_DISABLED: '1',
      CANDOR_ALLOW_PRIVATE: 'true',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (part: string) => (said += part))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      resolve({ code, said })
    })
  })
}
