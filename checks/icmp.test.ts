import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { checkKinds } from '../src/model/check.ts'
import { createNetwork } from './network.ts'
import { icmp } from './icmp.ts'
import { makeCheck, NOW, sampleOf } from './testing/checks.ts'
import { startTcp } from './testing/servers.ts'

// Programs named `ping` that say what the real ones said, because a machine for tests need not have one.
const folder = mkdtempSync(path.join(tmpdir(), 'candor-ping-'))
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(() => rmSync(path.join(folder, 'ping'), { force: true }))

/** Puts a `ping` into the folder that is this source text, run by Node. */
function program(source: string): void {
  writeFileSync(path.join(folder, 'ping'), `#!${process.execPath}\n${source}`, { mode: 0o755 })
}
const saying = (stdout: string, stderr = '', code = 0) =>
  program(
    `process.stdout.write(${JSON.stringify(stdout)}); process.stderr.write(${JSON.stringify(stderr)}); process.exitCode = ${code}`,
  )
const replies = (sent: number, received: number, times = 'rtt min/avg/max/mdev = 20.0/30.5/41.0/3.0 ms') =>
  `--- ping statistics ---\n${sent} packets transmitted, ${received} received, x% packet loss\n${times}\n`

const ask = (target: string, written: Record<string, unknown> = {}, env: Record<string, string> = {}) =>
  sampleOf(makeCheck('icmp', { icmp: target, ...written }), { env: { PATH: folder, ...env } })

it('is up with a reply to each ping, and as fast as the average of them', async () => {
  saying(replies(3, 3))
  const sample = await ask('127.0.0.1', { expect: ['loss < 20%', 'latency < 100ms'] })
  expect(sample).toMatchObject({ state: 'up', latencyMs: 30.5 })
})

it('is up when some replies are missing, for that is what conditions are there for', async () => {
  saying(replies(3, 2))
  expect(await ask('127.0.0.1')).toMatchObject({ state: 'up', latencyMs: 30.5 })
  expect(await ask('127.0.0.1', { expect: ['loss < 20%'] })).toMatchObject({
    state: 'down',
    reason: 'loss is 33.3 %, expected less than 20 %',
    code: 'loss',
  })
})

it('is degraded when the round trip is slow', async () => {
  saying(replies(3, 3))
  expect(await ask('127.0.0.1', { degraded_over: '30ms' })).toMatchObject({
    state: 'degraded',
    reason: 'latency is 31 ms, over 30 ms',
  })
})

it.each([
  [3, 'no reply to 3 pings'],
  [1, 'no reply to a ping'],
])('is down without any reply to %i', async (count, words) => {
  saying(replies(count, 0, ''), '', 1)
  expect(await ask('127.0.0.1', { count })).toMatchObject({
    state: 'down',
    reason: `127.0.0.1: ${words}`,
    code: 'no_reply',
  })
})

it('is down when the name does not exist', async () => {
  const network = {
    ...createNetwork({ allowPrivate: true }),
    addressesOf: () => Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })),
  }
  const { options } = makeCheck('icmp', { icmp: 'nowhere.example' })
  const seen = await icmp.ask(options, {
    signal: new AbortController().signal,
    attempt: 0,
    pass: { network, now: () => NOW, onEnd: () => undefined },
    waitFor: () => undefined,
  })
  expect(seen).toMatchObject({ outcome: 'failed', reason: 'nowhere.example: the name does not exist' })
})

it('gives the program an address, a number, and nothing of its environment', async () => {
  const note = path.join(folder, 'note.json')
  program(`
    const env = Object.keys(process.env).filter((name) => !name.startsWith('__'))
    require('node:fs').writeFileSync(${JSON.stringify(note)}, JSON.stringify([process.argv.slice(2), env.sort()]))
    process.stdout.write(${JSON.stringify(replies(4, 4))})`)
  const env = { SECRET: 's3cret', LANG: 'de_DE' }
  expect(await ask('127.0.0.1', { count: 4 }, env)).toMatchObject({ state: 'up' })
  expect(JSON.parse(readFileSync(note, 'utf8'))).toEqual([
    ['-n', '-q', '-c', '4', '127.0.0.1'],
    ['LC_ALL', 'PATH'],
  ])
})

it('pings the next address where there is no route to one', async () => {
  program(`
    if (process.argv.includes('2001:db8::1')) process.stderr.write('ping: connect: Network is unreachable')
    else process.stdout.write(${JSON.stringify(replies(3, 3))})`)
  const addresses = [
    { address: '2001:db8::1', family: 6 },
    { address: '192.0.2.1', family: 4 },
  ]
  const network = { ...createNetwork({ allowPrivate: true }), addressesOf: async () => addresses }
  const seen = await icmp.ask(makeCheck('icmp', { icmp: 'both.example' }).options, {
    signal: new AbortController().signal,
    attempt: 0,
    pass: { network, now: () => NOW, env: { PATH: folder }, onEnd: () => undefined },
    waitFor: () => undefined,
  })
  expect(seen).toMatchObject({ outcome: 'answered' })
})

