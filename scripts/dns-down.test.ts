import { spawn, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { closedPort, startTcp } from '../checks/testing/servers.ts'
import { readHistory } from '../src/files/history-store.ts'
import { readLive } from '../src/files/live-store.ts'
import { projectRoot } from '../src/site/source-digest.ts'
import { worldFolder } from '../src/testing/write-world.ts'

const components = (port: number) => `components:
  - { id: site, name: Site, check: { http: 'https://www.acme.example/', retries: 0, confirm: 1 } }
  - { id: mail, name: Mail, check: { dns: acme.example, record: MX, retries: 0, confirm: 1 } }
  - { id: api, name: API, check: { tcp: '127.0.0.1:${String(port)}', retries: 0, confirm: 1 } }
`

/** A namespace of its own can have another resolv.conf without the machine noticing; that takes root. */
const mayMount = spawnSync('unshare', ['--mount', 'true']).status === 0

it.skipIf(!mayMount)(
  'calls nothing down whose name this machine cannot look up',
  { timeout: 60_000 },
  async () => {
    const target = await startTcp((socket) => socket.end())
    const root = worldFolder({
      'site.yaml': 'name: Acme\nurl: https://status.acme.example\nprobe: { anchors: [] }\n',
      'components.yaml': components(target.port),
    })
    const resolver = path.join(root, 'resolv.conf')
    writeFileSync(resolver, `nameserver 127.0.0.1:${String(await closedPort())}\nnameserver 127.0.0.1\n`)
    const probe = `mount --bind "$0" /etc/resolv.conf && exec "$@"`
    const status = [process.execPath, path.join(projectRoot, 'scripts/status.ts'), 'probe', '--root', root]
    // Not waited for by blocking: the target is served by this process.
    const child = spawn('unshare', ['--mount', 'sh', '-c', probe, resolver, ...status])
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    const code = await new Promise((resolve) => child.once('close', resolve))
    target.close()

    expect({ code, said }).toMatchObject({
      code: 0,
      said: expect.stringContaining('1 up, 2 unknown') as string,
    })
    expect(said).toContain("this prober's name resolver")
    const [live] = readLive(root).live
    expect(Object.entries(live?.components ?? {}).map(([id, { status: now }]) => [id, now])).toEqual([
      ['site', 'unknown'],
      ['mail', 'unknown'],
      ['api', 'operational'],
    ])
    expect(Object.values(readHistory(root).history).flatMap(({ transitions }) => transitions)).toMatchObject([
      { component: 'api', to: 'operational' },
    ])
  },
)
