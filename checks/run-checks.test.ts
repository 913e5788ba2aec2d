import { afterEach, describe, expect, it } from 'vitest'
import type { Check, Sample } from '../src/model/check.ts'
import { runChecks } from './run-checks.ts'
import { makeCheck, NOW, sampleOf, testing } from './testing/checks.ts'
import { closedPort, startHttp, startTcp, type RunningServer } from './testing/servers.ts'

const running: RunningServer[] = []
afterEach(() => {
  for (const server of running.splice(0)) server.close()
})
async function up(server: Promise<RunningServer>): Promise<RunningServer> {
  const started = await server
  running.push(started)
  return started
}

/** A server that answers with one status after another, and then with the last for good. */
async function startStatuses(...statuses: number[]) {
  const asked = { times: 0 }
  const server = await up(
    startHttp((_, response) => {
      response.writeHead(statuses[Math.min(asked.times++, statuses.length - 1)] ?? 500).end()
    }),
  )
  return { url: server.url, asked }
}

describe('retries', () => {
  it.each([
    ['one failure is not an outage', [500, 200], 2, 'up', 2],
    ['two failures are not', [500, 500, 200], 2, 'up', 3],
    ['three are', [500], 2, 'down', 3],
    ['without retries one is', [500, 200], 0, 'down', 1],
    ['what is up is not asked again', [200], 5, 'up', 1],
  ])('%s', async (_, statuses, retries, state, times) => {
    const { url, asked } = await startStatuses(...statuses)
    expect(await sampleOf(makeCheck('http', { http: url, retries }))).toMatchObject({ state })
    expect(asked.times).toBe(times)
  })

  it('what is slow but well is not asked again', async () => {
    const { url, asked } = await startStatuses(200)
    const check = makeCheck('http', { http: url, retries: 2, degraded_over: '0ms' })
    expect(await sampleOf(check)).toMatchObject({ state: 'degraded', code: 'latency' })
    expect(asked.times).toBe(1)
  })

  it('use a new connection each', async () => {
    let connections = 0
    const server = await up(
      startTcp((socket) => {
        connections++
        socket.on('data', () => socket.write('HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n'))
      }),
    )
    await sampleOf(makeCheck('http', { http: server.url, retries: 2 }))
    expect(connections).toBe(3)
  })

  it('leave their place to others while they wait', async () => {
    const port = await closedPort()
    const { url } = await startStatuses(200)
    const stop = new AbortController()
    const seen: string[] = []
    const checks = [
      makeCheck('http', { http: `http://127.0.0.1:${port}`, retries: 1 }, 'dead/0'),
      makeCheck('http', { http: url }, 'well/0'),
    ]
    const samples = await runChecks(checks, {
      ...testing,
      concurrency: 1,
      retryDelaysMs: [3_600_000],
      signal: stop.signal,
      onSample: ({ component }) => {
        seen.push(component)
        stop.abort()
      },
    })
    expect(seen).toEqual(['well', 'dead'])
    expect(samples).toMatchObject([{ state: 'down', code: 'ECONNREFUSED' }, { state: 'up' }])
  })

  it('wait a jittered while before each', async () => {
    const { url } = await startStatuses(500)
    let asked = 0
    const jitter = () => {
      asked++
      return 0
    }
    await sampleOf(makeCheck('http', { http: url, retries: 3 }), { jitter, retryDelaysMs: [2, 4] })
    expect(asked).toBe(3)
  })
})

