import { describe, expect, it } from 'vitest'
import { makeCheck, sampleOf } from '../checks.ts'

/** Whole, without a latency: it was not the target that was asked. */
const up = { check: 'api/0', component: 'api', at: expect.any(Number) as number, state: 'up' }

/** What a check sees of a real Prometheus that has not scraped anything. */
export function expectPrometheus(at: () => { port: number }): void {
  const ask = (written: Record<string, unknown>) =>
    sampleOf(makeCheck('prometheus', { prometheus: `http://localhost:${at().port}`, ...written }))

  it.each([
    ['vector(41.5)', ['value == 41.5', 'rows == 1']],
    ['time()', ['value > 1700000000']],
    ['vector(1) / 0', ['value > 100']],
    [
      'label_replace(vector(1), "job", "a", "", "") or label_replace(vector(2), "job", "b", "", "")',
      ['rows == 2'],
    ],
    ['nothing_of_this_name', ['rows == 0']],
  ])('%s is up with %j', async (query, conditions) => {
    expect(await ask({ query, expect: conditions })).toEqual(up)
  })

  it('is degraded and down by the value found', async () => {
    const steps = { degraded_unless: ['value < 100'], expect: ['value < 1000'] }
    expect(await ask({ query: 'vector(99)', ...steps })).toEqual(up)
    const degraded = { state: 'degraded', reason: 'value is 100, expected less than 100' }
    expect(await ask({ query: 'vector(100)', ...steps })).toMatchObject(degraded)
    const down = { state: 'down', reason: 'value is 1000, expected less than 1000' }
    expect(await ask({ query: 'vector(1000)', ...steps })).toMatchObject(down)
  })

  describe('is unknown', () => {
    it.each([
      ['nothing_of_this_name', 'the query gives no series'],
      ['vector(0) / 0', 'the value is not a number'],
      ['sum(', 'parse error'],
      ['vector(1)[5m:1m]', 'the query gives a matrix, expected a number or a vector'],
      ['"words"', 'the query gives a string'],
    ])('for %s', async (query, reason) => {
      const sample = await ask({ query, expect: ['value < 5'] })
      expect(sample).toMatchObject({ state: 'unknown', reason: expect.stringContaining(reason) as string })
    })
  })
}
