import { createHash, createHmac } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parseLive, readLive, writeLive } from '../src/files/live-store.ts'
import { workTree } from '../src/testing/git-repository.ts'
import { runStatus } from '../src/testing/run-status.ts'
import { worldFolder } from '../src/testing/write-world.ts'

const components = "components:\n  - { id: api, name: API, check: { tcp: '127.0.0.1:9', retries: 0 } }\n"
const site = (more: string) => `name: Acme\nurl: https://status.acme.example\n${more}\n`
const keys = {
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}

describe('a pass puts its live snapshot', () => {
  it('to every place that is named, without git', async () => {
    const store = await storage()
    const root = worldFolder({
      'components.yaml': components,
      'site.yaml': site(
        `history: { live_to: ['file:public/{writer}.json', '${store.url}/live/{writer}.json', { to: '${store.url}/closed/{writer}.json', authorization: 'Bearer \${LIVE_TOKEN}' }, 's3://pages/live/{writer}.json?endpoint=${store.url}&region=eu-1'] }`,
      ),
    })
    const env = { ...keys, LIVE_TOKEN: 'a-token' }
    expect(await runStatus(['probe', '--writer', 'berlin', '--root', root], { env })).toMatchObject({
      code: 0,
    })
    const own = readFileSync(path.join(root, '.candor/live/berlin.json'), 'utf8')
    expect(readFileSync(path.join(root, 'public/berlin.json'), 'utf8')).toBe(own)
    expect(store.objects.get('/live/berlin.json')?.text).toBe(own)
    expect(store.objects.get('/live/berlin.json')?.headers).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'public, max-age=15, stale-while-revalidate=60',
    })
    expect(store.objects.get('/closed/berlin.json')?.headers.authorization).toBe('Bearer a-token')
    const signed = store.objects.get('/pages/live/berlin.json')
    expect(signed?.text).toBe(own)
    expect(signed?.headers.authorization).toBe(signatureOf(signed, 'eu-1'))
    expect(signed?.headers.authorization).toContain('Credential=AKIDEXAMPLE/')
  })

  it('to the others when one place fails, says which, and prints no secret', async () => {
    const store = await storage((request, response) => {
      response
        .writeHead(request.url?.startsWith('/full') ? 507 : 302, { location: 'http://127.0.0.1:9/' })
        .end()
    })
    const root = worldFolder({
      'components.yaml': components,
      'site.yaml': site(
        `history: { live_to: ['${store.url}/full.json', '${store.url}/\${LIVE_TOKEN}/moved.json', 'http://127.0.0.1:9/\${LIVE_TOKEN}.json', { to: '${store.url}/x.json', authorization: '\${NOT_SET}' }, 's3://pages/x.json?endpoint=${store.url}', 'file:site.yaml/live.json', 'file:good.json', branch] }`,
      ),
    })
    const env = { LIVE_TOKEN: 'a-token' }
    const run = await runStatus(['probe', '--json', '--root', root], { env })
    expect(run.code).toBe(1)
    const { failures } = JSON.parse(run.out) as { failures: string[] }
    expect(failures).toEqual([
      expect.stringMatching(
        /^live snapshot not put to http:.*full\.json: 127\.0\.0\.1:\d+ answered 507 to PUT$/,
      ),
      expect.stringMatching(/\$\{LIVE_TOKEN\}\/moved\.json: .* answered 302 to PUT$/),
      expect.stringMatching(/\$\{LIVE_TOKEN\}\.json: 127\.0\.0\.1:9: .*ECONNREFUSED/),
      expect.stringMatching(/the environment variable NOT_SET is not set$/),
      expect.stringMatching(/AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are needed, and not set$/),
      expect.stringMatching(/file:site\.yaml\/live\.json: .*(?:ENOTDIR|EEXIST)/),
    ])
    expect(run.said + run.out).not.toContain('a-token')
    expect(readLive(root).problems).toEqual([])
    expect(readFileSync(path.join(root, 'good.json'), 'utf8')).toContain('"api"')
  })

  it('nowhere that this machine must not ask', async () => {
    const store = await storage()
    const root = worldFolder({
      'components.yaml': components,
      'site.yaml': site(`history: { live_to: ['${store.url}/live.json'] }`),
    })
    const run = await runStatus(['probe', '--root', root], { env: { CANDOR_ALLOW_PRIVATE: 'false' } })
    expect(run).toMatchObject({ code: 1, said: expect.stringContaining('is a private address') as string })
    expect(store.objects.size).toBe(0)
  })

  it('with a secret over plain http to nobody else', async () => {
    const root = worldFolder({
      'components.yaml': components,
      'site.yaml': site(
        `history: { live_to: [{ to: 'http://live.invalid/x.json', authorization: '\${LIVE_TOKEN}' }] }`,
      ),
    })
    const run = await runStatus(['probe', '--root', root], { env: { LIVE_TOKEN: 'a-token' } })
    expect(run.said).toContain('authorization is sent over https only')
  })
})

