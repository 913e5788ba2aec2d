import { rename } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { startTcp } from '../checks/testing/servers.ts'
import { readHistory } from '../src/files/history-store.ts'
import { readWorld } from '../src/files/read-world.ts'
import { readUncommitted } from '../src/files/uncommitted.ts'
import { openLocalGit } from '../src/forge/local-git.ts'
import { runGit } from '../src/forge/run-git.ts'
import { DAY, HOUR, iso, MINUTE, SECOND } from '../src/model/time.ts'
import { bareRepository, temporaryFolder } from '../src/testing/git-repository.ts'
import { worldFolder } from '../src/testing/write-world.ts'
import { probeLoop, type Clock, type LoopOrder } from './probe-loop.ts'

const START = Date.parse('2026-11-21T03:00:00Z')

describe('a clock that jumps', () => {
  it('an hour back: nothing is recorded until it has caught up, and it says so', async () => {
    const { root, said, order, at } = await world()
    const times: string[] = []
    const clock = testClock({ 3: -HOUR })
    await probeLoop({
      ...order,
      clock,
      forMs: 70 * MINUTE,
      afterLook: async () => void times.push(at() ?? ''),
    })
    expect(said()).toContain('the clock was set back by 1 hour; nothing is recorded until it has caught up')
    const stood = times.filter((time) => time === iso(START + 2 * MINUTE))
    // From the pass at minute 2 on, through the hour that came twice.
    expect(stood).toHaveLength(61)
    expect(times).toEqual(times.toSorted())
    expect(times.at(-1)).toBe(iso(START + 9 * MINUTE))
    expect(readHistory(root)).toMatchObject({
      problems: [],
      history: { api: { transitions: [{ to: 'operational' }] } },
    })
  })

  it('a day forward: the day is unknown, and all goes on behind it', async () => {
    const { root, said, order } = await world()
    await probeLoop({ ...order, clock: testClock({ 3: DAY }), forMs: 6 * MINUTE })
    expect(said()).toContain('this machine slept, or its clock was set forward, for 24 hours')
    const { history, problems } = readHistory(root)
    expect(problems).toEqual([])
    expect(history['api']?.transitions.map(({ to, after }) => [to, iso(after)])).toEqual([
      ['operational', iso(START)],
      ['unknown', iso(START + 3 * MINUTE)],
      ['operational', iso(START + DAY + 3 * MINUTE)],
    ])
    expect(readWorld(root).live[0]?.next_expected_at).toBe(iso(START + DAY + 6 * MINUTE))
  })

  it('by less than half a minute: nothing is said', async () => {
    const { said, order } = await world()
    await probeLoop({ ...order, clock: testClock({ 2: 20 * SECOND, 3: -20 * SECOND }), forMs: 5 * MINUTE })
    expect(said()).not.toMatch(/clock|slept/)
  })
})

it('keeps its beat by the clock that only goes on, whatever a look takes', async () => {
  const { order } = await world()
  const begun: number[] = []
  const clock = testClock()
  const passes = [0, 10, 59, 61, 150, 0].map((seconds) => seconds * SECOND)
  await probeLoop({
    ...order,
    clock,
    forMs: 9 * MINUTE,
    afterLook: async () => {
      begun.push(clock.elapsed() / MINUTE)
      clock.pass(passes.shift() ?? 0)
    },
  })
  expect(begun).toEqual([0, 1, 2, 3, 5, 8])
})

