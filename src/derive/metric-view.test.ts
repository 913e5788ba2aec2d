import { describe, expect, it } from 'vitest'
import { latencyBuckets, type Rollup } from '../model/history.ts'
import { metricSchema, type MetricDay } from '../model/metric.ts'
import { DAY, HOUR, MINUTE, utcDay } from '../model/time.ts'
import type { World } from '../model/world.ts'
import { histogramPercentile, mergeHistograms } from './histogram.ts'
import { metricView } from './metric-view.ts'
import { recordMetrics } from './record-metrics.ts'
import { responseView } from './response-view.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
const dayAgo = (days: number) => utcDay(NOW - days * DAY)

describe('a metric', () => {
  const view = (
    written: object,
    { last, days = [] }: { last?: [at: number, value: number]; days?: MetricDay[] },
  ) => {
    const metric = metricSchema.parse({ id: 'rate', name: 'Rate', push: true, ...written })
    const readings = last ? [{ component: 'api', metric: 'rate', at: last[0], value: last[1] }] : []
    const listed = [{ component: 'api', metric: 'rate' }]
    const { metrics } = recordMetrics({ live: undefined, readings, listed, now: last?.[0] ?? NOW })
    const live = [{ metrics }]
    const world = { live, metrics: { 'api.rate': days.map((day) => ({ ...day, writer: 'eu' })) } }
    return metricView(world as unknown as World, 'api', metric, NOW)
  }
  const day = (ago: number, avg: number, n = 288): MetricDay => ({
    v: 1,
    d: dayAgo(ago),
    n,
    min: avg,
    avg,
    max: avg,
    p50: avg,
    p95: avg,
    last: avg,
  })
  const days = (from: number, to: number, avg: number) =>
    Array.from({ length: to - from + 1 }, (_, index) => day(from + index, avg))

  it.each([
    [{}, 5, 'none'],
    [{ warn_over: 5 }, 5, 'well'],
    [{ warn_over: 5 }, 5.1, 'warn'],
    [{ warn_over: 5, crit_over: 10 }, 11, 'crit'],
    [{ warn_under: 2 }, 0, 'warn'],
    [{ warn_under: 2, crit_under: 1 }, 0, 'crit'],
    [{ warn_under: 2, warn_over: 5 }, 3, 'well'],
  ])('with %j at %d is %s', (limits, value, state) => {
    expect(view(limits, { last: [NOW - MINUTE, value] }).latest).toEqual({ value, at: NOW - MINUTE, state })
  })

  it.each([
    ['pushed within a day', {}, NOW - 23 * HOUR, true],
    ['pushed more than a day ago', {}, NOW - 25 * HOUR, false],
    [
      'asked for within three beats',
      { push: undefined, json: { url: 'https://a.example', path: '$' } },
      NOW - 14 * MINUTE,
      true,
    ],
    [
      'asked for before that',
      { push: undefined, json: { url: 'https://a.example', path: '$' } },
      NOW - 16 * MINUTE,
      false,
    ],
    ['of the future', {}, NOW + HOUR, false],
  ])('a value %s', (_, written, at, shown) => {
    expect(view(written, { last: [at, 0] }).latest !== undefined).toBe(shown)
  })

  it('shows 24 hours from the snapshot, and 90 days with the one that runs', () => {
    const seen = view(
      { unit: 'req/s' },
      { last: [NOW - MINUTE, 7], days: [day(100, 1), day(89, 2), day(1, 3)] },
    )
    expect(seen.recent).toEqual([[NOW - MINUTE, 7]])
    expect(seen.days.map(({ day, avg }) => [day, avg])).toEqual([
      [dayAgo(0), 7],
      [dayAgo(1), 3],
      [dayAgo(89), 2],
    ])
    expect(seen.unit).toBe('req/s')
  })

  it.each([
    ['up', [...days(1, 7, 15), ...days(8, 14, 10)], 50],
    ['down', [...days(1, 7, 5), ...days(8, 14, 10)], -50],
    ['nowhere', [...days(1, 7, 10), ...days(8, 14, 10)], 0],
    ['towards zero from below', [...days(1, 7, -5), ...days(8, 14, -10)], 50],
    ['unknown, with four days', [...days(1, 4, 15), ...days(8, 14, 10)], undefined],
    ['unknown, with four days before', [...days(1, 7, 15), ...days(8, 11, 10)], undefined],
    ['unknown, from zero', [...days(1, 7, 15), ...days(8, 14, 0)], undefined],
    ['by values and not by days', [day(1, 100, 1), ...days(2, 7, 10), ...days(8, 14, 10)], 1],
  ])('goes %s', (_, history, trend) => {
    expect(view({}, { days: history.toReversed() }).trend).toBe(trend)
  })

  it('says nothing where there is nothing', () => {
    expect(view({}, {})).toEqual({ id: 'rate', name: 'Rate', recent: [], days: [] })
  })
})