describe('thresholds', () => {
  it.each([
    [{ degraded_over: '0ms' }, 'degraded', /^latency is .* ms, over 0 ms$/],
    [{ down_over: '0ms' }, 'down', /^latency is .* ms, over 0 ms$/],
    [{ degraded_over: '0ms', down_over: '0ms' }, 'down', /over 0 ms$/],
    [{ degraded_over: '0ms', down_over: '1h' }, 'degraded', /over 0 ms$/],
    [{ degraded_over: '1h', down_over: '1h' }, 'up', undefined],
    [{ degraded_unless: ['status == 201'] }, 'degraded', /^status is 200, expected 201$/],
    [{ degraded_unless: ['status == 200', 'latency < 1h'] }, 'up', undefined],
    [{ degraded_unless: ['status == 201'], expect: ['status == 202'] }, 'down', /expected 202$/],
    [{ degraded_over: '0ms', expect: ['status == 201'] }, 'down', /^status is 200, expected 201$/],
    [
      { down_over: '0ms', expect: ['status == 201', 'header x exists'] },
      'down',
      /^status is 200, expected 201; header x is missing; latency is .*, over 0 ms$/,
    ],
  ])('%j is %s', async (written, state, reason) => {
    const { url } = await startStatuses(200)
    const sample = await sampleOf(makeCheck('http', { http: url, ...written }))
    expect(sample.state).toBe(state)
    if (reason) expect(sample.reason).toMatch(reason)
    expect(sample.latencyMs).toBeGreaterThan(0)
  })
})

describe('the environment', () => {
  it('fills in the address, headers and body, by names in capitals only', async () => {
    let seen: unknown
    const server = await up(
      startHttp((request, response) => {
        let body = ''
        request.on('data', (chunk: Buffer) => (body += chunk.toString()))
        request.on('end', () => {
          seen = { url: request.url, authorization: request.headers.authorization, body }
          response.end()
        })
      }),
    )
    const check = makeCheck('http', {
      http: `${server.url}/\${PLACE_2}?key=\${KEY}`,
      method: 'POST',
      headers: { authorization: 'Bearer ${TOKEN}' },
      body: '${TOKEN} ${lower} $TOKEN ${2X} ${}',
    })
    const env = { PLACE_2: 'a/b', KEY: 'k=1', TOKEN: '${KEY}$&' }
    expect(await sampleOf(check, { env })).toMatchObject({ state: 'up' })
    expect(seen).toEqual({
      url: '/a/b?key=k=1',
      authorization: 'Bearer ${KEY}$&',
      body: '${KEY}$& ${lower} $TOKEN ${2X} ${}',
    })
  })

  it.each([
    [{ http: 'http://127.0.0.1:1/${API_TOKEN}' }, {}],
    [{ http: 'http://127.0.0.1:1/', headers: { a: '${API_TOKEN}' } }, { API_TOKEN: undefined }],
    [{ http: 'http://127.0.0.1:1/', body: '${API_TOKEN}' }, { API_TOKEN: '' }],
  ])('without a variable nothing is asked and nothing is known: %j', async (written, env) => {
    expect(await sampleOf(makeCheck('http', { ...written, retries: 5 }), { env })).toEqual({
      check: 'api/0',
      component: 'api',
      at: NOW,
      state: 'unknown',
      reason: 'the environment variable API_TOKEN is not set',
      code: 'env',
    })
  })

  it('never shows its values', async () => {
    const secret = 'hunter2 & more'
    const server = await up(
      startHttp((request, response) => {
        response.setHeader('x-echo', `you sent ${request.headers.authorization}`)
        response.end(JSON.stringify({ echo: request.headers.authorization, url: request.url }))
      }),
    )
    const check = makeCheck('http', {
      http: `${server.url}/?key=\${KEY}`,
      headers: { authorization: 'Bearer ${KEY}' },
      expect: ['header x-echo == "no"', 'json $.echo == "no"', 'json $.url == "no"'],
    })
    const sample = await sampleOf(check, { env: { KEY: secret } })
    expect(sample.reason).toBe(
      'header x-echo is "you sent Bearer •••", expected "no"; json $.echo is "Bearer •••", expected "no"; ' +
        'json $.url is "/?key=•••", expected "no"',
    )
  })

  it.each([
    ['http://${HOST}/', { HOST: 'not a host' }, 'url'],
    ['http://127.0.0.1:1/${KEY}', { KEY: 'ok' }, 'ECONNREFUSED'],
  ])('%s with %j ends in %s', async (http, env, code) => {
    expect(await sampleOf(makeCheck('http', { http }), { env })).toMatchObject({ code })
  })

  it('with a line break in a header is a fault of the prober', async () => {
    const check = makeCheck('http', { http: 'http://127.0.0.1:1/', headers: { 'x-key': '${KEY}' } })
    const sample = await sampleOf(check, { env: { KEY: 'secret\nvalue' } })
    expect(sample).toMatchObject({ state: 'unknown', code: 'request' })
    expect(JSON.stringify(sample)).not.toContain('secret')
  })
})

