import { generate } from 'selfsigned'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { DAY } from '../src/model/time.ts'
import { createAuthority, FAR } from './testing/certificates.ts'
import { makeCheck, sampleOf, testing } from './testing/checks.ts'
import { closedPort, startHttps, startTcp, type RunningServer } from './testing/servers.ts'

let authority: Awaited<ReturnType<typeof createAuthority>>
let server: RunningServer | undefined
beforeAll(async () => {
  authority = await createAuthority()
})
afterEach(() => server?.close())

async function serve(pair: { key: string; cert: string }): Promise<string> {
  server = await startHttps(pair, (_, response) => response.end())
  return `localhost:${server.port}`
}
const ask = (target: string, written: Record<string, unknown> = {}, now = testing.now()) =>
  sampleOf(makeCheck('tls', { tls: target, ...written }), { ca: authority.ca, now: () => now })

it('is up with a certificate that browsers would take', async () => {
  const target = await serve(await authority.issue(['localhost']))
  expect(await ask(target, { expect: ['certificate > 14d', 'latency < 1h'] })).toMatchObject({ state: 'up' })
})

it('is degraded when the certificate has less life left than wanted', async () => {
  const target = await serve(await authority.issue(['localhost']))
  expect(await ask(target, { expect: ['certificate > 14d'] }, FAR - 3.5 * DAY)).toMatchObject({
    state: 'degraded',
    reason: 'certificate expires in 3 days, expected more than 14 days',
    code: 'certificate',
  })
})

it('is down with an expired certificate, and says since when', async () => {
  const target = await serve(await authority.issue(['localhost'], { to: Date.UTC(2021, 4, 6) }))
  expect(await ask(target)).toMatchObject({
    state: 'down',
    reason: `${target}: the certificate has expired (2021-05-06)`,
    code: 'certificate',
  })
})

it('is down with a certificate that is not valid yet', async () => {
  const target = await serve(await authority.issue(['localhost'], { from: Date.UTC(2089, 0, 1) }))
  expect(await ask(target)).toMatchObject({
    state: 'down',
    reason: `${target}: the certificate is not valid yet`,
  })
})

it('is down with a certificate for another name', async () => {
  const target = await serve(await authority.issue(['www.example.com']))
  expect(await ask(target)).toMatchObject({
    state: 'down',
    reason: `${target}: the certificate is for www.example.com, not for this name`,
    code: 'certificate',
  })
})

it('is up when the certificate is for the server name that the check gives', async () => {
  const target = await serve(await authority.issue(['www.example.com']))
  expect(await ask(target, { server_name: 'www.example.com' })).toMatchObject({ state: 'up' })
})

it('is down with a self-signed certificate', async () => {
  const pair = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
  })
  const target = await serve({ key: pair.private, cert: pair.cert })
  expect(await ask(target)).toMatchObject({
    state: 'down',
    reason: `${target}: the certificate is self-signed`,
  })
})

it('is down where nobody listens', async () => {
  expect(await ask(`localhost:${await closedPort()}`)).toMatchObject({ state: 'down', code: 'ECONNREFUSED' })
})

it('is down where something else than TLS is spoken', async () => {
  server = await startTcp((socket) => socket.end('220 mail.example ESMTP\r\n'))
  const target = `localhost:${server.port}`
  expect(await ask(target)).toMatchObject({
    state: 'down',
    reason: `${target}: what it answers is not TLS`,
    code: 'tls',
  })
})

it.each([
  ['closes', 'ECONNRESET'],
  ['resets', 'ECONNRESET'],
])('is down when the server %s in the handshake', async (how, code) => {
  server = await startTcp(
    (socket) => void socket.once('data', () => (how === 'closes' ? socket.end() : socket.resetAndDestroy())),
  )
  expect(await ask(`localhost:${server.port}`)).toMatchObject({ state: 'down', code })
})

it('is down when the server hangs in the handshake', async () => {
  server = await startTcp(() => undefined)
  expect(await ask(`localhost:${server.port}`, { timeout: '1500ms' })).toMatchObject({
    state: 'down',
    reason: 'the TLS handshake was not complete within 1.5 s',
    code: 'timeout',
  })
})
