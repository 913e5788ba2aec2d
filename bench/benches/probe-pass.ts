import { Agent, request } from 'undici'
import { createSlots } from '../../checks/slots.ts'
import { runChecks } from '../../checks/run-checks.ts'
import { checkKinds, type Check } from '../../src/model/check.ts'
import type { Bench } from '../contract.ts'
import { startEndpoints } from '../floors/start-endpoints.ts'
import { interleaved, timed } from '../measure.ts'

/** The same for both. */
const CONCURRENCY = 50

/** One pass over local endpoints, against plain requests to the same ones. */
export const probePass: Bench = {
  name: 'probe-pass',
  about: 'every check made once; floor: the same requests by undici alone, as many at a time, bodies read',
  async run({ quick, say }) {
    const count = quick ? 20 : 1_000
    const { urls, close } = await startEndpoints(count)
    try {
      const checks = urls.map(checkOf)
      say(`asking ${count.toLocaleString('en')} endpoints …`)
      const rounds = quick ? 1 : 9
      // The first of each loads modules and warms the compiler up.
      await pass(checks)
      await plainRequests(urls)
      const { checked, plain } = await interleaved(rounds, {
        checked: () => timed(() => pass(checks)),
        plain: () => timed(() => plainRequests(urls)),
      })
      const name = `pass over ${count.toLocaleString('en')} endpoints`
      return [{ name, value: checked, unit: 'ms', against: { what: 'floor', value: plain } }]
    } finally {
      await close()
    }
  },
}

function checkOf(url: string, index: number): Check {
  const component = `service-${String(index)}`
  const options = checkKinds.http.options.parse({ http: url })
  return { id: `${component}/0`, component, kind: 'http', options, conditions: [], degradedUnless: [] }
}

async function pass(checks: Check[]): Promise<void> {
  const samples = await runChecks(checks, {
    env: {},
    now: Date.now,
    concurrency: CONCURRENCY,
    allowPrivate: true,
  })
  const bad = samples.find(({ state }) => state !== 'up')
  if (bad) throw new Error(`${bad.check} is ${bad.state}: ${bad.reason ?? ''}`)
}

async function plainRequests(urls: string[]): Promise<void> {
  const dispatcher = new Agent()
  const slots = createSlots(CONCURRENCY)
  await Promise.all(
    urls.map((url) =>
      slots.use(async () => {
        const { statusCode, body } = await request(url, { dispatcher })
        await body.arrayBuffer()
        if (statusCode !== 200) throw new Error(`${url} answered ${String(statusCode)}`)
      }),
    ),
  )
  await dispatcher.destroy()
}
