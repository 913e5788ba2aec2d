import { once } from 'node:events'
import { createServer, type ServerHttp2Stream } from 'node:http2'
import { Server, ServerCredentials, status, type sendUnaryData, type ServerUnaryCall } from '@grpc/grpc-js'
import { HealthImplementation, service as healthService } from 'grpc-health-check'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { healthRequest, healthStatus } from './grpc-messages.ts'
import { createAuthority } from './testing/certificates.ts'
import { makeCheck, sampleOf, testing } from './testing/checks.ts'
import { closedPort, startHttp, startTcp } from './testing/servers.ts'

let close: (() => void) | undefined
let authority: Awaited<ReturnType<typeof createAuthority>>
beforeAll(async () => {
  authority = await createAuthority()
})
afterEach(() => {
  close?.()
  close = undefined
})

const ask = (port: number, written: Record<string, unknown> = {}, options = {}) =>
  sampleOf(makeCheck('grpc', { grpc: `localhost:${port}`, tls: false, ...written }), options)

/** The health service as gRPC's own library offers it. */
async function serve(addTo: (server: Server) => void, credentials = ServerCredentials.createInsecure()) {
  const server = new Server()
  addTo(server)
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error ? reject(error) : resolve(bound))),
  )
  close = () => server.forceShutdown()
  return port
}

function health(server: Server): void {
  new HealthImplementation({
    '': 'SERVING',
    'acme.Orders': 'NOT_SERVING',
    'acme.Search': 'UNKNOWN',
    ['acme.' + 'x'.repeat(190)]: 'SERVING',
  }).addToServer(server as Parameters<HealthImplementation['addToServer']>[0])
}

describe('the health protocol', () => {
  it.each([
    ['', { state: 'up' }],
    ['acme.' + 'x'.repeat(190), { state: 'up' }],
    ['acme.Orders', { state: 'down', reason: 'service acme.Orders is not serving', code: 'NOT_SERVING' }],
    [
      'acme.Search',
      {
        state: 'unknown',
        reason: 'the server does not know how service acme.Search is doing (UNKNOWN)',
        code: 'UNKNOWN',
      },
    ],
    ['acme.Typo', { state: 'down', code: 'NOT_FOUND' }],
  ])('of service "%s"', async (service, expected) => {
    const port = await serve(health)
    const sample = await ask(port, { service, expect: ['latency < 1h'] })
    expect(sample).toMatchObject(expected)
  })

  it('sends metadata with secrets from the environment, and never shows them', async () => {
    let seen: unknown
    const port = await serve((server) =>
      server.addService(healthService as Parameters<Server['addService']>[0], {
        check: (call: ServerUnaryCall<unknown, unknown>, callback: sendUnaryData<unknown>) => {
          seen = call.metadata.get('authorization')
          callback({ code: status.UNAVAILABLE, details: `no backend for ${String(seen)}, näher` })
        },
      }),
    )
    const written = { headers: { authorization: 'Bearer ${TOKEN}' } }
    const sample = await ask(port, written, { env: { TOKEN: 's3cr3t-token' } })
    expect(seen).toEqual(['Bearer s3cr3t-token'])
    expect(sample).toMatchObject({
      state: 'down',
      reason: `localhost:${port} answers UNAVAILABLE "no backend for Bearer •••, näher"`,
      code: 'UNAVAILABLE',
    })
  })

  it.each([
    ['does not offer it', 'UNIMPLEMENTED', () => undefined],
    ['refuses the credentials', 'UNAUTHENTICATED', refusing('UNAUTHENTICATED')],
    ['does not allow to ask', 'PERMISSION_DENIED', refusing('PERMISSION_DENIED')],
  ])('is unknown when the server %s, for that says nothing about its health', async (_, code, addTo) => {
    expect(await ask(await serve(addTo))).toMatchObject({ state: 'unknown', code })
  })

  it.each([
    [{ 'grpc-timeout': '1H' }, 'expected a metadata key'],
    [{ ':path': '/x' }, 'expected a metadata key'],
  ])('does not take %j as metadata', (headers, message) => {
    expect(() => makeCheck('grpc', { grpc: 'a.example:443', headers })).toThrow(message)
  })

  it('is unknown with metadata that cannot be sent', async () => {
    const port = await serve(health)
    const sample = await ask(port, { headers: { 'x-key': '${KEY}' } }, { env: { KEY: 'two\r\nlines' } })
    expect(sample).toMatchObject({ state: 'unknown', code: 'request' })
  })
})

