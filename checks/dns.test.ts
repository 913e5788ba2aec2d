import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeCheck, sampleOf } from './testing/checks.ts'
import { a, aaaa, caa, cname, mx, ns, srv, startDnsServer, txt } from './testing/dns-server.ts'

let server: Awaited<ReturnType<typeof startDnsServer>>
beforeAll(async () => {
  server = await startDnsServer({
    'a.example': { records: [a('192.0.2.1'), a('192.0.2.2')] },
    'many.example': { records: [1, 2, 3, 4, 5].map((last) => a(`192.0.2.${last}`)) },
    'aaaa.example': { records: [aaaa([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1])] },
    'cname.example': { records: [cname('a.example')] },
    'mx.example': { records: [mx(10, 'mail.example')] },
    'ns.example': { records: [ns('ns1.example')] },
    'txt.example': { records: [txt('v=spf1 ', '-all')] },
    'srv.example': { records: [srv(1, 2, 5060, 'sip.example')] },
    'caa.example': { records: [caa(128, 'issue', 'ca.example')] },
    'empty.example': { records: [] },
    'servfail.example': { rcode: 'SERVFAIL' },
    'refused.example': { rcode: 'REFUSED' },
    'silence.example': 'silence',
    'garbage.example': 'garbage',
  })
})
afterAll(() => server.close())

const ask = (name: string, written: Record<string, unknown> = {}) =>
  sampleOf(makeCheck('dns', { dns: name, resolver: server.address, ...written }))

describe('records are read as text', () => {
  it.each([
    ['A', 'a.example', '192.0.2.1'],
    ['A', 'a.example', '192.0.2.2'],
    ['AAAA', 'aaaa.example', '2001:db8::1'],
    ['CNAME', 'cname.example', 'a.example'],
    ['MX', 'mx.example', '10 mail.example'],
    ['NS', 'ns.example', 'ns1.example'],
    ['TXT', 'txt.example', 'v=spf1 -all'],
    ['SRV', 'srv.example', '1 2 5060 sip.example'],
    ['CAA', 'caa.example', '128 issue ca.example'],
  ])('%s of %s', async (record, name, answer) => {
    const sample = await ask(name, { record, expect: [`answer == "${answer}"`, 'latency < 1h'] })
    expect(sample.reason).toBeUndefined()
    expect(sample.state).toBe('up')
  })
})

describe('conditions on the answer', () => {
  it.each([
    ['a.example', 'answer == "192.0.2.9"', 'answer is "192.0.2.1", "192.0.2.2", expected "192.0.2.9"'],
    [
      'a.example',
      'answer != "192.0.2.2"',
      'answer is "192.0.2.1", "192.0.2.2", expected anything but "192.0.2.2"',
    ],
    [
      'a.example',
      'answer contains "198."',
      'answer is "192.0.2.1", "192.0.2.2", expected it to contain "198."',
    ],
    [
      'many.example',
      'answer matches "^198"',
      'answer is "192.0.2.1", "192.0.2.2", "192.0.2.3" and 2 more, expected it to match "^198"',
    ],
    ['a.example', 'answer != "192.0.2.9"', undefined],
    ['a.example', 'answer contains "0.2.2"', undefined],
    ['a.example', 'answer matches "2$"', undefined],
    ['a.example', 'answer exists', undefined],
  ])('%s: %s', async (name, condition, reason) => {
    const sample = await ask(name, { expect: [condition] })
    expect(sample.state).toBe(reason ? 'down' : 'up')
    expect(sample.reason).toBe(reason)
  })
})

describe('a named name server that gives no records is down', () => {
  it.each([
    ['nowhere.example', 'nowhere.example does not exist', 'ENOTFOUND'],
    ['empty.example', 'empty.example has no A record', 'ENODATA'],
    ['servfail.example', 'servfail.example cannot be resolved (SERVFAIL)', 'ESERVFAIL'],
    ['refused.example', /the name server .* refuses to answer$/, 'EREFUSED'],
    ['garbage.example', /the name server .* answers something that is not DNS$/, 'EBADRESP'],
  ])('%s', async (name, reason, code) => {
    const sample = await ask(name)
    expect(sample).toMatchObject({ state: 'down', code })
    expect(sample.reason).toMatch(reason)
  })

  it('is silent', async () => {
    const sample = await ask('silence.example', { timeout: '500ms' })
    expect(sample).toMatchObject({ state: 'down', reason: 'no answer within 500 ms', code: 'timeout' })
  })

  it('is not there', async () => {
    const gone = await startDnsServer({})
    gone.close()
    expect(await ask('a.example', { resolver: gone.address, timeout: '2s' })).toMatchObject({
      state: 'down',
    })
  })
})

it.each(['ns1.example', 'ns1.example:53', '1.2.3', '127.0.0.1:x'])(
  'the resolver %s cannot be asked',
  async (resolver) => {
    expect(await ask('a.example', { resolver })).toMatchObject({
      state: 'unknown',
      code: 'resolver',
      reason: expect.stringContaining('must be an address'),
    })
  },
)
