import { afterEach, describe, expect, it } from 'vitest'
import { DAY, HOUR } from '../src/model/time.ts'
import { createNetwork } from './network.ts'
import { rdapServerFor } from './rdap-server.ts'
import { makeCheck, NOW, sampleOf } from './testing/checks.ts'
import { closedPort, startHttp, startTcp, type RunningServer } from './testing/servers.ts'

let server: RunningServer | undefined
let asked: string[] = []
afterEach(() => {
  server?.close()
  asked = []
})

async function registry(answer: unknown, status = 200): Promise<string> {
  server = await startHttp((request, response) => {
    asked.push(`${request.url} as ${request.headers.accept}`)
    response.writeHead(status, { 'content-type': 'application/rdap+json' })
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer))
  })
  return server.url
}

const ask = (rdap: string, written: Record<string, unknown> = {}, options = {}) =>
  sampleOf(makeCheck('domain', { domain: 'acme.example', rdap, ...written }), options)

const registered = (until: string, more: object = {}) => ({
  objectClassName: 'domain',
  ldhName: 'ACME.EXAMPLE',
  status: ['client transfer prohibited'],
  events: [
    { eventAction: 'registration', eventDate: '2001-02-03T04:05:06Z' },
    { eventAction: 'expiration', eventDate: until },
    { eventAction: 'last update of RDAP database', eventDate: '2026-11-21T11:00:00Z' },
  ],
  ...more,
})
const after = (days: number) => new Date(NOW + days * DAY).toISOString()

describe('the life that is left', () => {
  it.each([
    [200, {}, { state: 'up' }],
    [
      29,
      {},
      {
        state: 'degraded',
        reason: 'registration expires in 29 days, expected more than 30 days',
        code: 'registration',
      },
    ],
    [29, { expect: ['expires > 14d'] }, { state: 'up' }],
    [29, { expect: [] }, { state: 'up' }],
    [-3, {}, { state: 'down', reason: 'registration expired 3 days ago' }],
  ])('%d days with %j', async (days, written, expected) => {
    expect(await ask(await registry(registered(after(days))), written)).toMatchObject(expected)
    expect(asked).toEqual(['/domain/acme.example as application/rdap+json'])
  })

  it('is asked for twice a day unless the check says otherwise', () => {
    expect(makeCheck('domain', { domain: 'acme.example' }).options.every).toBe(12 * HOUR)
    expect(makeCheck('domain', { domain: 'acme.example', every: '1d' }).options.every).toBe(DAY)
  })

  it.each(['2026-12-01', '2026-12-01T00:00:00', '2026-12-01T00:00:00.000+00:00', '2026-12-01 00:00:00Z'])(
    'reads the date %s',
    async (date) => {
      expect(await ask(await registry(registered(date)))).toMatchObject({
        state: 'degraded',
        reason: 'registration expires in 9 days, expected more than 30 days',
      })
    },
  )

  it('asks for a name in other letters as the DNS has it', async () => {
    await ask(await registry(registered(after(100))), { domain: 'Bücher.example' })
    expect(asked[0]).toMatch(/^\/domain\/xn--bcher-kva\.example /)
  })

  it('records no latency, and asks a registry once an hour', async () => {
    const url = await registry(registered(after(100)))
    const up = { check: 'api/0', component: 'api', at: expect.any(Number), state: 'up' }
    expect(await ask(url)).toEqual(up)
    expect(await ask(url, {}, { now: () => NOW + HOUR - 1 })).toEqual({ ...up, at: NOW + HOUR - 1 })
    expect(asked).toHaveLength(1)
    await ask(url, {}, { now: () => NOW + HOUR })
    expect(asked).toHaveLength(2)
  })
})

