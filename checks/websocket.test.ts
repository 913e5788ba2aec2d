import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { generate } from 'selfsigned'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { checkKinds } from '../src/model/check.ts'
import { DAY } from '../src/model/time.ts'
import { createAuthority, FAR, type Pair } from './testing/certificates.ts'
import { makeCheck, sampleOf, testing } from './testing/checks.ts'
import { closedPort, startHttp, startTcp, type RunningServer } from './testing/servers.ts'
import { startBareWebSocket, startWebSocket } from './testing/websocket-server.ts'

const running: { close(): void }[] = []
afterEach(() => {
  for (const server of running.splice(0)) server.close()
})
async function up(server: Promise<RunningServer>): Promise<RunningServer> {
  const started = await server
  running.push(started)
  return started
}
const serveEcho = () => up(startWebSocket((socket) => socket.on('message', (data) => socket.send(data))))

const ask = (websocket: string, written: Record<string, unknown> = {}, more = {}) =>
  sampleOf(makeCheck('websocket', { websocket, ...written }), more)

describe('is up', () => {
  it('when the upgrade is accepted, and says goodbye', async () => {
    const closed = Promise.withResolvers<number>()
    const server = await up(startWebSocket((socket) => socket.on('close', closed.resolve)))
    const sample = await ask(server.url, { expect: ['latency < 1h'] })
    expect(sample).toMatchObject({ state: 'up' })
    expect(sample.latencyMs).toBeGreaterThan(0)
    expect(await closed.promise).toBe(1000)
  })

  it.each([
    ['body == "ping"', 'ping'],
    ['json $.type == "pong"', '{"type":"pong"}'],
  ])('when the reply meets %s', async (condition, send) => {
    const server = await serveEcho()
    expect(await ask(server.url, { send, expect: [condition] })).toMatchObject({ state: 'up' })
  })

  it('when a first message comes unasked that a condition is about', async () => {
    const server = await up(startWebSocket((socket) => socket.send('welcome')))
    expect(await ask(server.url, { expect: ['body == "welcome"'] })).toMatchObject({ state: 'up' })
  })

  it('when the first of endless messages is well', async () => {
    const server = await up(
      startWebSocket((socket) => {
        for (let sent = 0; sent < 1_000; sent++) socket.send('x'.repeat(1024))
      }),
    )
    expect(await ask(server.url, { expect: ['body contains "x"'] })).toMatchObject({ state: 'up' })
  })
})

it('sends the headers, the login, the subprotocols and the text of the check', async () => {
  const seen = Promise.withResolvers<unknown>()
  const server = await up(
    startWebSocket((socket, { url, headers }) => {
      socket.on('message', (data) => {
        const { authorization, 'user-agent': agent, 'x-key': key } = headers
        const compression = headers['sec-websocket-extensions'] ?? 'none'
        seen.resolve({
          url,
          authorization,
          agent,
          key,
          protocol: socket.protocol,
          text: String(data),
          compression,
        })
        socket.send('ok')
      })
    }),
  )
  const check = makeCheck('websocket', {
    websocket: `${server.url.replace('//', '//me:s%20ecret@')}/a?b=\${KEY}#c`,
    headers: { 'X-Key': '${KEY}' },
    protocols: ['graphql-ws', 'graphql-transport-ws'],
    send: 'hello ${KEY}',
  })
  expect(await sampleOf(check, { env: { KEY: 'k3y1' } })).toMatchObject({ state: 'up' })
  expect(await seen.promise).toEqual({
    url: '/a?b=k3y1',
    authorization: `Basic ${btoa('me:s ecret')}`,
    agent: 'Candor',
    key: 'k3y1',
    protocol: 'graphql-ws',
    text: 'hello k3y1',
    compression: 'none',
  })
})

it('is degraded when it is slow', async () => {
  const server = await serveEcho()
  expect(await ask(server.url, { degraded_over: '0ms' })).toMatchObject({
    state: 'degraded',
    code: 'latency',
  })
})

