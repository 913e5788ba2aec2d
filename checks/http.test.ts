import { setTimeout as wait } from 'node:timers/promises'
import { generate } from 'selfsigned'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { DAY } from '../src/model/time.ts'
import { MAX_BODY_BYTES } from './body.ts'
import { runChecks } from './run-checks.ts'
import { createAuthority, FAR } from './testing/certificates.ts'
import { makeCheck, sampleOf, testing } from './testing/checks.ts'
import { closedPort, startHttp, startHttps, startTcp, type RunningServer } from './testing/servers.ts'

const running: RunningServer[] = []
afterEach(() => {
  for (const server of running.splice(0)) server.close()
})
async function up(server: Promise<RunningServer>): Promise<RunningServer> {
  const started = await server
  running.push(started)
  return started
}

const askFor = (http: string, written: Record<string, unknown> = {}) =>
  sampleOf(makeCheck('http', { http, ...written }))

describe('the status of an answer', () => {
  it.each([
    [200, [], 'up', undefined],
    [204, [], 'up', undefined],
    [304, [], 'up', undefined],
    [399, [], 'up', undefined],
    [400, [], 'down', 'status is 400, expected 200 to 399'],
    [404, [], 'down', 'status is 404, expected 200 to 399'],
    [503, [], 'down', 'status is 503, expected 200 to 399'],
    [404, ['status == 404'], 'up', undefined],
    [503, ['status == 200'], 'down', 'status is 503, expected 200'],
    [503, ['latency < 1h'], 'down', 'status is 503, expected 200 to 399'],
  ])('%i with %j is %s', async (status, expected, state, reason) => {
    const server = await up(startHttp((_, response) => response.writeHead(status).end()))
    const sample = await askFor(server.url, { expect: expected })
    expect(sample).toMatchObject({ check: 'api/0', component: 'api', at: testing.now(), state })
    expect(sample.reason).toBe(reason)
    expect(sample.code).toBe(state === 'up' ? undefined : `http_${status}`)
    expect(sample.latencyMs).toBeGreaterThan(0)
  })
})

it('sends the method, headers and body of the check', async () => {
  let seen: unknown
  const server = await up(
    startHttp((request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => {
        const { 'content-type': type, 'user-agent': agent, authorization } = request.headers
        seen = { method: request.method, url: request.url, type, agent, authorization, body }
        response.end()
      })
    }),
  )
  const address = server.url.replace('//', '//me:s%20ecret@')
  await askFor(`${address}/a?b=c#d`, {
    method: 'POST',
    headers: { 'Content-Type': 'text/x' },
    body: '{"ping":1}',
  })
  expect(seen).toEqual({
    method: 'POST',
    url: '/a?b=c',
    type: 'text/x',
    agent: 'Candor',
    authorization: `Basic ${btoa('me:s ecret')}`,
    body: '{"ping":1}',
  })
})

