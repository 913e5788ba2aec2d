import { mkdirSync } from 'node:fs'
import { request } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readBeat } from '../src/files/beat-store.ts'
import { worldFolder, writeFiles } from '../src/testing/write-world.ts'
import { serveBeats } from './serve-beats.ts'

const components = `components:
  - { id: backup, name: Backup, check: { heartbeat: 1d, token: '\${BACKUP_TOKEN}' } }
  - { id: queue, name: Queue, check: [{ heartbeat: 1m }, { tcp: 'a:1' }, { heartbeat: 1h }] }
  - { id: cron, name: Cron, check: { heartbeat: 1h } }
  - { id: unset, name: Unset, check: { heartbeat: 1h, token: '\${NOT_SET}' } }
`

async function serving(env: Record<string, string> = { BACKUP_TOKEN: 's3cret-s3cret' }) {
  const root = worldFolder({ 'components.yaml': components })
  const { server, url } = await serveBeats({ root, host: '127.0.0.1', port: 0, env })
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const ask = async (place: string, init?: RequestInit) => {
    const response = await fetch(url + place, init)
    return { status: response.status, text: await response.text() }
  }
  return { root, ask, url, port: (server.address() as AddressInfo).port }
}

describe('takes a beat', () => {
  it.each(['GET', 'POST', 'HEAD'])('that comes by %s', async (method) => {
    const { ask, root } = await serving()
    const before = Date.now()
    const text = method === 'HEAD' ? '' : 'A beat of cron/0 is noted.\n'
    expect(await ask('/beat/cron', { method })).toEqual({ status: 202, text })
    const { beat } = readBeat(root, 'cron/0')
    expect(beat).toEqual({ at: expect.any(Number) as number })
    expect(beat?.at).toBeGreaterThanOrEqual(before)
  })

  it('for one of several checks', async () => {
    const { ask, root } = await serving()
    expect(await ask('/beat/queue/2')).toMatchObject({ status: 202 })
    expect(readBeat(root, 'queue/2').beat).toBeDefined()
    expect(readBeat(root, 'queue/0')).toEqual({})
  })

  it.each([
    ['in its header', '/beat/backup', { headers: { authorization: 'Bearer s3cret-s3cret' } }],
    ['in its address', '/beat/backup?token=s3cret-s3cret', {}],
    [
      'by way of a proxy',
      '/beat/backup?token=s3cret-s3cret',
      { headers: { 'x-forwarded-for': '192.0.2.1' } },
    ],
  ])('with the token %s', async (_, place, init) => {
    const { ask } = await serving()
    expect(await ask(place, init)).toMatchObject({ status: 202 })
  })

  it('of a failure, with its words and without its token', async () => {
    const { ask, root } = await serving()
    await ask('/beat/backup/fail?token=s3cret-s3cret&why=no+login+with+s3cret-s3cret%0Atoday')
    expect(readBeat(root, 'backup/0').beat).toMatchObject({ failed: 'no login with ••• today' })
    await ask('/beat/queue/2/fail', { method: 'POST', body: 'a log that nobody reads' })
    expect(readBeat(root, 'queue/2').beat).toMatchObject({ failed: 'the job reported a failure' })
    await ask('/beat/queue/2')
    expect(readBeat(root, 'queue/2').beat?.failed).toBeUndefined()
  })

  it('of a check that was added while it runs', async () => {
    const { ask, root } = await serving()
    expect(await ask('/beat/new')).toMatchObject({ status: 404 })
    writeFiles(root, {
      'components.yaml': 'components: [{ id: new, name: New, check: { heartbeat: 1h } }]\n',
    })
    expect(await ask('/beat/new')).toMatchObject({ status: 202 })
  })
})

describe('takes none', () => {
  it.each<[why: string, place: string, init: RequestInit, status: number, says: string]>([
    ['without the token', '/beat/backup', {}, 401, 'The token of backup/0 is missing.'],
    ['with a wrong one', '/beat/backup?token=s3cret', {}, 401, 'is wrong.'],
    ['with an empty one', '/beat/unset?token=', {}, 503, 'The token of unset/0 is not set'],
    ['for a component without a heartbeat', '/beat/api', {}, 404, 'No single heartbeat check is "api".'],
    ['for several at once', '/beat/queue', {}, 404, 'Write /beat/<component>/<n>.'],
    ['for a check of another kind', '/beat/queue/1', {}, 404, 'No single heartbeat check is "queue/1".'],
    ['elsewhere', '/beat/../site.yaml', {}, 404, 'Beats are taken at /beat/<component>.'],
    ['by other methods', '/beat/cron', { method: 'DELETE' }, 405, 'Send GET, HEAD or POST.'],
    [
      'of strangers behind a proxy',
      '/beat/cron',
      { headers: { 'x-forwarded-for': '192.0.2.1' } },
      403,
      'Give the check a token.',
    ],
    [
      'of a page in a browser',
      '/beat/cron',
      { headers: { origin: 'https://evil.example' } },
      403,
      'from this machine only',
    ],
  ])('%s', async (_, place, init, status, says) => {
    const { ask, root } = await serving()
    const answer = await ask(place, init)
    expect(answer.status).toBe(status)
    expect(answer.text).toContain(says)
    for (const check of ['backup/0', 'queue/0', 'queue/1', 'queue/2', 'cron/0', 'unset/0'])
      expect(readBeat(root, check)).toEqual({})
  })

  it('it cannot keep, and goes on', async () => {
    const { ask, root } = await serving()
    mkdirSync(path.join(root, '.candor/beats/cron.0.json'), { recursive: true })
    expect(await ask('/beat/cron')).toEqual({ status: 500, text: 'The beat could not be kept: EISDIR\n' })
    expect(await ask('/beat/queue/0')).toMatchObject({ status: 202 })
    expect(readBeat(root, 'cron/0')).toEqual({ problem: '.candor/beats/cron.0.json cannot be read (EISDIR)' })
  })
})

it('answers before a body has come, and reads no more of it than 100 kB', async () => {
  const { port } = await serving()
  const sending = request({ port, host: '127.0.0.1', path: '/beat/cron', method: 'POST' })
  const cut = new Promise((resolve) => sending.once('error', resolve).once('close', resolve))
  sending.once('response', (response) => {
    expect(response.statusCode).toBe(202)
    response.resume()
  })
  const part = Buffer.alloc(64 * 1024)
  const more = () => {
    while (!sending.destroyed && sending.write(part));
    if (!sending.destroyed) sending.once('drain', more)
  }
  more()
  await cut
})

it('survives what is not HTTP', async () => {
  const { port, ask } = await serving()
  for (const bytes of [
    '\0\0\0\r\n\r\n',
    'GET /beat/%zz HTTP/1.1\r\n\r\n',
    'GET //[ HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
  ]) {
    const socket = connect(port, '127.0.0.1')
    const closed = new Promise((resolve) => socket.once('close', resolve).on('error', () => undefined))
    socket.resume().write(bytes)
    await closed
  }
  expect(await ask('/beat/cron')).toMatchObject({ status: 202 })
})
