import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { checkKinds } from '../src/model/check.ts'
import { makeCheck, sampleOf } from './testing/checks.ts'
import { expectFaults } from './testing/expectations/faults.ts'
import { expectRedis } from './testing/expectations/redis.ts'
import { fuzz } from './testing/fuzz.ts'
import { startRedis } from './testing/redis-server.ts'
import { startTcp, type RunningServer } from './testing/servers.ts'

describe('Redis', () => {
  let server: Awaited<ReturnType<typeof startRedis>>
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.close())

  expectRedis(() => server)
})

expectFaults({
  kind: 'redis',
  protocol: 'Redis',
  written: (host, port) => ({ redis: `redis://:secret@${host}:${port}/1` }),
})

let server: RunningServer | undefined
afterEach(() => server?.close())

async function askScripted(answer: string | Buffer, written: Record<string, unknown> = {}) {
  let connections = 0
  server = await startTcp((socket) => {
    connections++
    socket.on('data', () => socket.write(answer))
  })
  const { redis = 'redis://:s%26cret@127.0.0.1:PORT', ...more } = written
  const check = makeCheck('redis', { redis: String(redis).replace('PORT', String(server.port)), ...more })
  const sample = await sampleOf(check, { env: { PASSWORD: 's&cret' } })
  return { ...sample, reason: sample.reason?.replace(`127.0.0.1:${server.port}`, 'target'), connections }
}

describe('what a server says instead of an answer', () => {
  it.each([
    [
      '-LOADING Redis is loading the dataset in memory\r\n',
      'redis_LOADING',
      'target: LOADING Redis is loading the dataset in memory',
    ],
    ['-ERR max number of clients reached\r\n', 'redis_ERR', 'target: ERR max number of clients reached'],
    [
      '-MASTERDOWN Link with MASTER is down\r\n',
      'redis_MASTERDOWN',
      'target: MASTERDOWN Link with MASTER is down',
    ],
    [
      '-NOPERM this user has no permissions to run the "get" command\r\n',
      'redis_NOPERM',
      'target: NOPERM this user has no permissions to run the "get" command',
    ],
    [':many\r\n', 'protocol', 'target: what it answers is not Redis'],
    ['$-2\r\n', 'protocol', 'target: what it answers is not Redis'],
    ['$1\r\nabc', 'protocol', 'target: what it answers is not Redis'],
    ['*1\r\n'.repeat(50_000), 'protocol', 'target: what it answers is not Redis'],
    [`+${'x'.repeat(70_000)}`, 'protocol', 'target: what it answers is not Redis'],
  ])('%j is down', async (answer, code, reason) => {
    const pause = answer.length > 100 ? `${answer.slice(0, 20)}` : answer
    expect(
      await askScripted(answer.startsWith('-') ? answer.repeat(2) : `+OK\r\n${answer}`),
      pause,
    ).toMatchObject({
      state: 'down',
      code,
      reason,
      connections: 1,
    })
  })

  it('an answer without end is unknown, and given up after 1 MiB', async () => {
    const flood = Buffer.concat([Buffer.from('+OK\r\n$2000000000\r\n'), Buffer.alloc(1_200_000)])
    expect(await askScripted(flood)).toMatchObject({
      state: 'unknown',
      reason: 'target: the answer is larger than the 1 MiB that a check reads',
    })
  })
})

it.each([
  ['redis://:s%26cret@127.0.0.1:PORT', {}],
  ['redis://127.0.0.1:PORT', { password: '${PASSWORD}' }],
])('never shows a password that the server repeats: %s', async (redis, more) => {
  expect(await askScripted('-ERR no s&cret here\r\n'.repeat(2), { redis, ...more })).toMatchObject({
    reason: 'target: ERR no ••• here',
  })
})

describe('only commands that read are taken', () => {
  it.each([
    ['SET', 'a', 'b'],
    ['flushall'],
    ['DEBUG', 'SLEEP', '1'],
    ['CONFIG', 'SET', 'a', 'b'],
    ['EVAL', '1', '0'],
    [],
  ])('not %s', (...command) => {
    const result = checkKinds.redis.options.safeParse({ redis: 'redis://a.example', command })
    expect(result.success).toBe(false)
  })

  it.each([
    ['get', 'a'],
    ['cluster', 'info'],
    ['LRANGE', 'a', 0, -1],
  ])('%s', (...command) => {
    expect(checkKinds.redis.options.safeParse({ redis: 'redis://a.example', command }).error).toBeUndefined()
  })
})

it('an address with parameters is unknown', async () => {
  expect(await sampleOf(makeCheck('redis', { redis: 'redis://db.example/0?protocol=3' }))).toMatchObject({
    state: 'unknown',
    reason: 'the address has protocol, which this check does not know',
  })
})

it('survives any bytes that a server may send', async () => {
  const answer = '+OK\r\n*4\r\n$6\r\nmaster\r\n:0\r\n*1\r\n$-1\r\n-ERR no\r\n'
  await fuzz([Buffer.from(answer)], (port, timeout) =>
    makeCheck('redis', { redis: `redis://:secret@127.0.0.1:${port}`, command: ['ROLE'], timeout }),
  )
})
