import { describe, expect, it } from 'vitest'
import { MINUTE } from '../src/model/time.ts'
import { worldFolder } from '../src/testing/write-world.ts'
import { probePass, type PassOrder } from './probe-pass.ts'

const orderOf = (root: string): PassOrder => ({
  root,
  writer: 'local',
  intervalMs: MINUTE,
  env: {},
  allowPrivate: true,
  now: Date.now,
})

describe('a pass', () => {
  it("runs the scripts of the world's own checks/", async () => {
    const root = worldFolder({
      'site.yaml': 'name: Acme\nurl: https://status.acme.example\n',
      'components.yaml': `components: [{ id: queue, name: Queue, check: { script: checks/own/queue.mjs, retries: 0, expect: [value < 10] } }]\n`,
      'checks/own/queue.mjs': 'export default () => ({ value: 70 })',
    })
    const { samples } = await probePass(orderOf(root))
    expect(samples).toMatchObject([{ state: 'down', reason: 'value is 70, expected less than 10' }])
  })
})
