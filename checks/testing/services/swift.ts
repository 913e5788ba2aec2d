import { AwsV4Signer } from 'aws4fetch'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { expectS3, s3Objects, type S3AtHand } from '../expectations/s3.ts'
import { closedPort } from '../servers.ts'
import { defineService } from './define-service.ts'
import { ownFolder, run, serve } from './processes.ts'

/** OpenStack Swift, the storage in Debian that speaks S3 and examines its signatures: four servers, one copy of all. */
export const swift = defineService<S3AtHand>({
  packages: ['swift-proxy', 'swift-account', 'swift-container', 'swift-object'],
  async start(folder) {
    const own = ownFolder(folder, 'swift')
    const devices = ownFolder(own, 'devices')
    ownFolder(devices, 'one')
    const running: { stop(): Promise<void> }[] = []
    const start = async (kind: string, port: number, settings: string) => {
      const file = path.join(own, `${kind}.conf`)
      const common = {
        bind_ip: '127.0.0.1',
        bind_port: port,
        swift_dir: own,
        devices,
        mount_check: false,
        workers: 0,
        user: 'nobody',
      }
      const lines = Object.entries(common).map(([name, value]) => `${name} = ${String(value)}`)
      writeFileSync(file, ['[DEFAULT]', ...lines, settings].join('\n'))
      running.push(await serve(`/usr/bin/swift-${kind}-server`, [file], { port }))
    }
    for (const kind of ['account', 'container', 'object']) {
      const port = await closedPort()
      const builder = path.join(own, `${kind}.builder`)
      // Sixteen partitions, one copy, and no hours to wait between two changes of a ring.
      await run('swift-ring-builder', [builder, 'create', '4', '1', '0'])
      await run('swift-ring-builder', [builder, 'add', `r1z1-127.0.0.1:${port}/one`, '1'])
      await run('swift-ring-builder', [builder, 'rebalance'])
      await start(
        kind,
        port,
        `[pipeline:main]\npipeline = ${kind}-server\n[app:${kind}-server]\nuse = egg:swift#${kind}\n`,
      )
    }
    const login = { region: 'eu-central-1', accessKey: 'candor:probe', secretKey: 'p@ss/word#1' }
    const port = await closedPort()
    await start('proxy', port, proxy(login))
    const at = { ...login, endpoint: `http://127.0.0.1:${port}`, bucket: 'backups', now: () => Date.now() }
    await fill(at)
    return { at, stop: async () => void (await Promise.all(running.map((one) => one.stop()))) }
  },
  expect: expectS3,
})

function proxy({
  region,
  accessKey,
  secretKey,
}: Pick<S3AtHand, 'region' | 'accessKey' | 'secretKey'>): string {
  return `
[pipeline:main]
pipeline = catch_errors cache s3api tempauth slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:cache]
use = egg:swift#memcache
[filter:slo]
use = egg:swift#slo
[filter:s3api]
use = egg:swift#s3api
location = ${region}
[filter:tempauth]
use = egg:swift#tempauth
user_${accessKey.replace(':', '_')} = ${secretKey} .admin
`
}

async function fill({ endpoint, bucket, region, accessKey, secretKey }: S3AtHand): Promise<void> {
  const put = async (place: string, body?: string) => {
    const url = `${endpoint}/${place.split('/').map(encodeURIComponent).join('/')}`
    const login = { accessKeyId: accessKey, secretAccessKey: secretKey, service: 's3', region }
    const signer = new AwsV4Signer({ method: 'PUT', url, body, ...login })
    const { headers } = await signer.sign()
    const signed = new URL(url)
    signed.pathname = signer.encodedPath
    const answer = await fetch(signed, { method: 'PUT', headers, body })
    if (!answer.ok) throw new Error(`${place}: ${answer.status} ${await answer.text()}`)
  }
  await put(bucket)
  for (const [key, text] of Object.entries(s3Objects)) await put(`${bucket}/${key}`, text)
}