describe('what the registry says', () => {
  it.each([
    ['', 404, 'down', 'acme.example is not registered'],
    [
      registered(after(100), { status: ['Server Hold', 'active'] }),
      200,
      'down',
      'acme.example has the status "server hold" and is not in the DNS',
    ],
    ['', 429, 'unknown', 'the registry does not answer so many questions (429)'],
    ['', 503, 'unknown', 'the registry answers with status 503'],
    ['<html>', 200, 'unknown', "the registry's answer cannot be read: it is not JSON"],
    ['[]', 200, 'unknown', "the registry's answer cannot be read"],
    [{ objectClassName: 'domain' }, 200, 'unknown', 'the registry does not say when acme.example expires'],
    [registered('soon'), 200, 'unknown', "the registry's date for acme.example cannot be read"],
    [
      registered('9999-12-31T00:00:00Z'),
      200,
      'unknown',
      "the registry's date for acme.example cannot be read",
    ],
    [
      registered('2026-02-30T00:00:00Z'),
      200,
      'unknown',
      "the registry's date for acme.example cannot be read",
    ],
    [registered('9'.repeat(100)), 200, 'unknown', "the registry's answer cannot be read"],
  ])('%j with status %d is %s', async (answer, status, state, reason) => {
    expect(await ask(await registry(answer, status))).toMatchObject({ state, reason })
  })

  it('is unknown when the registry is not there', async () => {
    const url = `http://127.0.0.1:${await closedPort()}`
    expect(await ask(url)).toMatchObject({ state: 'unknown', code: 'ECONNREFUSED' })
  })

  it('is unknown when the registry hangs', async () => {
    server = await startTcp((socket) => socket.resume())
    expect(await ask(server.url, { timeout: '200ms' })).toMatchObject({
      state: 'unknown',
      code: 'source_timeout',
    })
  })

  it('is unknown when the registry is at a private address', async () => {
    const url = await registry(registered(after(100)))
    expect(await ask(url, {}, { allowPrivate: false })).toMatchObject({ code: 'private_address' })
    expect(asked).toEqual([])
  })
})

describe("IANA's list of registries", () => {
  const list = {
    version: '1.0',
    publication: '2026-11-20T20:00:01Z',
    services: [
      [
        ['com', 'net'],
        ['http://rdap.example/plain', 'https://rdap.example/com/v1/'],
      ],
      [['uk'], ['https://rdap.example/uk']],
      [['co.uk'], ['https://rdap.example/co-uk/']],
    ],
  }
  const context = (now = NOW) => ({
    signal: new AbortController().signal,
    attempt: 0,
    pass: { network: createNetwork({ allowPrivate: true }), now: () => now, onEnd: () => undefined },
    waitFor: () => undefined,
  })

  it.each([
    ['acme.com', 'https://rdap.example/com/v1/'],
    ['acme.net', 'https://rdap.example/com/v1/'],
    ['acme.uk', 'https://rdap.example/uk/'],
    ['acme.co.uk', 'https://rdap.example/co-uk/'],
  ])('finds who is asked for %s', async (domain, expected) => {
    expect(await rdapServerFor(domain, context(), await registry(list))).toBe(expected)
  })

  it('says when the ending has no registry to ask', async () => {
    expect(await rdapServerFor('acme.example', context(), await registry(list))).toMatchObject({
      unknown: {
        reason: 'the registry of .example is not listed as one that can be asked (RDAP)',
        final: true,
      },
    })
  })

  it('is read once a day', async () => {
    const url = await registry(list)
    await rdapServerFor('acme.com', context(), url)
    await rdapServerFor('acme.uk', context(NOW + DAY - 1), url)
    expect(asked).toHaveLength(1)
    await rdapServerFor('acme.uk', context(NOW + DAY), url)
    expect(asked).toHaveLength(2)
  })

  it.each(['<html>', '{}', '{"services":[["com"]]}'])('is unknown when it reads %s', async (text) => {
    expect(await rdapServerFor('acme.com', context(), await registry(text))).toMatchObject({
      unknown: { outcome: 'unknown', code: 'rdap_list' },
    })
  })
})
