import { describe, expect, it } from 'vitest'
import { liveMetricSchema, metricDaySchema, MOST_VALUES, type MetricReading } from '../model/metric.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../model/time.ts'
import { recordMetrics } from './record-metrics.ts'

const NOON = Date.UTC(2026, 10, 21, 12)
const listed = [{ component: 'api', metric: 'rate' }]

const reading = (at: number, value?: number, more: object = {}): MetricReading => ({
  component: 'api',
  metric: 'rate',
  at,
  ...(value === undefined ? { why: 'no answer' } : { value }),
  ...more,
})

/** Records passes one after the other; each has its readings and is over with the last of them. */
function record(...passes: [now: number, ...readings: MetricReading[]][]) {
  let live: ReturnType<typeof recordMetrics>['metrics'] | undefined
  const days: ReturnType<typeof recordMetrics>['days'] = []
  const refused: MetricReading[] = []
  for (const [now, ...readings] of passes) {
    const before = structuredClone(live)
    const recorded = recordMetrics({ live, readings, listed, now })
    expect(live).toEqual(before)
    live = JSON.parse(JSON.stringify(recorded.metrics)) as typeof recorded.metrics
    for (const entry of Object.values(live)) liveMetricSchema.parse(entry)
    days.push(...recorded.days)
    refused.push(...recorded.refused)
  }
  for (const { line } of days) metricDaySchema.parse(line)
  return { entry: live?.['api.rate'], days, refused }
}

describe('a day', () => {
  it('becomes a line at the first pass of a later day, of all its values', () => {
    const values = [4, 1, 3, 2, 10]
    const passes = values.map((value, index): [number, MetricReading] => {
      const at = NOON + index * HOUR
      return [at, reading(at, value)]
    })
    const { days, entry } = record(...passes, [NOON + DAY])
    expect(days).toEqual([
      {
        metric: 'api.rate',
        line: { v: 1, d: '2026-11-21', n: 5, min: 1, avg: 4, max: 10, p50: 3, p95: 10, last: 10 },
      },
    ])
    expect(entry?.today).toBeUndefined()
  })

  it('without a value has no line', () => {
    expect(record([NOON, reading(NOON)], [NOON + DAY, reading(NOON + DAY)]).days).toEqual([])
  })

  it('ends with the first value of the next, also within one pass', () => {
    const midnight = Date.UTC(2026, 10, 22)
    const { days, entry } = record([midnight + MINUTE, reading(midnight - 1, 1), reading(midnight, 2)])
    expect(days.map(({ line }) => [line.d, line.n, line.last])).toEqual([['2026-11-21', 1, 1]])
    expect(entry?.today).toMatchObject({ d: '2026-11-22', n: 1, last: 2 })
  })

  it('has no digits that its values have not', () => {
    const readings = [0.1, 0.2, 0.3].map((value, index) => reading(NOON + index, value))
    expect(record([NOON + 9, ...readings], [NOON + DAY]).days[0]?.line.avg).toBe(0.2)
  })

  it('with very many values keeps some of them for its percentiles, and all for the rest', () => {
    const n = 10_000
    const readings = Array.from({ length: n }, (_, index) => reading(NOON + index, index))
    const { entry, days } = record([NOON + n, ...readings], [NOON + DAY])
    expect(days[0]?.line).toMatchObject({ n, min: 0, max: n - 1, avg: (n - 1) / 2 })
    expect(Math.abs((days[0]?.line.p95 ?? 0) - 0.95 * n)).toBeLessThan(n / 500)
    expect(entry?.recent.length).toBeLessThanOrEqual(289)
    const whole = record([NOON + n, ...readings]).entry?.today?.values.length ?? 0
    expect(whole).toBeGreaterThan(MOST_VALUES / 2)
    expect(whole).toBeLessThanOrEqual(MOST_VALUES)
  })
})

describe('the last 24 hours', () => {
  it('hold one value for five minutes, the last, and nothing older', () => {
    const passes = Array.from({ length: 26 * 60 }, (_, minute): [number, MetricReading] => {
      const at = NOON + minute * MINUTE
      return [at, reading(at, minute)]
    })
    const { entry } = record(...passes)
    expect(entry?.recent).toHaveLength(289)
    expect(entry?.recent.at(-1)).toEqual([(NOON + 1559 * MINUTE) / SECOND, 1559])
    expect(entry?.recent[0]?.[1]).toBe(119)
  })
})

describe('what is not there', () => {
  it('leaves the last value as it is, and says why there is no newer one', () => {
    const { entry } = record([NOON, reading(NOON, 5)], [NOON + HOUR, reading(NOON + HOUR)])
    expect(entry).toMatchObject({
      asked_at: '2026-11-21T13:00:00Z',
      last: { at: '2026-11-21T12:00:00Z', value: 5 },
      why: 'no answer',
      today: { n: 1 },
    })
  })

  it('is forgotten as a reason with the next value', () => {
    const { entry } = record([NOON, reading(NOON)], [NOON + HOUR, reading(NOON + HOUR, 0)])
    expect(entry?.why).toBeUndefined()
    expect(entry?.last?.value).toBe(0)
  })
})

describe('what is pushed', () => {
  it('may come out of its order', () => {
    const late = reading(NOON, 1, { pushed: true })
    const { entry } = record(
      [NOON + HOUR, reading(NOON + HOUR, 2, { pushed: true })],
      [NOON + HOUR + 1, late],
    )
    expect(entry).toMatchObject({ last: { value: 2 }, today: { n: 2, min: 1, max: 2 } })
    expect(entry?.asked_at).toBeUndefined()
    expect(entry?.recent).toEqual([[(NOON + HOUR) / SECOND, 2]])
  })

  it('before midnight is of its day, when the pass is after it', () => {
    const midnight = Date.UTC(2026, 10, 22)
    const { days, refused } = record([midnight + 1, reading(midnight - 1, 7, { pushed: true })])
    expect(days.map(({ line }) => line.d)).toEqual(['2026-11-21'])
    expect(refused).toEqual([])
  })

  it.each([
    ['of a day whose line is written', reading(NOON - HOUR, 1, { pushed: true })],
    ['of the future', reading(NOON + 2 * DAY, 1, { pushed: true })],
    ['of no metric that is listed', { ...reading(NOON + DAY, 1), metric: 'other' }],
  ])('%s is refused', (_, odd) => {
    const { refused, days } = record([NOON, reading(NOON, 5)], [NOON + DAY], [NOON + DAY, odd])
    expect(refused).toEqual([odd])
    expect(days).toHaveLength(1)
  })
})

it('a metric that is no longer listed is forgotten, and its day is written', () => {
  const { metrics } = recordMetrics({ live: undefined, readings: [reading(NOON, 5)], listed, now: NOON })
  const later = recordMetrics({ live: metrics, readings: [], listed: [], now: NOON + DAY })
  expect(later.metrics).toEqual({})
  expect(later.days).toHaveLength(1)
})