describe('is down', () => {
  it('where nobody listens', async () => {
    const port = await closedPort()
    expect(await ask(`ws://127.0.0.1:${port}`)).toMatchObject({
      state: 'down',
      reason: `127.0.0.1:${port}: connection refused`,
      code: 'ECONNREFUSED',
    })
  })

  it.each([200, 301, 403, 503])('when the upgrade is refused with %i', async (status) => {
    const server = await up(
      startHttp((_, response) => response.writeHead(status, { location: '/' }).end('no')),
    )
    const host = `127.0.0.1:${server.port}`
    expect(await ask(`ws://${host}`)).toMatchObject({
      state: 'down',
      reason: `${host}: the upgrade to WebSocket was refused: status is ${status}, expected 101`,
      code: `http_${status}`,
    })
  })

  it('when the server takes none of the subprotocols', async () => {
    const server = await up(startWebSocket(() => undefined, { handleProtocols: () => false }))
    expect(await ask(server.url, { protocols: ['mqtt'] })).toMatchObject({
      state: 'down',
      reason: expect.stringContaining('what it answers is not WebSocket: Server sent no subprotocol'),
      code: 'not_websocket',
    })
  })

  it('when the message does not meet a condition', async () => {
    const server = await serveEcho()
    expect(await ask(server.url, { send: 'ping', expect: ['body == "pong"'] })).toMatchObject({
      state: 'down',
      reason: 'body is not "pong"',
    })
  })

  it.each([
    ['never answers', {}, () => undefined],
    ['drips headers', {}, drip],
  ])('when the server %s', async (_, written, onConnection) => {
    const server = await up(startTcp(onConnection))
    expect(await ask(`ws://127.0.0.1:${server.port}`, { timeout: '200ms', ...written })).toMatchObject({
      state: 'down',
      reason: 'no answer within 200 ms',
      code: 'timeout',
    })
  })

  it('when no message comes after the upgrade', async () => {
    const server = await up(startWebSocket(() => undefined))
    expect(await ask(server.url, { send: 'ping', timeout: '200ms' })).toMatchObject({ code: 'timeout' })
  })

  it('when it is closed before a message comes', async () => {
    const server = await up(startWebSocket((socket) => socket.close(1008, 'policy')))
    expect(await ask(server.url, { send: 'ping' })).toMatchObject({
      state: 'down',
      reason: `127.0.0.1:${server.port}: closed (1008) before there was a message`,
      code: 'closed',
    })
  })

  it.each([
    ['resets the connection', (socket: Socket) => socket.resetAndDestroy(), 'ECONNRESET'],
    ['closes the connection', (socket: Socket) => socket.end(), 'ECONNRESET'],
    ['answers garbage', (socket: Socket) => socket.end('220 mail.example ESMTP\r\n'), 'not_http'],
    [
      'sends endless headers',
      (socket: Socket) => socket.write(`HTTP/1.1 101 x\r\na: ${'x'.repeat(70_000)}`),
      'headers',
    ],
    [
      'signs the upgrade wrongly',
      (socket: Socket) =>
        socket.write(
          'HTTP/1.1 101 x\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: x\r\n\r\n',
        ),
      'not_websocket',
    ],
  ])('when the server %s', async (_, onData, code) => {
    const server = await up(startTcp((socket) => void socket.once('data', () => onData(socket))))
    expect(await ask(`ws://127.0.0.1:${server.port}`)).toMatchObject({ state: 'down', code })
  })

  it.each([
    ['cuts the connection', (socket: Socket) => socket.end(), 'ECONNRESET'],
    ['cuts a message short', (socket: Socket) => socket.end(Buffer.from([0x81, 10, 1])), 'ECONNRESET'],
    ['sends what is no frame', (socket: Socket) => socket.write('HELLO'), 'not_websocket'],
    [
      'sends a message that is not UTF-8',
      (socket: Socket) => socket.write(Buffer.from([0x81, 1, 0xff])),
      'not_websocket',
    ],
    [
      'announces a message of 2 MiB',
      (socket: Socket) => socket.write(Buffer.from([0x82, 127, 0, 0, 0, 0, 0, 0x20, 0, 0])),
      'too_large',
    ],
    ['sends an endless message in parts', endlessMessage, 'too_large'],
  ])('when after the upgrade the server %s', async (_, onUpgrade, code) => {
    const server = await up(startBareWebSocket((socket) => void onUpgrade(socket)))
    const sample = await ask(server.url, { send: 'ping' })
    expect(sample).toMatchObject({ state: 'down', code })
  })
})

