import { afterEach, expect, it } from 'vitest'
import { metricSchema } from '../../src/model/metric.ts'
import { NOW } from '../testing/checks.ts'
import { closedPort, startHttp, startTcp, type RunningServer } from '../testing/servers.ts'
import { askMetrics } from './ask-metrics.ts'

let server: RunningServer | undefined
let headers: Record<string, unknown> = {}
afterEach(() => server?.close())

async function answering(answer: unknown, status = 200): Promise<string> {
  server = await startHttp((request, response) => {
    headers = request.headers
    response.writeHead(status).end(typeof answer === 'string' ? answer : JSON.stringify(answer))
  })
  return server.url
}

async function ask(written: object, options = {}) {
  const metric = metricSchema.parse({ id: 'rate', name: 'Rate', ...written })
  const surroundings = { env: {}, now: () => NOW, allowPrivate: true, ...options }
  const readings = await askMetrics([{ component: 'api', metric }], surroundings, { timeoutMs: 500 })
  return readings[0]
}

const series = (...values: string[]) => ({
  status: 'success',
  data: { resultType: 'vector', result: values.map((value) => ({ metric: {}, value: [1, value] })) },
})

it.each([
  [series('4.5', '9'), { value: 4.5 }],
  [series(), { why: 'the query gives no series' }],
  [series('NaN'), { why: 'the value is not a number' }],
  [series('+Inf'), { why: 'the value is infinite' }],
  [
    { status: 'error', errorType: 'bad_data', error: 'parse error' },
    { why: 'Prometheus says "parse error"' },
  ],
])('from a Prometheus that answers %j', async (answer, expected) => {
  const url = await answering(answer)
  expect(await ask({ prometheus: { url, query: 'up' } })).toEqual({
    component: 'api',
    metric: 'rate',
    at: NOW,
    ...expected,
  })
})

it.each([
  [{ a: [{ rate: 3 }] }, { value: 3 }],
  [{ a: [{ rate: 0 }] }, { value: 0 }],
  [{ a: [{ rate: ' 2.5e3 ' }] }, { value: 2500 }],
  [{ a: [{ rate: '' }] }, { why: '$.a[0].rate is "", expected a number' }],
  [{ a: [{ rate: '1e999' }] }, { why: '$.a[0].rate is "1e999", expected a number' }],
  [{ a: [{ rate: null }] }, { why: '$.a[0].rate is null, expected a number' }],
  [{ a: [] }, { why: '$.a[0].rate is missing, expected a number' }],
  ['<html>', { why: 'the body cannot be read as JSON: it is not JSON' }],
])('from a JSON document %j', async (answer, expected) => {
  const url = await answering(answer)
  expect(await ask({ json: { url, path: '$.a[0].rate' } })).toMatchObject(expected)
})

it('sends headers with secrets from the environment, and never shows them', async () => {
  const url = await answering({ rate: 'hidden-token' })
  const json = { url, path: '$.rate', headers: { authorization: 'Bearer ${TOKEN}' } }
  const reading = await ask({ json }, { env: { TOKEN: 'hidden-token' } })
  expect(headers['authorization']).toBe('Bearer hidden-token')
  expect(reading).toMatchObject({ why: '$.rate is "•••", expected a number' })
  expect(await ask({ json })).toMatchObject({ why: 'the environment variable TOKEN is not set' })
})

it.each([404, 500])('has no value where the status is %d', async (status) => {
  const url = await answering({ rate: 1 }, status)
  expect(await ask({ json: { url, path: '$.rate' } })).toMatchObject({ why: `the status is ${status}` })
})

it('has no value where nobody listens', async () => {
  const url = `http://127.0.0.1:${await closedPort()}`
  const reading = await ask({ json: { url, path: '$.rate' } })
  expect(reading?.why).toMatch(/: connection refused$/)
})

it('has no value where the source hangs', async () => {
  server = await startTcp((socket) => socket.resume())
  const reading = await ask({ json: { url: server.url, path: '$.rate' } })
  expect(reading).toMatchObject({ why: 'no answer within 500 ms' })
})

it('does not wait for a source once the pass is stopped', async () => {
  server = await startTcp((socket) => socket.resume())
  const reading = await ask({ json: { url: server.url, path: '$.rate' } }, { signal: AbortSignal.abort() })
  expect(reading).toMatchObject({ why: 'the pass was stopped' })
})

it('does not ask a private address', async () => {
  const url = await answering({ rate: 1 })
  const reading = await ask({ json: { url, path: '$.rate' } }, { allowPrivate: false })
  expect(reading?.why).toMatch(/is a private address/)
})

it('leaves out what is pushed', async () => {
  expect(await ask({ push: true })).toBeUndefined()
})
