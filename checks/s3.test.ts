import type { RequestListener } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createAuthority } from './testing/certificates.ts'
import { makeCheck, sampleOf } from './testing/checks.ts'
import { expectS3 } from './testing/expectations/s3.ts'
import { startS3, storage } from './testing/s3-server.ts'
import { closedPort, startHttp, startHttps, startTcp, type RunningServer } from './testing/servers.ts'

describe('S3', () => {
  let server: Awaited<ReturnType<typeof startS3>>
  beforeAll(async () => {
    server = await startS3()
  })
  afterAll(() => server.close())

  expectS3(() => server)
})

let server: RunningServer | undefined
afterEach(() => server?.close())

const login = {
  region: 'eu-central-1',
  access_key: 'AKIDEXAMPLE',
  secret_key: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
const askAt = (endpoint: string, written: Record<string, unknown> = {}, options = {}) =>
  sampleOf(makeCheck('s3', { s3: `${endpoint}/backups`, ...login, ...written }), options)
const askOf = async (listener: RequestListener, written: Record<string, unknown> = {}) => {
  server = await startHttp(listener)
  const sample = await askAt(server.url, written)
  return { ...sample, reason: sample.reason?.replace(`127.0.0.1:${server.port}`, 'target') }
}

it('reads the certificate of the connection', async () => {
  const authority = await createAuthority()
  server = await startHttps(await authority.issue(['localhost']), storage)
  const certificate = { expect: ['certificate > 14d', 'body contains "ListBucketResult"'] }
  expect(await askAt(server.url, certificate, { ca: authority.ca })).toMatchObject({ state: 'up' })
  expect(await askAt(server.url, certificate)).toMatchObject({ state: 'down', code: 'certificate' })
})

it('sends the token of credentials that last for a while, and signs it', async () => {
  let seen: unknown
  await askOf(
    ({ headers: { 'x-amz-security-token': token, authorization } }, response) => {
      seen = { token, isSigned: authorization?.includes(';x-amz-security-token') }
      response.end()
    },
    { session_token: 'for-an-hour' },
  )
  expect(seen).toEqual({ token: 'for-an-hour', isSigned: true })
})

describe('what makes it down', () => {
  it.each<[string, RequestListener, string, string]>([
    [
      'a web server',
      (_, response) => void response.end('<h1>It works</h1>'),
      'target: what it answers is not S3',
      'protocol',
    ],
    [
      'another region',
      (_, response) => void response.writeHead(301, { 'x-amz-bucket-region': 'eu-west-1' }).end(),
      'status is 301: the bucket is elsewhere, in eu-west-1',
      'http_301',
    ],
    [
      'an error without words',
      (_, response) => void response.writeHead(503).end(),
      'status is 503, expected 200 to 399',
      'http_503',
    ],
    [
      'a cut connection',
      (request) => void request.socket.destroy(),
      'target: the connection was closed before the answer was complete',
      'ECONNRESET',
    ],
    [
      'an answer that breaks off',
      (_, response) =>
        void response.writeHead(200, { 'content-length': 100 }).write('<List', () => response.destroy()),
      'target: the connection was closed before the answer was complete',
      'ECONNRESET',
    ],
  ])('%s', async (_, listener, reason, code) => {
    expect(await askOf(listener)).toMatchObject({ state: 'down', reason, code })
  })

  it('a closed port', async () => {
    expect(await askAt(`http://127.0.0.1:${await closedPort()}`)).toMatchObject({
      state: 'down',
      code: 'ECONNREFUSED',
    })
  })

  it('garbage', async () => {
    server = await startTcp((socket) => socket.write('220 mail.example ESMTP\r\n'))
    expect(await askAt(server.url)).toMatchObject({ state: 'down', code: 'not_http' })
  })

  it('silence', async () => {
    server = await startTcp(() => undefined)
    expect(await askAt(server.url, { timeout: '400ms' })).toMatchObject({ state: 'down', code: 'timeout' })
  })
})

it('never shows a key that the storage repeats', async () => {
  const text = '<Error><Code>AccessDenied</Code><Message>no s3cr&t for AKID7</Message></Error>'
  server = await startHttp((_, response) => void response.writeHead(403).end(text))
  const keys = { access_key: '${ACCESS_KEY}', secret_key: '${SECRET_KEY}' }
  const env = { ACCESS_KEY: 'AKID7', SECRET_KEY: 's3cr&t' }
  expect(await askAt(server.url, keys, { env })).toMatchObject({
    state: 'down',
    reason: 'the storage says AccessDenied: no ••• for •••; status is 403, expected 200 to 399',
  })
})

describe('is unknown', () => {
  it('when a key is missing from the environment', async () => {
    expect(await askAt('http://127.0.0.1:9', { secret_key: '${SECRET_KEY}' })).toMatchObject({
      state: 'unknown',
      reason: 'the environment variable SECRET_KEY is not set',
    })
  })

  it.each(['127.0.0.1', 'localhost', '169.254.169.254'])('at %s, a private address', async (host) => {
    const sample = await askAt(`http://${host}:9`, { retries: 5 }, { allowPrivate: false })
    expect(sample).toMatchObject({ state: 'unknown', code: 'private_address' })
  })
})