describe('a remote', () => {
  it('that is away for an hour, and a restart in it, lose nothing', async () => {
    const api = await service()
    const { repository, root } = await cloned(component(api.url))
    const clock = testClock()
    saying()
    const afterLook = async () => {
      api.turn()
    }
    const loop = async (minutes: number) => {
      const failures = await probeLoop(await toRemote(root, { clock, forMs: minutes * MINUTE, afterLook }))
      clock.pass(MINUTE)
      return failures
    }
    expect(await loop(3)).toEqual([])
    await rename(repository, `${repository}.away`)
    for (const minutes of [30, 31]) {
      const failures = await loop(minutes)
      expect(failures.join()).toContain('history not committed')
    }
    expect(Object.keys(readUncommitted(root, 'local'))).toHaveLength(1)
    await rename(`${repository}.away`, repository)
    expect(await loop(1)).toEqual([])

    const { history, problems } = readHistory(root)
    expect(problems).toEqual([])
    // The target is another at every look.
    expect(history['api']?.transitions).toHaveLength(65)
    expect(readHistory(await clone(repository))).toEqual({ history, problems: [] })
    expect(readUncommitted(root, 'local')).toEqual({})
    await runGit(repository, ['fsck', '--no-dangling'])
  }, 120_000)

  it('that does not answer holds up no look, and no stop', async () => {
    const api = await service()
    const silent = await startTcp((socket: Socket) => void socket.resume())
    onTestFinished(() => silent.close())
    const { root } = await cloned(component(api.url))
    const stop = new AbortController()
    let looks = 0
    const { said } = saying()
    const afterLook = async () => {
      looks += 1
      if (looks === 10) stop.abort()
    }
    const order = await toRemote(
      root,
      { clock: testClock(), afterLook, signal: stop.signal },
      `git://127.0.0.1:${String(silent.port)}/status.git`,
    )
    expect(await probeLoop(order)).toEqual([])
    expect(looks).toBe(10)
    expect(said()).toContain('the forge is still busy with an earlier pass')
    expect(said()).toContain('the forge does not answer; what it was not told is on the disk')
    expect(Object.keys(readUncommitted(root, 'local'))).toHaveLength(1)
  })
})

/** A world of one component that answers. */
async function world() {
  const api = await service()
  const root = worldFolder({ 'site.yaml': site, 'components.yaml': component(api.url) })
  const at = () => readWorld(root).live[0]?.checked_at
  return { root, at, order: orderOf(root), ...saying() }
}

function orderOf(root: string): LoopOrder {
  return { root, writer: 'local', intervalMs: MINUTE, env: {}, allowPrivate: true }
}

async function toRemote(root: string, order: Partial<LoopOrder>, remote = 'origin'): Promise<LoopOrder> {
  const forge = await openLocalGit(root, { remote, wait: async () => undefined })
  return { ...orderOf(root), ...order, forge: { forge, prefix: '', commit: true, propose: false } }
}

/** What is said while a test runs. */
function saying(): { said: () => string } {
  const lines: string[] = []
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    lines.push(String(text))
    return true
  })
  onTestFinished(() => void spy.mockRestore())
  return { said: () => lines.join('') }
}

/**
 * A clock that goes on only while somebody waits for it, and by as much. `jumps` are those of its wall clock, by the
 * number of the wait in which they happen.
 */
function testClock(jumps: Record<number, number> = {}): Clock & { pass: (milliseconds: number) => void } {
  let [elapsed, jumped, waits] = [0, 0, 0]
  return {
    now: () => START + elapsed + jumped,
    elapsed: () => elapsed,
    pass: (milliseconds) => (elapsed += milliseconds),
    async wait(milliseconds) {
      // What is under way beside it comes first.
      await new Promise((resolve) => setImmediate(resolve))
      elapsed += milliseconds
      waits += 1
      jumped += jumps[waits] ?? 0
    },
  }
}

/** A server that is well, and ill after every second turn. */
async function service() {
  let status = 200
  const server: Server = createServer((_, response) => void response.writeHead(status).end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${String(port)}/`, turn: () => (status = status === 200 ? 503 : 200) }
}

async function cloned(components: string) {
  const repository = await bareRepository({ 'site.yaml': site, 'components.yaml': components })
  return { repository, root: await clone(repository) }
}

async function clone(repository: string): Promise<string> {
  const folder = await temporaryFolder()
  await runGit(folder, ['clone', '--quiet', repository, '.'])
  return folder
}

const site = 'name: Acme\nurl: https://status.acme.example\n'
const component = (url: string) =>
  `components: [{ id: api, name: API, check: { http: '${url}', retries: 0, confirm: 1 } }]\n`