describe('is unknown', () => {
  const hosted = { GITHUB_ACTIONS: 'true', RUNNER_ENVIRONMENT: 'github-hosted' }
  it.each([
    ['there is no ping', undefined, {}, /no `ping` program in its PATH/, 'ping'],
    [
      'this account may not ping',
      ['', 'ping: socket: Operation not permitted'],
      {},
      /may not send pings/,
      'EPERM',
    ],
    ['there is no route', ['', 'ping: connect: Network is unreachable'], {}, /no route/, 'ENETUNREACH'],
    ['ping says garbage', ['\u0000\u0007 hello'], {}, /cannot be read/, 'ping'],
    ['ping says garbage without end', ['x'.repeat(1_000_000)], {}, /cannot be read/, 'ping'],
    ["it is one of GitHub's own runners", [replies(3, 3)], hosted, /GitHub's hosted runners/, 'icmp'],
  ])('where %s', async (_, said, env, reason, code) => {
    if (said) saying(...(said as [string, string?]))
    const sample = await ask('127.0.0.1', {}, env)
    expect(sample).toMatchObject({ state: 'unknown', code })
    expect(sample.reason).toMatch(reason)
  })

  it('for a private address', async () => {
    saying(replies(3, 3))
    const check = makeCheck('icmp', { icmp: '127.0.0.1' })
    expect(await sampleOf(check, { env: { PATH: folder }, allowPrivate: false })).toMatchObject({
      state: 'unknown',
      code: 'private_address',
    })
  })

  it('when ping does not end, not even when it is interrupted', async () => {
    program(`process.on('SIGINT', () => {}); setInterval(() => {}, 1000)`)
    expect(await ask('127.0.0.1', { count: 1, timeout: '3s' })).toMatchObject({
      state: 'unknown',
      code: 'ping',
    })
  })
})

it("pings on a runner of one's own", async () => {
  saying(replies(3, 3))
  const env = { GITHUB_ACTIONS: 'true', RUNNER_ENVIRONMENT: 'self-hosted' }
  expect(await ask('127.0.0.1', {}, env)).toMatchObject({ state: 'up' })
})

it('interrupts a ping that still waits for the last reply, and takes what it has', async () => {
  program(`
    process.on('SIGINT', () => { process.stdout.write(${JSON.stringify(replies(1, 0, ''))}); process.exit(1) })
    setInterval(() => {}, 1000)`)
  expect(await ask('127.0.0.1', { count: 1 })).toMatchObject({ state: 'down', code: 'no_reply' })
})

it('ends the program when the pass is stopped', async () => {
  const started = Promise.withResolvers<unknown>()
  const ended = Promise.withResolvers<unknown>()
  const server = await startTcp((socket) => {
    started.resolve('started')
    socket.resume().on('close', () => ended.resolve('ended'))
  })
  program(`require('node:net').connect(${server.port}, '127.0.0.1')`)
  const stop = new AbortController()
  const check = makeCheck('icmp', { icmp: '127.0.0.1' })
  const sample = sampleOf(check, { env: { PATH: folder }, signal: stop.signal })
  await started.promise
  stop.abort()
  expect(await sample).toMatchObject({ state: 'unknown', code: 'stopped' })
  expect(await ended.promise).toBe('ended')
  server.close()
})

const canPing = spawnSync('ping', ['-n', '-q', '-c', '1', '127.0.0.1']).status === 0
describe.skipIf(!canPing)(
  "with this machine's own ping (skipped where there is none that may be used)",
  () => {
    const PATH = process.env['PATH'] ?? ''
    it.each(['127.0.0.1', 'localhost'])('is up for %s', async (target) => {
      const sample = await ask(target, { count: 1, expect: ['loss < 1%', 'latency < 1s'] }, { PATH })
      expect(sample.reason).toBeUndefined()
      expect(sample.state).toBe('up')
    })
  },
)

it.each([
  ['router.example.com', {}, true],
  ['192.0.2.1', {}, true],
  ['2001:db8::1', {}, true],
  ['[2001:db8::1]', {}, true],
  ['-f', {}, false],
  ['a.example -f', {}, false],
  ['router.example.com:80', {}, false],
  ['https://a.example', {}, false],
  ['a.example', { count: 0 }, false],
  ['a.example', { count: 9 }, false],
  ['a.example', { count: 9, timeout: '11s' }, true],
])('the target %j with %j can be written: %s', (target, written, valid) => {
  expect(checkKinds.icmp.options.safeParse({ icmp: target, ...written }).success).toBe(valid)
})
