/**
 * Healthy endpoints on ports of their own, for the probes to ask: `node bench/floors/endpoints.ts <count>` prints their
 * ports as JSON and serves until its standard input ends.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const body = JSON.stringify({
  status: 'ok',
  checks: { database: 'up', queue: 'up' },
  version: '1.42.0',
  pad: 'x'.repeat(400),
})

const ports = Array.from(
  { length: Number(process.argv[2]) },
  () =>
    new Promise<number>((resolve, reject) => {
      const server = createServer((_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(body)
      })
      server.once('error', reject)
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
    }),
)
process.stdout.write(`${JSON.stringify(await Promise.all(ports))}\n`)
process.stdin.on('end', () => process.exit()).resume()
