import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { stringify } from 'yaml'
import { MINUTE, SECOND } from '../../src/model/time.ts'
import type { Bench, Row } from '../contract.ts'
import { startEndpoints } from '../floors/start-endpoints.ts'
import { run } from '../measure.ts'
import type { Probing, ProbingOrder } from '../processes/probing.ts'

/** Checks of one component. */
const EACH = 10

/** The loop of `status watch`, in a process of its own. */
export const steadyProbing: Bench = {
  name: 'steady-probing',
  about:
    'the loop of `status watch` over many endpoints: its beat, its event loop, and its memory after an hour',
  async run({ quick, folder, say }) {
    const [many, some] = quick ? [20, 20] : [10_000, 200]
    const rows: Row[] = []
    const intervalMs = quick ? SECOND : MINUTE
    const count = many.toLocaleString('en')

    say(`looking at ${count} endpoints every ${String(intervalMs / SECOND)} s, twice …`)
    const beat = await probing(many, path.join(folder, 'many'), { intervalMs, passes: 2, simulated: false })
    rows.push(
      { name: `beat over ${count} endpoints, longest pass`, value: beat.longestPassMs, unit: 'ms' },
      { name: `beat over ${count} endpoints, event loop p99`, value: beat.delay.p99, unit: 'ms' },
      { name: `beat over ${count} endpoints, event loop at worst`, value: beat.delay.max, unit: 'ms' },
    )

    const passes = quick ? 6 : 60
    say(`${String(passes)} passes over ${String(some)} endpoints, one after the other …`)
    const hour = await probing(some, path.join(folder, 'some'), {
      intervalMs: MINUTE,
      passes,
      simulated: true,
    })
    const mebibytes = (bytes: number) => bytes / 2 ** 20
    rows.push({
      name: 'heap after an hour of passes',
      value: mebibytes(hour.heap.late),
      unit: 'MiB',
      against: { what: 'after ten minutes', value: mebibytes(hour.heap.early) },
    })
    return rows
  },
}

async function probing(count: number, root: string, order: Omit<ProbingOrder, 'root'>): Promise<Probing> {
  const { urls, close } = await startEndpoints(count)
  try {
    writeWorld(root, urls)
    const script = path.resolve(import.meta.dirname, '../processes/probing.ts')
    const out = await run(process.execPath, ['--expose-gc', script, JSON.stringify({ root, ...order })])
    return JSON.parse(out) as Probing
  } finally {
    await close()
  }
}

function writeWorld(root: string, urls: string[]): void {
  mkdirSync(root, { recursive: true })
  writeFileSync(path.join(root, 'site.yaml'), 'name: Bench\nurl: https://status.example.com\n')
  const components = Array.from({ length: Math.ceil(urls.length / EACH) }, (_, index) => ({
    id: `service-${String(index)}`,
    name: `Service ${String(index)}`,
    check: urls.slice(index * EACH, (index + 1) * EACH).map((http) => ({ http })),
  }))
  writeFileSync(path.join(root, 'components.yaml'), stringify({ components }))
}