describe('over TLS', () => {
  let authority: Awaited<ReturnType<typeof createAuthority>>
  beforeAll(async () => {
    authority = await createAuthority()
  })
  async function serve(pair: Pair): Promise<string> {
    const server = createServer(pair)
    const upgrades = new WebSocketServer({ server })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    running.push({
      close: () => {
        for (const client of upgrades.clients) client.terminate()
        server.close()
      },
    })
    return `wss://localhost:${(server.address() as AddressInfo).port}`
  }
  const askWith = (url: string, written: Record<string, unknown> = {}, now = testing.now()) =>
    ask(url, written, { ca: authority.ca, now: () => now })

  it('is up with a certificate that browsers take', async () => {
    const url = await serve(await authority.issue(['localhost']))
    expect(await askWith(url, { expect: ['certificate > 14d'] })).toMatchObject({ state: 'up' })
  })

  it('is degraded when the certificate is near its end', async () => {
    const url = await serve(await authority.issue(['localhost']))
    expect(await askWith(url, { expect: ['certificate > 14d'] }, FAR - 3.5 * DAY)).toMatchObject({
      state: 'degraded',
      reason: 'certificate expires in 3 days, expected more than 14 days',
    })
  })

  it('is down with a certificate for another name', async () => {
    const url = await serve(await authority.issue(['www.example.com']))
    expect(await askWith(url)).toMatchObject({ state: 'down', code: 'certificate' })
  })

  it('is down with a self-signed certificate', async () => {
    const made = await generate([{ name: 'commonName', value: 'localhost' }], {
      keyType: 'ec',
      algorithm: 'sha256',
    })
    const url = await serve({ key: made.private, cert: made.cert })
    expect(await askWith(url)).toMatchObject({ state: 'down', code: 'certificate' })
  })

  it('is down when the server does not shake hands', async () => {
    const server = await up(startTcp(() => undefined))
    expect(await askWith(`wss://localhost:${server.port}`, { timeout: '1s' })).toMatchObject({
      state: 'down',
      reason: 'the TLS handshake was not complete within 1 s',
    })
  })

  it('is down where no TLS is spoken', async () => {
    const server = await serveEcho()
    expect(await askWith(`wss://localhost:${server.port}`)).toMatchObject({ state: 'down', code: 'tls' })
  })
})

describe('is unknown', () => {
  it.each([
    ['a private address', 'ws://127.0.0.1:1', {}, 'private_address'],
    ['a private address in disguise', 'ws://0x7f.1:1', {}, 'private_address'],
    ['a variable that is not set', 'ws://127.0.0.1:1/?${KEY}', {}, 'env'],
  ])('for %s', async (_, url, written, code) => {
    expect(await ask(url, written, { allowPrivate: false })).toMatchObject({ state: 'unknown', code })
  })

  it('when a header cannot be sent, and shows nothing of it', async () => {
    const server = await serveEcho()
    const sample = await ask(server.url, { headers: { 'x-key': '${KEY}' } }, { env: { KEY: 'a\nb' } })
    expect(sample).toMatchObject({
      state: 'unknown',
      reason: 'the request cannot be sent: Invalid character in header content ["x-key"]',
      code: 'request',
    })
  })
})

it.each([
  ['before the upgrade', startTcp],
  ['after the upgrade', startBareWebSocket],
])('lets go of its connection when the time is over %s', async (_, start) => {
  const closed = Promise.withResolvers<unknown>()
  const server = await up(start((socket) => void socket.resume().on('close', () => closed.resolve('closed'))))
  await ask(`ws://127.0.0.1:${server.port}`, { send: 'ping', timeout: '100ms' })
  expect(await closed.promise).toBe('closed')
})

it('cuts the connection to a server that does not say goodbye', async () => {
  const closed = Promise.withResolvers<unknown>()
  const server = await up(
    startBareWebSocket((socket) => void socket.resume().on('close', () => closed.resolve('closed'))),
  )
  expect(await ask(server.url)).toMatchObject({ state: 'up' })
  expect(await closed.promise).toBe('closed')
})

it.each([
  ['http://a.example', {}],
  ['ws://a.example', { protocols: ['a b'] }],
  ['ws://a.example', { protocols: ['a', 'a'] }],
])('refuses %s with %j', (url, written) => {
  expect(checkKinds.websocket.options.safeParse({ websocket: url, ...written }).success).toBe(false)
})

function drip(socket: Socket): void {
  socket.write('HTTP/1.1 101 Switching Protocols\r\n')
  const dripping = setInterval(() => socket.write('a: b\r\n'), 20)
  socket.on('close', () => clearInterval(dripping))
}

/** A message that begins and goes on in parts of 64 bytes, and never ends. */
function endlessMessage(socket: Socket): void {
  let opcode = 2
  const more = () => {
    while (!socket.destroyed) {
      const part = Buffer.concat([Buffer.from([opcode, 64]), Buffer.alloc(64)])
      opcode = 0
      if (!socket.write(part)) return void socket.once('drain', more)
    }
  }
  more()
}
