import { expect } from 'vitest'

/** A sample that is up, whole: with a latency, and without a reason. */
export const up = {
  check: 'api/0',
  component: 'api',
  at: expect.any(Number) as number,
  state: 'up',
  latencyMs: expect.any(Number) as number,
}
