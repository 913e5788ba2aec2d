import type { networkInterfaces } from 'node:os'
import { expect, it, onTestFinished } from 'vitest'
import { makeCheck, NOW, testing } from './testing/checks.ts'
import { closedPort, startHttp, startTcp } from './testing/servers.ts'
import { startUdp } from './testing/udp-server.ts'
import type { Check, Sample } from '../src/model/check.ts'
import { createNetwork } from './network.ts'
import { unlessOffline, type Anchors } from './offline.ts'
import { runChecks } from './run-checks.ts'

/** Loopback, written so that it is not seen to be: to the rules a place somewhere in the network. */
const away = (port: number) => `[::ffff:127.0.0.1]:${String(port)}`

it('calls nothing down while no target and no anchor answers', async () => {
  const [first, second, third, fourth] = await closedPorts()
  const samples = await pass([first, second], { anchors: [third, fourth].map(away) })
  expect(samples).toMatchObject([{ code: 'offline' }, { code: 'offline' }])
  expect(samples.map(({ state, reason }) => `${state}: ${reason ?? ''}`)).toEqual(
    Array(2).fill('unknown: this prober is offline: neither this nor what it asks to be sure answers'),
  )
})

it('calls down what is down when an anchor answers, or when another target does', async () => {
  const { port: up } = await listening()
  const [down, dead] = await closedPorts()
  expect(await pass([down], { anchors: [away(dead), away(up)] })).toMatchObject([{ state: 'down' }])
  expect(await pass([down, up], { anchors: [away(dead)] })).toMatchObject([
    { state: 'down' },
    { state: 'up' },
  ])
})

it('takes a bad answer for an answer', async () => {
  const server = await startHttp((_, response) => void response.writeHead(503).end())
  onTestFinished(() => server.close())
  const [down, dead] = await closedPorts()
  const checks = [
    makeCheck('http', { http: `http://${away(server.port)}/` }),
    makeCheck('tcp', { tcp: away(down) }, 'db/0'),
  ]
  const samples = await runChecks(checks, { ...testing, anchors: [away(dead)] })
  expect(samples).toMatchObject([{ code: 'http_503' }, { state: 'down' }])
})

it('asks no anchor while a target answers', async () => {
  const { port: up } = await listening()
  let asked = 0
  const anchor = await startTcp(() => asked++)
  onTestFinished(() => anchor.close())
  const [down] = await closedPorts()
  await pass([up, down], { anchors: [away(anchor.port)] })
  expect(asked).toBe(0)
  await pass([down], { anchors: [away(anchor.port)] })
  expect(asked).toBe(1)
})

it('needs no anchor where no network interface is up', async () => {
  let asked = 0
  const anchor = await startTcp(() => asked++)
  onTestFinished(() => anchor.close())
  const [down] = await closedPorts()
  const samples = await pass([down], { anchors: [away(anchor.port)], interfaces: () => ({ lo: [loopback] }) })
  expect(samples).toMatchObject([
    { state: 'unknown', code: 'offline', reason: expect.stringMatching(/no network interface/) as string },
  ])
  expect(asked).toBe(0)
})

it.each<[string, (port: number) => string, Anchors]>([
  ['of this machine', (port) => `127.0.0.1:${String(port)}`, ['127.0.0.1:9']],
  ['of this machine by name', (port) => `localhost:${String(port)}`, ['127.0.0.1:9']],
  ['that is private, by the internet', (port) => `127.0.0.1:${String(port)}`, 'internet'],
  ['without anchors', away, []],
])('does not doubt itself for a target %s', async (_, place, anchors) => {
  const [port] = await closedPorts()
  const check = makeCheck('tcp', { tcp: place(port) })
  const noNetwork = { interfaces: () => ({ lo: [loopback] }) }
  expect(await runChecks([check], { ...testing, ...noNetwork, anchors })).toMatchObject([{ state: 'down' }])
})

it('cannot doubt itself by anchors that it may not ask', async () => {
  const check = makeCheck('tcp', { tcp: 'api.example:443' })
  const samples: Sample[] = [{ check: check.id, component: check.component, at: NOW, state: 'down' }]
  const network = createNetwork({ allowPrivate: false })
  const outside = { interfaces: () => ({ eth0: [outward] }) }
  expect(await unlessOffline([check], samples, { anchors: ['127.0.0.1:9'], network, ...outside })).toBe(
    samples,
  )
})

it('believes no push for its network, and calls none late while it is offline', async () => {
  const [down, dead] = await closedPorts()
  const late = { ...makeCheck('tcp', { tcp: away(down) }, 'job/0'), kind: 'heartbeat' } as unknown as Check
  const early = { ...late, id: 'job/1' }
  const web = makeCheck('tcp', { tcp: away(down) })
  const seen = (check: Check, state: Sample['state']) => ({
    check: check.id,
    component: check.component,
    at: NOW,
    state,
  })
  const samples = [seen(web, 'down'), seen(late, 'down'), seen(early, 'up')]
  const network = createNetwork({ allowPrivate: true })
  const judged = await unlessOffline([web, late, early], samples, { anchors: [away(dead)], network })
  expect(judged.map(({ state }) => state)).toEqual(['unknown', 'unknown', 'up'])
})

it('takes no silence over UDP for an answer', async () => {
  const silent = await startUdp(() => undefined)
  onTestFinished(() => silent.close())
  const [down, dead] = await closedPorts()
  const checks = [
    makeCheck('tcp', { tcp: away(down) }),
    makeCheck('udp', { udp: away(silent.port), send: 'x', reply: false }, 'log/0'),
  ]
  const samples = await runChecks(checks, { ...testing, anchors: [away(dead)] })
  expect(samples).toMatchObject([{ code: 'offline' }, { state: 'up' }])
})

it('leaves alone what it could not ask for other reasons', async () => {
  const [down, dead] = await closedPorts()
  const checks = [
    makeCheck('tcp', { tcp: away(down) }),
    makeCheck('http', { http: 'http://${NOT_SET}.example/' }, 'db/0'),
  ]
  const samples = await runChecks(checks, { ...testing, anchors: [away(dead)] })
  expect(samples).toMatchObject([{ code: 'offline' }, { code: 'env' }])
})

async function pass(ports: number[], options: { anchors: Anchors; interfaces?: typeof networkInterfaces }) {
  const checks = ports.map((port, index) => makeCheck('tcp', { tcp: away(port) }, `c${String(index)}/0`))
  return runChecks(checks, { ...testing, interfaces: () => ({ eth0: [outward] }), ...options })
}

async function listening() {
  const server = await startTcp((socket) => socket.end())
  onTestFinished(() => server.close())
  return server
}

function closedPorts(): Promise<[number, number, number, number]> {
  return Promise.all([closedPort(), closedPort(), closedPort(), closedPort()])
}

const loopback = {
  ...{ address: '127.0.0.1', netmask: '255.0.0.0', family: 'IPv4' as const },
  ...{ mac: '00:00:00:00:00:00', internal: true, cidr: '127.0.0.1/8' },
}
const outward = { ...loopback, address: '192.0.2.7', internal: false, cidr: '192.0.2.7/24' }