it('returns samples in the order of the checks, whoever was first', async () => {
  const waiting: (() => void)[] = []
  const server = await up(
    startHttp((_, response) => {
      waiting.push(() => response.end())
      // Answers in the order last come, first served, once all have come.
      if (waiting.length === 10) for (const answer of waiting.reverse()) answer()
    }),
  )
  const checks = Array.from({ length: 10 }, (_, place) =>
    makeCheck('http', { http: server.url }, `c${place}/0`),
  )
  const seen: string[] = []
  const samples = await runChecks(checks, { ...testing, onSample: ({ check }) => seen.push(check) })
  expect(samples.map(({ check }) => check)).toEqual(checks.map(({ id }) => id))
  expect(seen.toSorted()).toEqual(checks.map(({ id }) => id))
})

it('spreads its starts, and gives each component the same place in every pass', async () => {
  const server = await up(startHttp((_, response) => response.end()))
  // Places that lie far apart: two that are a millisecond apart may begin in either order.
  const places = ['web', 'api', 'db', 'search', 'shop', 'mail']
  const checksOf = (components: string[]) =>
    components.flatMap((id) => [0, 1].map((n) => makeCheck('http', { http: server.url }, `${id}/${n}`)))
  const orderOf = async (components: string[]) => {
    let begun = 0
    const samples = await runChecks(checksOf(components), { ...testing, now: () => begun++, spreadMs: 800 })
    return samples.toSorted((a, b) => a.at - b.at).map(({ component }) => component)
  }
  // The checks of one component begin together: its status is that of all of them.
  const expected = places.flatMap((id) => [id, id])
  expect(await orderOf(places.toSorted())).toEqual(expected)
  expect(await orderOf(places.toReversed())).toEqual(expected)
})

it.each([
  [5_000, 1],
  [60_000, 3],
])('makes the retries that are over within %d ms at the latest', async (retryWithinMs, attempts) => {
  let asked = 0
  const server = await up(
    startHttp((_, response) => {
      asked += 1
      response.writeHead(503).end()
    }),
  )
  await sampleOf(makeCheck('http', { http: server.url, retries: 2, timeout: '10s' }), { retryWithinMs })
  expect(asked).toBe(attempts)
})

it('has no more attempts under way than allowed, and as many', async () => {
  let open = 0
  let most = 0
  const server = await up(
    startHttp((_, response) => {
      most = Math.max(most, ++open)
      setTimeout(() => {
        open--
        response.end()
      }, 5)
    }),
  )
  const checks = Array.from({ length: 40 }, (_, place) =>
    makeCheck('http', { http: server.url }, `c${place}/0`),
  )
  await runChecks(checks, { ...testing, concurrency: 4 })
  expect(most).toBeLessThanOrEqual(4)
  expect(most).toBeGreaterThan(1)
})

it('ends at once when it is stopped, with what is not known as unknown', async () => {
  const stop = new AbortController()
  const hanging = await up(startHttp(() => stop.abort()))
  const check = (place: number): Check => makeCheck('http', { http: hanging.url, retries: 5 }, `c${place}/0`)
  const samples = await runChecks([check(0), check(1), check(2)], {
    ...testing,
    concurrency: 1,
    signal: stop.signal,
  })
  const stopped: Partial<Sample> = { state: 'unknown', reason: 'the pass was stopped', code: 'stopped' }
  expect(samples).toMatchObject([stopped, stopped, stopped])
})

it('asks nothing when there is nothing to ask', async () => {
  expect(await runChecks([], testing)).toEqual([])
})