describe('over TLS', () => {
  async function serveTls(names: string[]) {
    const { key, cert } = await authority.issue(names)
    const pair = { private_key: Buffer.from(key), cert_chain: Buffer.from(cert) }
    return serve(health, ServerCredentials.createSsl(null, [pair]))
  }

  it('is up, and conditions can be about the certificate', async () => {
    const port = await serveTls(['localhost'])
    const written = { tls: true, expect: ['certificate > 14d'] }
    expect(await ask(port, written, { ca: authority.ca })).toMatchObject({ state: 'up' })
  })

  it('is down with a certificate for another name', async () => {
    const port = await serveTls(['grpc.example.com'])
    expect(await ask(port, { tls: true }, { ca: authority.ca })).toMatchObject({
      state: 'down',
      reason: `localhost:${port}: the certificate is for grpc.example.com, not for this name`,
      code: 'certificate',
    })
  })

  it('is down where the server speaks without TLS', async () => {
    expect(await ask(await serve(health), { tls: true })).toMatchObject({ state: 'down', code: 'tls' })
  })
})

describe('what is not a gRPC server', () => {
  it('is down where nobody listens', async () => {
    const port = await closedPort()
    expect(await ask(port)).toMatchObject({ state: 'down', code: 'ECONNREFUSED' })
  })

  it('is down where the connection is closed at once', async () => {
    const server = await startTcp((socket) => socket.end())
    close = server.close
    expect(await ask(server.port)).toMatchObject({ state: 'down' })
  })

  it.each([
    ['speaks HTTP/1', () => startHttp((_, response) => response.end('hello'))],
    ['speaks SMTP', () => startTcp((socket) => socket.write('220 mail.example ESMTP ready\r\n'))],
  ])('is down where the server %s', async (_, start) => {
    const server = await start()
    close = server.close
    expect(await ask(server.port)).toMatchObject({ state: 'down', code: 'not_grpc' })
  })

  it.each<[string, (stream: ServerHttp2Stream) => void, RegExp]>([
    [
      'a web page',
      (stream) => {
        stream.respond({ ':status': 503, 'content-type': 'text/html' })
        stream.end('<h1>Sorry</h1>')
      },
      /not gRPC: its HTTP status is 503/,
    ],
    [
      'without end',
      (stream) => {
        stream.respond({ 'content-type': 'application/grpc' })
        stream.on('error', () => undefined).write(Buffer.alloc(16_000))
      },
      /not gRPC: its answer is far too long/,
    ],
    [
      'with another message',
      (stream) => {
        stream.respond({ 'content-type': 'application/grpc', 'grpc-status': '0' })
        stream.end(Buffer.from([0, 0, 0, 0, 2, 0x08, 0x63]))
      },
      /not gRPC: its answer is not that of a health check/,
    ],
    [
      'without a status',
      (stream) => {
        stream.respond({ 'content-type': 'application/grpc' })
        stream.end(Buffer.from([0, 0, 0, 0, 2, 0x08, 0x01]))
      },
      /answers no status/,
    ],
  ])('is down when it answers %s', async (_, reply, reason) => {
    const server = createServer().on('stream', reply).listen(0, '127.0.0.1')
    server.on('session', (session) => session.on('error', () => undefined))
    await once(server, 'listening')
    close = () => server.close()
    const { port } = server.address() as { port: number }
    const sample = await ask(port)
    expect(sample.state).toBe('down')
    expect(sample.reason).toMatch(reason)
  })

  it('is down when it accepts and says nothing', async () => {
    const server = await startTcp((socket) => socket.resume())
    close = server.close
    expect(await ask(server.port, { timeout: '300ms' })).toMatchObject({
      state: 'down',
      reason: 'no answer within 300 ms',
    })
  })
})

it.each(['localhost', '127.0.0.1', '[::1]'])('does not ask the private address %s', async (host) => {
  const check = makeCheck('grpc', { grpc: `${host}:50051`, tls: false })
  expect(await sampleOf(check, { ...testing, allowPrivate: false })).toMatchObject({
    state: 'unknown',
    code: 'private_address',
  })
})

it('writes and reads the messages as protocol buffers have them', () => {
  expect(healthRequest('')).toEqual(Buffer.from([0, 0, 0, 0, 0]))
  expect(healthRequest('a.B')).toEqual(Buffer.from([0, 0, 0, 0, 5, 0x0a, 3, 0x61, 0x2e, 0x42]))
  expect(healthRequest('x'.repeat(200)).subarray(0, 8)).toEqual(
    Buffer.from([0, 0, 0, 0, 203, 0x0a, 0xc8, 0x01]),
  )
  expect(healthStatus(Buffer.from([0, 0, 0, 0, 2, 8, 3]))).toBe('SERVICE_UNKNOWN')
  expect(healthStatus(Buffer.from([1, 0, 0, 0, 2, 8, 1]))).toBeUndefined()
  expect(healthStatus(Buffer.from([0, 0, 0, 0, 9, 8, 1]))).toBeUndefined()
})

function refusing(code: 'UNAUTHENTICATED' | 'PERMISSION_DENIED') {
  return (server: Server) =>
    server.addService(healthService as Parameters<Server['addService']>[0], {
      check: (_: unknown, callback: sendUnaryData<unknown>) =>
        callback({ code: status[code], details: 'no' }),
    })
}
