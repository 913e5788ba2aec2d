import { afterEach, expect, it } from 'vitest'
import { attempt } from './attempt.ts'
import { createNetwork } from './network.ts'
import { createStop } from './stop.ts'
import { tcp } from './tcp.ts'
import { makeCheck, NOW, sampleOf } from './testing/checks.ts'
import { closedPort, startTcp, type RunningServer } from './testing/servers.ts'

let server: RunningServer | undefined
afterEach(() => server?.close())

const ask = (target: string, written: Record<string, unknown> = {}) =>
  sampleOf(makeCheck('tcp', { tcp: target, ...written }))

it('is up when the connection is accepted', async () => {
  server = await startTcp(() => undefined)
  const sample = await ask(`127.0.0.1:${server.port}`, { expect: ['latency < 1h'] })
  expect(sample).toMatchObject({ state: 'up' })
  expect(sample.latencyMs).toBeGreaterThan(0)
})

it('finds the address that accepts among several of one name', async () => {
  server = await startTcp(() => undefined)
  expect(await ask(`localhost:${server.port}`)).toMatchObject({ state: 'up' })
})

it('closes what it has opened', async () => {
  const closed = Promise.withResolvers<unknown>()
  server = await startTcp((socket) => socket.resume().on('close', () => closed.resolve('closed')))
  await ask(`127.0.0.1:${server.port}`)
  expect(await closed.promise).toBe('closed')
})

it.each(['127.0.0.1', 'localhost'])('is down when %s refuses', async (host) => {
  const port = await closedPort()
  expect(await ask(`${host}:${port}`)).toMatchObject({
    state: 'down',
    reason: `${host}:${port}: connection refused`,
    code: 'ECONNREFUSED',
  })
})

it('is down when nothing comes back', async () => {
  // Stands in for a host that drops packets, which loopback has not: its lookup hands out no address in time.
  const never = { ...createNetwork({ allowPrivate: true }), lookup: () => undefined }
  const { observation } = await attempt(
    tcp,
    makeCheck('tcp', { tcp: 'db.example:5432', timeout: '50ms' }).options,
    {
      number: 0,
      pass: { network: { ...never, addressesOf: async () => [] }, now: () => NOW, onEnd: () => undefined },
      stop: createStop(undefined),
    },
  )
  expect(observation).toEqual({ outcome: 'failed', reason: 'no connection within 50 ms', code: 'timeout' })
})

it('is unknown when the lookup of the name does not end, for that is the affair of the prober', async () => {
  const network = {
    ...createNetwork({ allowPrivate: true }),
    addressesOf: () => new Promise<never>(() => undefined),
  }
  const { observation } = await attempt(
    tcp,
    makeCheck('tcp', { tcp: 'db.example:5432', timeout: '50ms' }).options,
    {
      number: 0,
      pass: { network, now: () => NOW, onEnd: () => undefined },
      stop: createStop(undefined),
    },
  )
  expect(observation).toMatchObject({ outcome: 'unknown', code: 'lookup_timeout' })
})
