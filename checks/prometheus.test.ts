import { afterEach, describe, expect, it } from 'vitest'
import { makeCheck, sampleOf } from './testing/checks.ts'
import { closedPort, startHttp, startTcp, type RunningServer } from './testing/servers.ts'

let server: RunningServer | undefined
let asked: { path?: string; query?: string | null; headers: Record<string, unknown> }
afterEach(() => server?.close())

const ask = (url: string, written: Record<string, unknown> = {}, options = {}) =>
  sampleOf(makeCheck('prometheus', { prometheus: url, query: 'up', ...written }), options)

/** A server of Prometheus' HTTP API that gives every query the same answer. */
async function answering(answer: unknown, status = 200): Promise<string> {
  server = await startHttp((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += chunk))
    request.on('end', () => {
      asked = { path: request.url, query: new URLSearchParams(body).get('query'), headers: request.headers }
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer))
    })
  })
  return server.url
}

const vector = (...values: string[]) => ({
  status: 'success',
  data: {
    resultType: 'vector',
    result: values.map((value, job) => ({ metric: { job: String(job) }, value: [1_763_726_400.123, value] })),
  },
})
const of = (resultType: string, result: unknown) => ({ status: 'success', data: { resultType, result } })

describe('the value of the first series', () => {
  it.each([
    [vector('0.42', '7'), 'value < 1', { state: 'up' }],
    [vector('0.42'), 'value < 0.1', { state: 'down', reason: 'value is 0.42, expected less than 0.1' }],
    [vector('+Inf'), 'value < 1', { state: 'down', reason: 'value is Infinity, expected less than 1' }],
    [vector('-Inf'), 'value < 1', { state: 'up' }],
    [vector('1e-7'), 'value == 0.0000001', { state: 'up' }],
    [of('scalar', [1_763_726_400, '3']), 'value == 3', { state: 'up' }],
  ])('%j with %s', async (answer, condition, expected) => {
    const sample = await ask(await answering(answer), { expect: [condition] })
    expect(sample).toMatchObject(expected)
  })

  it('has no latency, for it was not the target that was asked', async () => {
    const sample = await ask(await answering(vector('1')))
    expect(sample).toEqual({ check: 'api/0', component: 'api', at: expect.any(Number), state: 'up' })
  })

  it.each(['degraded_over', 'down_over'])('so `%s` does not go with it', (option) => {
    const written = { prometheus: 'https://prom.example', query: 'up', [option]: '1s' }
    expect(() => makeCheck('prometheus', written)).toThrow('there is no latency to judge')
  })
})

describe('without a value', () => {
  it.each([
    [vector(), ['value != 1'], 'unknown', 'the query gives no series'],
    [vector(), [], 'unknown', 'the query gives no series'],
    [vector('NaN'), ['value != 1'], 'unknown', 'the value is not a number'],
    // A native histogram stands in the place of the value.
    [
      of('vector', [{ metric: {}, histogram: [1, { count: '3' }] }]),
      [],
      'unknown',
      'the value is not a number',
    ],
    [vector(), ['rows == 0'], 'up', undefined],
    [vector('1', '1'), ['rows == 0'], 'down', 'rows are 2, expected 0'],
    [vector(), ['rows == 0', 'value < 5'], 'down', 'there is no value, expected less than 5'],
    [vector('NaN'), ['rows > 0'], 'up', undefined],
  ])('%j with %j is %s', async (answer, conditions, state, reason) => {
    const sample = await ask(await answering(answer), { expect: conditions })
    expect([sample.state, sample.reason]).toEqual([state, reason])
  })
})

describe('what Prometheus does not answer is unknown', () => {
  const badQuery = {
    status: 'error',
    errorType: 'bad_data',
    error: 'invalid parameter "query": 1:4: parse error: unexpected end of input',
  }
  it.each([
    [
      badQuery,
      400,
      /^Prometheus says "invalid parameter "query": 1:4: parse error: unexpected end of input"$/,
    ],
    [{ status: 'error', errorType: 'timeout', error: 'query timed out' }, 503, /query timed out/],
    [of('matrix', []), 200, /the query gives a matrix, expected a number or a vector/],
    [of('string', [1, 'x']), 200, /the query gives a string/],
    ['<html>Sign in</html>', 200, /cannot be read: it is not JSON/],
    ['{"status":"success"}', 200, /cannot be read: it is not that of a query/],
    [of('vector', [{ value: 7 }]), 200, /cannot be read: it is not that of a query/],
    ['', 401, /the status of Prometheus is 401/],
    [vector('x'.repeat(1_100_000)), 200, /cannot be read: it is larger than 1 MiB/],
  ])('%#', async (answer, status, reason) => {
    const sample = await ask(await answering(answer, status), { expect: ['value < 5'] })
    expect(sample.state).toBe('unknown')
    expect(sample.reason).toMatch(reason)
  })

  it('where nobody listens', async () => {
    const url = `http://127.0.0.1:${await closedPort()}`
    expect(await ask(url)).toMatchObject({ state: 'unknown', code: 'ECONNREFUSED' })
  })

  it('where it hangs', async () => {
    server = await startTcp((socket) => socket.resume())
    expect(await ask(server.url, { timeout: '200ms' })).toMatchObject({
      state: 'unknown',
      reason: 'who was asked about it did not answer within 200 ms',
      code: 'source_timeout',
    })
  })

  it('where it is at a private address', async () => {
    const url = await answering(vector('1'))
    expect(await ask(url, {}, { allowPrivate: false })).toMatchObject({
      state: 'unknown',
      code: 'private_address',
    })
  })
})

describe('the request', () => {
  it('holds the query as it is written', async () => {
    const query = 'sum(rate(http_requests_total{code=~"5.."}[5m])) / 100 & 1'
    await ask(await answering(vector('1')), { query })
    expect(asked).toMatchObject({ path: '/api/v1/query', query })
  })

  it.each([
    ['/prometheus', '/prometheus/api/v1/query'],
    ['/prometheus/', '/prometheus/api/v1/query'],
    ['/select/0?tenant=7', '/select/0/api/v1/query?tenant=7'],
  ])('goes below %s', async (base, path) => {
    await ask((await answering(vector('1'))) + base)
    expect(asked.path).toBe(path)
  })

  it('carries a login and headers from the environment, which no reason shows', async () => {
    const url = await answering({ status: 'error', errorType: 'x', error: 'no tenant hidden-tenant' }, 422)
    const sample = await ask(
      url.replace('//', '//me:${PASSWORD}@'),
      { headers: { 'x-scope-orgid': '${TENANT}' } },
      { env: { PASSWORD: 'hidden', TENANT: 'hidden-tenant' } },
    )
    expect(asked.headers).toMatchObject({
      authorization: `Basic ${Buffer.from('me:hidden').toString('base64')}`,
      'x-scope-orgid': 'hidden-tenant',
    })
    expect(sample).toMatchObject({ state: 'unknown', reason: 'Prometheus says "no tenant •••"' })
  })
})