describe('status live --fetch', () => {
  it('reads the newest of what it can from the addresses under live', async () => {
    const store = await storage()
    const file = path.join(worldFolder({}), 'tokyo.json')
    const root = await workTree({
      'components.yaml': components,
      'site.yaml': site(
        `live: ['${store.url}/old.json', '${store.url}/new.json', 'file:${file}', '${store.url}/gone.json', '${store.url}/bad.json']`,
      ),
    })
    put(store, '/old.json', snapshot('berlin', '2026-11-21T03:11:00Z'))
    put(store, '/new.json', snapshot('berlin', '2026-11-21T03:12:00Z'))
    put(store, '/bad.json', '<html>')
    writeFileSync(file, snapshot('tokyo', '2026-11-21T03:00:00Z'))
    writeLive(root, liveOf(snapshot('paris', '2026-11-21T04:00:00Z')))
    const run = await runStatus(['live', '--fetch', '--root', root])
    expect(run).toMatchObject({ code: 0 })
    expect(run.said).toContain('live snapshots of berlin, tokyo\n')
    expect(run.said).toMatch(/gone\.json could not be read: .* answered 404 to GET/)
    expect(run.said).toMatch(/bad\.json:1:1 error: not JSON/)
    expect(readLive(root).live.map(({ writer, checked_at }) => `${writer} ${checked_at}`)).toEqual([
      'berlin 2026-11-21T03:12:00Z',
      'paris 2026-11-21T04:00:00Z',
      'tokyo 2026-11-21T03:00:00Z',
    ])
    expect((await runStatus(['live', '--fetch', '--root', root])).said).toContain('no newer live snapshot')
  })
})

/** A place that keeps what is put there, as a web server with WebDAV or an object store does. */
async function storage(answer?: RequestListener) {
  const objects = new Map<string, Stored>()
  const server = createServer((request, response) => {
    if (answer) {
      answer(request, response)
      return
    }
    const { url = '', headers, method } = request
    if (method === 'GET') {
      const found = objects.get(url)
      response.writeHead(found ? 200 : 404).end(found?.text)
      return
    }
    let text = ''
    request.setEncoding('utf8').on('data', (part: string) => (text += part))
    request.on('end', () => {
      objects.set(url, { url, headers, text })
      response.writeHead(201).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { objects, url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}` }
}

function put(store: { objects: Map<string, Stored> }, url: string, text: string): void {
  store.objects.set(url, { url, headers: {}, text })
}

/** What AWS would compute for this request: https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html */
function signatureOf(request: Stored | undefined, region: string): string {
  const headers = request?.headers ?? {}
  const given = String(headers.authorization)
  const names = /SignedHeaders=([^,]+)/.exec(given)?.[1] ?? ''
  const date = String(headers['x-amz-date'])
  const canonical = [
    'PUT',
    request?.url,
    '',
    ...names.split(';').map((name) => `${name}:${String(headers[name])}`),
    '',
    names,
    String(headers['x-amz-content-sha256']),
  ].join('\n')
  const scope = `${date.slice(0, 8)}/${region}/s3/aws4_request`
  const hash = createHash('sha256').update(canonical).digest('hex')
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()
  const parts = [date.slice(0, 8), region, 's3', 'aws4_request']
  const key = parts.reduce<string | Buffer>(hmac, `AWS4${keys.AWS_SECRET_ACCESS_KEY}`)
  const signature = hmac(key, ['AWS4-HMAC-SHA256', date, scope, hash].join('\n')).toString('hex')
  return `AWS4-HMAC-SHA256 Credential=${keys.AWS_ACCESS_KEY_ID}/${scope}, SignedHeaders=${names}, Signature=${signature}`
}

function snapshot(writer: string, at: string): string {
  return `${JSON.stringify({ v: 1, writer, checked_at: at, next_expected_at: at, interval_ms: 60_000, components: {} })}\n`
}

function liveOf(text: string) {
  const read = parseLive(text, 'x')
  if ('problem' in read) throw new Error(read.problem.message)
  return read.live
}

interface Stored {
  url: string
  headers: IncomingMessage['headers']
  text: string
}