describe('percentiles of merged histograms', () => {
  const bucketOf = (ms: number) => {
    const found = latencyBuckets.findIndex((bound) => ms <= bound)
    return found === -1 ? latencyBuckets.length : found
  }
  const histogramOf = (values: number[]) =>
    values.reduce(
      (counts, ms) => counts.with(bucketOf(ms), (counts[bucketOf(ms)] ?? 0) + 1),
      Array<number>(10).fill(0),
    )

  it.each([50, 95, 99])(
    'p%d lies in the bucket of the true one, over days of different shapes',
    (percent) => {
      // A fixed sequence; each day ten times as slow as the one before.
      const values = Array.from({ length: 3_000 }, (_, index) => {
        const even = ((index * 7919) % 1000) / 1000
        return 20 * 10 ** Math.floor(index / 1_000) * (0.5 + even)
      })
      const perDay = [0, 1, 2].map((at) => histogramOf(values.slice(at * 1_000, (at + 1) * 1_000)))
      const merged = mergeHistograms(perDay)
      expect(merged).toEqual(histogramOf(values))
      const exact = values.toSorted((a, b) => a - b)[Math.ceil((percent / 100) * values.length) - 1] ?? NaN
      const found = histogramPercentile(merged, percent) ?? NaN
      expect(bucketOf(found)).toBe(bucketOf(exact))
      expect(found / exact).toBeGreaterThan(0.5)
      expect(found / exact).toBeLessThan(2)
    },
  )

  it('say no more than the last bound of what is slower, and nothing of nothing', () => {
    expect(histogramPercentile(histogramOf([9_000, 20_000]), 50)).toBe(6_400)
    expect(histogramPercentile(mergeHistograms([]), 50)).toBeUndefined()
  })
})

describe('how a component answered', () => {
  const rollup = (ago: number, more: Partial<Rollup> = {}): Rollup => ({
    v: 1,
    d: dayAgo(ago),
    n: 1440,
    ok: 1430,
    deg: 0,
    down: 6,
    part: 2,
    unk: 2,
    t0: '00:00:00',
    t1: '23:59:00',
    gaps: 0,
    hist: [0, 0, 0, 1438, 0, 0, 0, 0, 0, 0],
    ...more,
  })

  it('is counted over complete days, by all vantage points together, without what could not tell', () => {
    const days = [
      rollup(0),
      rollup(1),
      rollup(1, { down: 0, ok: 1436 }),
      rollup(3),
      rollup(20),
      rollup(90),
      rollup(91),
    ]
    const view = responseView(days, NOW)
    expect(view?.windows.map(({ days, seen, passes, failed }) => [days, seen, passes, failed])).toEqual([
      [7, 2, 3 * 1438, 18],
      [30, 3, 4 * 1438, 26],
      [90, 4, 5 * 1438, 34],
    ])
    expect(view?.windows[0]).toMatchObject({ p50: 150, p95: 195, p99: 199, passesPerDay: 2157 })
  })

  it('has a trend of its slow answers', () => {
    const slow = [0, 0, 0, 0, 1438, 0, 0, 0, 0, 0]
    const days = Array.from({ length: 14 }, (_, index) => rollup(index + 1, index < 7 ? { hist: slow } : {}))
    expect(responseView(days, NOW)?.trend).toBe(100)
  })

  it('is absent without a complete day, and has no latency without an answer', () => {
    expect(responseView([rollup(0)], NOW)).toBeUndefined()
    expect(responseView([rollup(1, { hist: undefined })], NOW)?.windows[0]).not.toHaveProperty('p50')
    expect(responseView([rollup(1, { n: 5, unk: 5 })], NOW)).toBeUndefined()
  })
})