describe('a server that does not answer well is down', () => {
  it('refuses connections', async () => {
    const port = await closedPort()
    const sample = await askFor(`http://127.0.0.1:${port}`)
    expect(sample).toMatchObject({
      state: 'down',
      reason: `127.0.0.1:${port}: connection refused`,
      code: 'ECONNREFUSED',
    })
    expect(sample).not.toHaveProperty('latencyMs')
  })

  it('never answers', async () => {
    const server = await up(startHttp(() => undefined))
    const sample = await askFor(server.url, { timeout: '200ms' })
    expect(sample).toMatchObject({ state: 'down', reason: 'no answer within 200 ms', code: 'timeout' })
  })

  it('drips a byte at a time past the timeout', async () => {
    const server = await up(
      startHttp((_, response) => {
        response.writeHead(200)
        const drip = setInterval(() => response.write('.'), 20)
        response.on('close', () => clearInterval(drip))
      }),
    )
    const sample = await askFor(server.url, { timeout: '1500ms' })
    expect(sample).toMatchObject({
      state: 'down',
      code: 'timeout',
      reason: 'the answer was not complete within 1.5 s',
    })
  })

  it('drips its headers past the timeout', async () => {
    const server = await up(
      startTcp((socket) => {
        socket.write('HTTP/1.1 200 OK\r\n')
        const drip = setInterval(() => socket.write('a: b\r\n'), 20)
        socket.on('close', () => clearInterval(drip))
      }),
    )
    expect(await askFor(server.url, { timeout: '300ms' })).toMatchObject({ state: 'down', code: 'timeout' })
  })

  it.each([
    ['resets before an answer', '', /closed before the answer was complete$/, 'ECONNRESET'],
    [
      'resets in the middle of the body',
      'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf',
      /closed before/,
      'ECONNRESET',
    ],
  ])('%s', async (_, sent, reason, code) => {
    const server = await up(
      startTcp((socket) => {
        socket.once('data', () => socket.write(sent, () => socket.resetAndDestroy()))
      }),
    )
    const sample = await askFor(server.url)
    expect(sample).toMatchObject({ state: 'down', code })
    expect(sample.reason).toMatch(reason)
  })

  it.each([
    ['says goodbye before an answer', '', 'ECONNRESET'],
    ['ends in the middle of its headers', 'HTTP/1.1 200 OK\r\nconte', 'ECONNRESET'],
    ['ends in the middle of the body', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf', 'ECONNRESET'],
    [
      'ends in the middle of a chunk',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\nhalf',
      'ECONNRESET',
    ],
    ['sends garbage instead of HTTP', 'SSH-2.0-OpenSSH_9.9\r\n', 'not_http'],
    ['sends bytes instead of HTTP', '\u0000\u0001\u0002\u0003', 'not_http'],
    [
      'sends endless headers',
      `HTTP/1.1 200 OK\r\n${'a: '.padEnd(2000, 'x')}\r\n`.repeat(1) + `b: ${'y'.repeat(20_000)}\r\n\r\n`,
      'headers',
    ],
  ])('%s', async (_, sent, code) => {
    const server = await up(startTcp((socket) => void socket.once('data', () => socket.end(sent, 'latin1'))))
    expect(await askFor(server.url)).toMatchObject({ state: 'down', code })
  })
})

it('reads no more than 1 MiB of an endless body, lets go of the connection, and says so where it matters', async () => {
  const sent: number[] = []
  const closed: Promise<void>[] = []
  const server = await up(
    startHttp((_, response) => {
      const chunk = Buffer.alloc(64 * 1024, 'x')
      const send = () => {
        while (!response.destroyed && response.write(chunk));
      }
      response.on('drain', send)
      const { socket } = response
      closed.push(
        new Promise((resolve) =>
          response.on('close', () => resolve(void sent.push(socket?.bytesWritten ?? 0))),
        ),
      )
      send()
    }),
  )
  const sample = await askFor(server.url, { expect: ['body contains "y"'] })
  expect(sample).toMatchObject({
    state: 'down',
    reason: 'body does not contain "y" in its first 1 MiB',
    code: 'body',
  })
  expect(await askFor(server.url)).toMatchObject({ state: 'up' })
  expect(await askFor(server.url, { expect: ['json $.a == 1'] })).toMatchObject({
    reason: 'body cannot be read as JSON: it is larger than 1 MiB',
  })
  await Promise.all(closed)
  // What both machines' socket buffers hold is sent but not read.
  for (const bytes of sent) expect(bytes).toBeLessThan(MAX_BODY_BYTES + 32 * 1024 * 1024)
}, 20_000)

describe('redirects', () => {
  const chain = () =>
    up(
      startHttp((request, response) => {
        const left = Number(request.url?.slice(1))
        if (left > 0) response.writeHead(302, { location: `/${left - 1}` })
        response.end('there')
      }),
    )

  it.each([
    [0, 5, 'up', undefined],
    [5, 5, 'up', undefined],
    [6, 5, 'down', /^redirects more than 5 times: .*\/6 → .*\/5 → … → .*\/0$/],
    [1, 0, 'up', undefined],
    [3, 2, 'down', /^redirects more than 2 times/],
  ])('%i of them, when up to %i are followed, are %s', async (count, redirects, state, reason) => {
    const server = await chain()
    const sample = await askFor(`${server.url}/${count}`, { redirects })
    expect(sample.state).toBe(state)
    if (reason) expect(sample.reason).toMatch(reason)
  })

  it('are themselves the answer when none is to be followed', async () => {
    const server = await chain()
    const expected = ['status == 302', 'header location == "/0"']
    expect(await askFor(`${server.url}/1`, { redirects: 0, expect: expected })).toMatchObject({ state: 'up' })
  })

  it('in a circle are named, without their queries', async () => {
    const server = await up(
      startHttp((request, response) => {
        response.writeHead(307, { location: request.url?.startsWith('/a') ? '/b?key=1' : '/a?key=1' }).end()
      }),
    )
    const sample = await askFor(`${server.url}/a?key=1`, { redirects: 20 })
    const { url } = server
    expect(sample).toMatchObject({
      state: 'down',
      reason: `redirects in a circle: ${url}/a → ${url}/b → ${url}/a`,
      code: 'redirect',
    })
  })

  it.each([
    ['//', 'redirects to an address that cannot be read'],
    ['ftp://127.0.0.1/', 'redirects to ftp:, which is not HTTP'],
    ['javascript:alert(1)', 'redirects to javascript:, which is not HTTP'],
  ])('to %s are down', async (location, reason) => {
    const server = await up(startHttp((_, response) => response.writeHead(301, { location }).end()))
    expect(await askFor(server.url)).toMatchObject({ state: 'down', reason, code: 'redirect' })
  })

  it.each([
    [301, 'POST', 'GET', ''],
    [302, 'POST', 'GET', ''],
    [303, 'PUT', 'GET', ''],
    [303, 'HEAD', 'HEAD', ''],
    [307, 'POST', 'POST', 'ping'],
    [308, 'PUT', 'PUT', 'ping'],
  ])('%i of a %s are followed with %s', async (status, method, followed, body) => {
    let seen = {}
    const server = await up(
      startHttp((request, response) => {
        if (request.url === '/') return void response.writeHead(status, { location: '/next' }).end()
        let received = ''
        request.on('data', (chunk: Buffer) => (received += chunk.toString()))
        request.on('end', () => {
          seen = { method: request.method, body: received, key: request.headers['x-key'] }
          response.end()
        })
      }),
    )
    const headers = { 'x-key': 'k' }
    await askFor(server.url, { method, headers, ...(method === 'HEAD' ? {} : { body: 'ping' }) })
    expect(seen).toEqual({ method: followed, body, key: 'k' })
  })

  it('to another origin carry neither headers nor body, which may hold secrets', async () => {
    let seen: NodeJS.Dict<unknown> = {}
    const other = await up(
      startHttp((request, response) => {
        seen = request.headers
        response.end()
      }),
    )
    const server = await up(
      startHttp((_, response) => response.writeHead(307, { location: other.url }).end()),
    )
    const headers = { authorization: 'Bearer x', 'x-key': 'k', cookie: 'c=d', accept: 'text/html' }
    expect(await askFor(server.url, { headers })).toMatchObject({ state: 'up' })
    expect(seen).toMatchObject({ accept: 'text/html', 'user-agent': 'Candor' })
    for (const name of ['authorization', 'x-key', 'cookie']) expect(seen).not.toHaveProperty(name)

    expect(await askFor(server.url, { method: 'POST', body: 'secret' })).toMatchObject({
      state: 'down',
      reason: `redirects to ${other.url}, where the body is not sent on`,
    })
  })
})

it('asks again at once when the server closed an idle connection just as it was used again', async () => {
  let connections = 0
  const server = await up(
    startTcp((socket) => {
      connections++
      let asked = 0
      socket.on('data', () => {
        asked++
        if (asked === 1) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
        else socket.destroy()
      })
    }),
  )
  const checks = Array.from({ length: 5 }, (_, place) =>
    makeCheck('http', { http: server.url }, `api/${place}`),
  )
  const samples = await runChecks(checks, { ...testing, concurrency: 1 })
  expect(samples.map(({ state }) => state)).toEqual(['up', 'up', 'up', 'up', 'up'])
  expect(connections).toBeGreaterThan(1)
})

it('keeps connections within a pass and leaves none behind', async () => {
  let connections = 0
  let open = 0
  const server = await up(startHttp((_, response) => response.end('ok')))
  const counted = await up(
    startTcp((socket) => {
      connections++
      open++
      socket.on('close', () => open--)
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'))
    }),
  )
  const checks = Array.from({ length: 20 }, (_, place) =>
    makeCheck('http', { http: counted.url }, `api/${place}`),
  )
  await runChecks(checks, { ...testing, concurrency: 2 })
  expect(connections).toBeLessThan(20)
  await askFor(server.url)
  while (open > 0) await wait(5)
}, 10_000)

describe('https', () => {
  let authority: Awaited<ReturnType<typeof createAuthority>>
  beforeAll(async () => {
    authority = await createAuthority()
  })
  const secure = async (pair: { key: string; cert: string }) =>
    up(startHttps(pair, (_, response) => response.end('ok')))
  const ask = (server: RunningServer, expected: string[] = [], now = testing.now()) =>
    sampleOf(makeCheck('http', { http: server.url, expect: expected }), { ca: authority.ca, now: () => now })

  it.each([
    ['certificate > 14d', FAR - 15 * DAY, 'up', undefined],
    [
      'certificate > 14d',
      FAR - 14 * DAY,
      'degraded',
      'certificate expires in 14 days, expected more than 14 days',
    ],
    ['certificate >= 14d', FAR - 14 * DAY, 'up', undefined],
    [
      'certificate > 14d',
      FAR - 3.9 * DAY,
      'degraded',
      'certificate expires in 3 days, expected more than 14 days',
    ],
    [
      'certificate > 14d',
      FAR - 0.1 * DAY,
      'degraded',
      'certificate expires in 2 hours, expected more than 14 days',
    ],
    ['certificate > 14d', FAR + 3 * DAY, 'down', 'certificate expired 3 days ago'],
  ])('%s at %i is %s', async (condition, now, state, reason) => {
    const server = await secure(await authority.issue(['localhost']))
    const sample = await ask(server, [condition], now)
    expect(sample.state).toBe(state)
    expect(sample.reason).toBe(reason)
  })

  it('knows the certificate of the first of two addresses, when that one runs out first', async () => {
    const last = await secure(await authority.issue(['localhost']))
    const pair = await authority.issue(['localhost'], { to: FAR - 30 * DAY })
    const first = await up(
      startHttps(pair, (_, response) => response.writeHead(301, { location: last.url }).end()),
    )
    expect(await ask(first, ['certificate > 30d'], FAR - 45 * DAY)).toMatchObject({
      state: 'degraded',
      reason: 'certificate expires in 15 days, expected more than 30 days',
    })
  })

  it('with a self-signed certificate is down', async () => {
    const pair = await generate([{ name: 'commonName', value: 'localhost' }], {
      keyType: 'ec',
      algorithm: 'sha256',
    })
    const server = await secure({ key: pair.private, cert: pair.cert })
    expect(await ask(server)).toMatchObject({
      state: 'down',
      reason: `localhost:${server.port}: the certificate is self-signed`,
      code: 'certificate',
    })
  })

  it('with an authority that is not trusted is down', async () => {
    const server = await secure(await (await createAuthority('Another authority')).issue(['localhost']))
    expect(await ask(server)).toMatchObject({
      state: 'down',
      code: 'certificate',
      reason: expect.stringContaining('not trusted'),
    })
  })

  it('with an expired certificate is down', async () => {
    const server = await secure(await authority.issue(['localhost'], { to: Date.UTC(2021, 0, 1) }))
    const reason = `localhost:${server.port}: the certificate has expired`
    expect(await ask(server)).toMatchObject({ state: 'down', reason, code: 'certificate' })
  })

  it('with a certificate for another name is down', async () => {
    const server = await secure(await authority.issue(['www.example.com', 'example.com']))
    expect(await ask(server)).toMatchObject({
      state: 'down',
      reason: `localhost:${server.port}: the certificate is for www.example.com, example.com, not for this name`,
      code: 'certificate',
    })
  })

  it('on a port that speaks plain HTTP is down', async () => {
    const plain = await up(startHttp((_, response) => response.end()))
    const sample = await askFor(plain.url.replace('http:', 'https:'))
    expect(sample).toMatchObject({
      state: 'down',
      code: 'tls',
      reason: `127.0.0.1:${plain.port}: what it answers is not TLS`,
    })
  })

  it('that hangs in its handshake is down', async () => {
    const silent = await up(startTcp(() => undefined))
    const sample = await askFor(silent.url.replace('http:', 'https:'), { timeout: '200ms' })
    expect(sample).toMatchObject({ state: 'down', code: 'timeout', reason: 'no connection within 200 ms' })
  })

  it('has no certificate over plain HTTP', async () => {
    const plain = await up(startHttp((_, response) => response.end()))
    expect(await askFor(plain.url, { expect: ['certificate > 14d'] })).toMatchObject({
      state: 'down',
      reason: 'there is no certificate: the answer did not come over TLS',
    })
  })
})
