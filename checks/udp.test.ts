import { createSocket } from 'node:dgram'
import { afterEach, describe, expect, it } from 'vitest'
import { checkKinds } from '../src/model/check.ts'
import { makeCheck, sampleOf } from './testing/checks.ts'
import { closedUdpPort, startUdp } from './testing/udp-server.ts'

const running: { close(): void }[] = []
afterEach(() => {
  for (const server of running.splice(0)) server.close()
})
async function serve(...how: Parameters<typeof startUdp>): Promise<number> {
  const server = await startUdp(...how)
  running.push(server)
  return server.port
}
const serveEcho = () => serve((datagram, from, socket) => socket.send(datagram, from.port, from.address))
const serveSilence = () => serve(() => undefined)

const ask = (target: string, written: Record<string, unknown> = {}) =>
  sampleOf(makeCheck('udp', { udp: target, send: 'ping', ...written }), { env: { COMMUNITY: 'c0mmunity' } })

it.each([
  ['text', 'ping', 'ping'],
  ['text in any script', 'häuser', 'häuser'],
  ['bytes', 'hex: 70 69 6E67', 'ping'],
  ['a value from the environment', 'v1 ${COMMUNITY}', 'v1 c0mmunity'],
])('sends %s and is up when something comes back', async (_, send, received) => {
  const target = `127.0.0.1:${await serveEcho()}`
  const sample = await ask(target, { send, expect: [`body == "${received}"`, 'latency < 1h'] })
  expect(sample.reason).toBeUndefined()
  expect(sample.state).toBe('up')
  expect(sample.latencyMs).toBeGreaterThan(0)
})

it('finds the address that replies among several of one name', async () => {
  expect(await ask(`localhost:${await serveEcho()}`)).toMatchObject({ state: 'up' })
})

it('is degraded when the reply is slow', async () => {
  const target = `127.0.0.1:${await serveEcho()}`
  expect(await ask(target, { degraded_over: '0ms' })).toMatchObject({ state: 'degraded', code: 'latency' })
})

describe('is down', () => {
  it('when the reply is another than expected', async () => {
    const target = `127.0.0.1:${await serveEcho()}`
    expect(await ask(target, { expect: ['body == "pong"'] })).toMatchObject({
      state: 'down',
      reason: 'body is not "pong"',
    })
  })

  it.each(['127.0.0.1', 'localhost'])('when nobody listens at %s', async (host) => {
    const target = `${host}:${await closedUdpPort()}`
    expect(await ask(target)).toMatchObject({
      state: 'down',
      reason: `${target}: nobody listens there (port unreachable)`,
      code: 'ECONNREFUSED',
    })
  })

  it('when no reply comes in time', async () => {
    const target = `127.0.0.1:${await serveSilence()}`
    expect(await ask(target, { timeout: '100ms' })).toMatchObject({
      state: 'down',
      reason: 'no answer within 100 ms',
      code: 'timeout',
    })
  })

  it('when only somebody else replies', async () => {
    const stranger = createSocket('udp4')
    running.push(stranger)
    const port = await serve((_, from) => stranger.send('ping', from.port, from.address))
    expect(await ask(`127.0.0.1:${port}`, { timeout: '200ms' })).toMatchObject({ code: 'timeout' })
  })
})

it('takes the first of endless replies', async () => {
  let sent = 0
  const port = await serve((_, from, socket) => {
    for (; sent < 500; sent++) socket.send(Buffer.alloc(1400, sent), from.port, from.address)
  })
  expect(await ask(`127.0.0.1:${port}`)).toMatchObject({ state: 'up' })
})

describe('where no reply is required', () => {
  it('is up when a second passes without a word, and has no latency', async () => {
    const sample = await ask(`127.0.0.1:${await serveSilence()}`, { reply: false })
    expect(sample).toMatchObject({ state: 'up' })
    expect(sample).not.toHaveProperty('latencyMs')
  })

  it('is down when nobody listens', async () => {
    const target = `127.0.0.1:${await closedUdpPort()}`
    expect(await ask(target, { reply: false })).toMatchObject({ state: 'down', code: 'ECONNREFUSED' })
  })
})

describe('is unknown', () => {
  it('for a private address', async () => {
    const check = makeCheck('udp', { udp: '127.0.0.1:53', send: 'ping' })
    expect(await sampleOf(check, { allowPrivate: false })).toMatchObject({
      state: 'unknown',
      code: 'private_address',
    })
  })

  it('when the environment puts in what is no hexadecimal', async () => {
    const target = `127.0.0.1:${await serveEcho()}`
    const check = makeCheck('udp', { udp: target, send: '${PACKET}' })
    expect(await sampleOf(check, { env: { PACKET: 'hex:7g' } })).toMatchObject({
      state: 'unknown',
      code: 'request',
    })
  })

  it('when the datagram is larger than any can be', async () => {
    const target = `127.0.0.1:${await serveEcho()}`
    expect(await ask(target, { send: 'x'.repeat(70_000) })).toMatchObject({
      state: 'unknown',
      code: 'EMSGSIZE',
    })
  })
})

it('lets go of its socket when the time is over', async () => {
  const refused = Promise.withResolvers<unknown>()
  const asking = Promise.withResolvers<() => void>()
  const port = await serve((_, from, socket) => {
    // Only a port that was let go of is refused to the very socket that it was connected to.
    socket.on('error', refused.resolve)
    asking.resolve(() => socket.connect(from.port, from.address, () => socket.send('late')))
  })
  const sample = await ask(`127.0.0.1:${port}`, { timeout: '100ms' })
  expect(sample).toMatchObject({ code: 'timeout' })
  const sendLate = await asking.promise
  sendLate()
  expect(await refused.promise).toMatchObject({ code: 'ECONNREFUSED' })
})

it.each([
  [{ udp: 'a.example:53' }, 'send'],
  [{ udp: 'a.example:53', send: '' }, 'send'],
  [{ udp: 'a.example:53', send: 'hex:0' }, 'send'],
  [{ udp: 'a.example', send: 'x' }, 'udp'],
  [{ udp: 'a.example:53', send: 'x', reply: false, degraded_over: '1s' }, 'reply'],
  [{ udp: 'a.example:53', send: 'x', reply: false, expect: ['latency < 1s'] }, 'reply'],
])('refuses %j for its %s', (written, option) => {
  const { error } = checkKinds.udp.options.safeParse(written)
  expect([...new Set(error?.issues.map(({ path }) => path[0]))]).toEqual([option])
})
