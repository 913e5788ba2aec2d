import { connect, createServer, type AddressInfo } from 'node:net'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import type { StatusDocument } from '../src/feeds/status-json.ts'
import { readHistory } from '../src/files/history-store.ts'
import { readWorld } from '../src/files/read-world.ts'
import { startCommand } from '../src/testing/run-status.ts'
import { worldFolder, writeFiles } from '../src/testing/write-world.ts'

const incident = (title: string) =>
  `---\ntitle: ${title}\naffected: { api: degraded }\n---\n\n## 2026-11-21 03:11 UTC investigating\nWe are looking.\n`

it(
  'serves, follows what people write and what it measures, and ends when it is told',
  { timeout: 240_000 },
  async () => {
    const target = createServer((socket) => socket.on('error', () => undefined).end())
    const { port: targetPort } = await listening(target)
    const port = await freePort()
    const root = worldFolder({
      'site.yaml': 'name: Acme\nurl: https://status.acme.example\n',
      'components.yaml': `components: [{ id: api, name: API, check: { tcp: '127.0.0.1:${String(targetPort)}', retries: 0, confirm: 1 } }]\n`,
      'dist/.env': 'SECRET=1',
    })
    const running = startCommand('scripts/status.ts', [
      'start',
      '--port',
      String(port),
      '--every',
      '1s',
      '--root',
      root,
    ])
    const at = `http://127.0.0.1:${String(port)}`
    await running.until(() => running.said().includes(`serving Acme on http://localhost:${String(port)}`))
    const text = async (address = '/') => (await fetch(at + address)).text()
    const state = async () => (await (await fetch(`${at}/status.json`)).json()) as StatusDocument

    expect(await text()).toMatch(/<title>[^<]*Acme/)
    await running.until(async () => (await state()).components[0]?.measured?.status === 'operational')
    const { checked_at, next_expected_at } = await state()
    expect(Date.parse(next_expected_at ?? '')).toBeGreaterThan(Date.parse(checked_at ?? ''))

    // The folder of incidents does not exist yet.
    writeFiles(root, { 'incidents/2026-11-21-api.md': incident('Calls are slow') })
    await running.until(async () => (await text()).includes('Calls are slow'))
    writeFiles(root, { 'incidents/2026-11-21-api.md': incident('Calls are very slow') })
    await running.until(async () => (await text()).includes('Calls are very slow'))

    writeFiles(root, { 'incidents/2026-11-21-broken.md': '---\ntitle: [never closed\n---\n' })
    await running.until(() => running.said().includes('incidents/2026-11-21-broken.md:'))
    expect(await text()).toContain('Calls are very slow')
    writeFiles(root, { 'site.yaml': 'name: [\n' })
    await running.until(() => running.said().includes('site.yaml:'))
    writeFiles(root, { 'site.yaml': 'name: Acme again\nurl: https://status.acme.example\n' })
    await running.until(async () => (await text()).includes('Acme again'))

    await new Promise((resolve) => target.close(resolve))
    await running.until(async () => (await state()).components[0]?.measured?.status === 'major_outage')

    running.child.kill('SIGTERM')
    expect(await running.ended).toBe(0)
    const { history, problems } = readHistory(root)
    expect(problems).toEqual([])
    expect(history['api']?.transitions.map(({ to }) => to)).toEqual(['operational', 'major_outage'])
    expect(readWorld(root).live).toHaveLength(1)
    expect(running.said()).not.toMatch(/^ {4}at |bug in Candor/m)
  },
)

it('answers as a static host does, and gives out nothing else', { timeout: 240_000 }, async () => {
  const root = worldFolder({
    'site.yaml': 'name: Acme\nurl: https://status.acme.example\n',
    'components.yaml': 'components: [{ id: api, name: API }]\n',
    'incidents/2026-11-21-api.md': incident('Calls are slow'),
    'page/.env': 'SECRET=1',
    'page/.git/config': 'SECRET=1',
  })
  const port = await freePort()
  // One pass and no more, so that what is asked for does not change in between.
  const running = startCommand('scripts/status.ts', [
    'start',
    '--port',
    String(port),
    '--out',
    'page',
    '--every',
    '1d',
    '--root',
    root,
  ])
  await running.until(() => running.said().includes('next look'))
  const at = `http://127.0.0.1:${String(port)}`
  await running.until(async () => (await settled(`${at}/`)) && (await settled(`${at}/status.json`)))

  for (const address of ['/', '/status.json', '/incidents/2026-11-21-api/', '/rss.xml']) {
    const first = await fetch(at + address)
    expect({ address, status: first.status }).toEqual({ address, status: 200 })
    const etag = first.headers.get('etag') ?? ''
    expect(etag).not.toBe('')
    const again = await fetch(at + address, { headers: { 'if-none-match': etag } })
    expect({ address, status: again.status, body: await again.text() }).toEqual({
      address,
      status: 304,
      body: '',
    })
    expect((await fetch(at + address, { headers: { 'if-none-match': '"other"' } })).status).toBe(200)
  }
  const missing = await fetch(`${at}/no/such/page`)
  expect(missing.status).toBe(404)
  expect(await missing.text()).toContain('Acme')

  expect(existsSync(path.join(root, 'page/.env'))).toBe(true)
  const secrets = [
    ...['/../../etc/passwd', '/..%2f..%2fetc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/..%5c..%5cetc/passwd'],
    ...[
      '/../site.yaml',
      '/%2e%2e/site.yaml',
      '/x/../../site.yaml',
      '//etc/passwd',
      '/%00',
      '/%',
      `/${'long'.repeat(1000)}`,
    ],
    ...['/.env', '/%2eenv', '/.git/config', '/x/../.env', 'http://other.example/../site.yaml', '*'],
  ]
  for (const address of secrets) {
    const answer = await askRaw(port, address)
    expect({ address, answer }).toEqual({
      address,
      answer: expect.stringMatching(/^HTTP\/1\.1 (?:404|400) /) as string,
    })
    expect(answer).not.toMatch(/root:|SECRET|name: Acme/)
  }
  // What an address leads to is never a place elsewhere.
  for (const address of ['/..', '//other.example/incidents/2026-11-21-api'])
    expect(await askRaw(port, address)).not.toMatch(/^location: (?:\w+:|\/\/)/im)
  expect((await fetch(`${at}/`)).status).toBe(200)
  running.child.kill('SIGINT')
  expect(await running.ended).toBe(0)
})

/** Whether two looks find the same. */
async function settled(address: string): Promise<boolean> {
  const one = await (await fetch(address)).text()
  await delay(300)
  return one === (await (await fetch(address)).text())
}

/** As `curl --path-as-is` asks: `fetch` would tidy up the address first. */
function askRaw(port: number, address: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(`GET ${address} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`),
    )
    let answer = ''
    socket.setEncoding('utf8').on('data', (part: string) => (answer += part))
    socket.once('error', reject).once('close', () => resolve(answer))
  })
}

async function freePort(): Promise<number> {
  const server = createServer()
  const { port } = await listening(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function listening(server: ReturnType<typeof createServer>): Promise<AddressInfo> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return server.address() as AddressInfo
}
