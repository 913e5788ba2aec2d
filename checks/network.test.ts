import { afterEach, describe, expect, it } from 'vitest'
import { createNetwork, isPrivate } from './network.ts'
import { makeCheck, NOW, sampleOf } from './testing/checks.ts'
import { startHttp, type RunningServer } from './testing/servers.ts'

describe('which addresses are private', () => {
  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '168.63.129.16',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '64:ff9b::7f00:1',
    '64:ff9b::10.0.0.1',
    'fd00:ec2::254',
    'fe80::1%eth0',
    'ff02::1',
  ])('%s is', (address) => expect(isPrivate(address)).toBe(true))

  it.each([
    '1.1.1.1',
    '172.15.255.255',
    '172.32.0.1',
    '192.0.2.1',
    '168.63.129.17',
    '2606:4700::1111',
    '64:ff9b::101:101',
    '64:ff9b::8.8.8.8',
    '::ffff:8.8.8.8',
  ])('%s is not', (address) => expect(isPrivate(address)).toBe(false))
})

describe('a prober that does not ask private addresses', () => {
  let server: RunningServer | undefined
  afterEach(() => server?.close())

  it.each([
    ['http', { http: 'http://127.0.0.1:9/' }],
    ['http', { http: 'http://[::1]:9/' }],
    ['http', { http: 'http://2130706433:9/' }],
    ['http', { http: 'http://localhost:9/' }],
    ['tcp', { tcp: 'localhost:9' }],
    ['tcp', { tcp: '[::ffff:127.0.0.1]:9' }],
    ['tls', { tls: '169.254.169.254:443' }],
    ['dns', { dns: 'a.example', resolver: '10.0.0.1:53' }],
  ] as const)('%s %j is unknown', async (kind, written) => {
    const sample = await sampleOf(makeCheck(kind, { ...written, retries: 5 }), { allowPrivate: false })
    expect(sample).toMatchObject({ state: 'unknown', code: 'private_address' })
    expect(sample.reason).toContain('a private address, which this prober does not ask')
  })

  it('lets no redirect lead it there', async () => {
    server = await startHttp((_, response) =>
      response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
    )
    const { port } = server
    // To its first address only, this network is as open as loopback needs.
    const closed = createNetwork({ allowPrivate: false })
    const open = createNetwork({ allowPrivate: true })
    const addressesOf = (host: string) => (host === '127.0.0.1' ? open : closed).addressesOf(host)
    const { http } = await import('./http.ts')
    const endings: (() => void)[] = []
    const observation = await http.ask(makeCheck('http', { http: `http://127.0.0.1:${port}/` }).options, {
      signal: new AbortController().signal,
      attempt: 0,
      pass: {
        network: { addressesOf, lookup: closed.lookup },
        now: () => NOW,
        onEnd: (letGo) => endings.push(letGo),
      },
      waitFor: () => undefined,
    })
    for (const letGo of endings) letGo()
    expect(observation).toEqual({
      outcome: 'failed',
      reason: 'redirects to 169.254.169.254, a private address',
      code: 'redirect',
    })
  })
})
