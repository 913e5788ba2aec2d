import { describe, expect, it } from 'vitest'
import { siteSchema } from '../model/site.ts'
import type { Status } from '../model/status.ts'
import { DAY, HOUR, MINUTE, SECOND, parseInstant, type Instant } from '../model/time.ts'
import type { Timeline } from './interval.ts'
import { strip, stripSummary, stripView } from './strip.ts'

const now = at('2026-11-21T18:00:00Z')

describe('a day of the strip', () => {
  const today = (...parts: [hours: number, status: Status][]) =>
    strip(timelineOf(at('2026-11-21T00:00:00Z'), parts), now).at(-1)

  it.each<[what: string, parts: [hours: number, status: Status][], status: Status, minutes: number]>([
    ['well all day', [[18, 'operational']], 'operational', 0],
    ['nothing known', [[18, 'unknown']], 'unknown', 0],
    ['not even a timeline', [], 'unknown', 0],
    [
      'what is not known does not hide what is',
      [
        [17, 'unknown'],
        [1, 'operational'],
      ],
      'operational',
      0,
    ],
    [
      'the worst, and all of its trouble',
      [
        [1, 'degraded'],
        [2, 'major_outage'],
        [15, 'operational'],
      ],
      'major_outage',
      180,
    ],
    [
      'maintenance',
      [
        [2, 'under_maintenance'],
        [16, 'operational'],
      ],
      'under_maintenance',
      120,
    ],
    [
      'trouble is not lengthened by maintenance',
      [
        [2, 'under_maintenance'],
        [1, 'degraded'],
        [15, 'operational'],
      ],
      'degraded',
      60,
    ],
    [
      'minutes are rounded up',
      [
        [SECOND / HOUR, 'major_outage'],
        [17, 'operational'],
      ],
      'major_outage',
      1,
    ],
  ])('%s', (_what, parts, status, minutes) => {
    expect(today(...parts)).toMatchObject({ day: '2026-11-21', status, minutes })
  })

  it('says how long it was in each status', () => {
    expect(today([1, 'degraded'], [2, 'unknown'], [3, 'operational'], [1, 'degraded'])?.time).toEqual({
      degraded: 2 * HOUR,
      unknown: 2 * HOUR,
      operational: 3 * HOUR,
    })
  })
})

describe('the strip', () => {
  it('has ninety days, today the last', () => {
    const days = strip([], now)
    expect([days.length, days[0]?.day, days.at(-1)?.day]).toEqual([90, '2026-08-24', '2026-11-21'])
  })

  it('puts trouble across midnight on both days, and its length on the one on which it began', () => {
    const timeline = timelineOf(at('2026-11-19T00:00:00Z'), [
      [23.5, 'operational'],
      [0.75, 'degraded'],
      [0.25, 'major_outage'],
      [24, 'operational'],
    ])
    const days = strip(timeline, now, 3)
    expect(days.map(({ status, minutes }) => [status, minutes])).toEqual([
      ['degraded', 30],
      ['major_outage', 30],
      ['operational', 0],
    ])
    expect(days.map(({ longest }) => longest)).toEqual([
      { from: at('2026-11-19T23:30:00Z'), to: at('2026-11-20T00:30:00Z'), status: 'major_outage' },
      undefined,
      undefined,
    ])
    expect(stripSummary(days)).toEqual({ troubledDays: 2, longest: days[0]?.longest })
  })

  it('cuts off what came before it', () => {
    const timeline = timelineOf(at('2026-11-10T00:00:00Z'), [
      [24, 'major_outage'],
      [30 * 24, 'operational'],
    ])
    expect(strip(timeline, now, 3).map(({ status, longest }) => [status, longest])).toEqual(
      Array(3).fill(['operational', undefined]),
    )
  })

  it('stays linear: a year of flapping by the minute', { timeout: 20_000 }, () => {
    const from = now - 365 * DAY
    const timeline: Timeline = Array.from({ length: 365 * 24 * 60 }, (_, i) => ({
      from: from + i * MINUTE,
      to: from + (i + 1) * MINUTE,
      status: i % 2 ? 'major_outage' : 'operational',
    }))
    const days = strip(timeline, now, 90)
    expect(days.slice(0, -1).every(({ minutes }) => minutes === 720)).toBe(true)
  })
})

it('and the figure beside it come from one timeline', () => {
  const site = siteSchema.parse({ name: 'Acme', url: 'https://status.acme.example' })
  const outage = { startedAt: at('2026-11-20T00:00:00Z'), resolvedAt: at('2026-11-20T01:00:00Z') }
  const incident = {
    affected: { api: 'major_outage' as const },
    updates: [],
    phase: 'resolved' as const,
    severity: 'major' as const,
    pinned: false,
    announcement: false,
  }
  const file = { id: 'x', file: 'incidents/x.md', digest: '', readFully: true, title: 'x', labels: [] }
  const world = {
    ...{
      site,
      groups: [],
      components: [],
      maintenance: [],
      corrections: [],
      unread: [],
      history: {},
      metrics: {},
      live: [],
      problems: [],
    },
    incidents: [{ ...file, ...incident, ...outage }],
    textOf: () => ({ intro: { html: '', plain: '' }, updates: [], sections: [] }),
  }
  const component = {
    id: 'api',
    name: 'API',
    only_show_if_degraded: false,
    metrics: [],
    readFully: true,
    checks: [],
    since: now - 10 * DAY,
  }
  const view = stripView(world, component, now)
  expect(view).toMatchObject({
    source: 'declared',
    percent: '99.583',
    insufficient: true,
    since: now - 10 * DAY,
  })
  expect(view.days.slice(-2)).toEqual([
    { day: '2026-11-20', status: 'major_outage', minutes: 60 },
    { day: '2026-11-21', status: 'operational', minutes: 0 },
  ])
  expect(view.coverage).toBeCloseTo((10 * DAY) / (89 * DAY + 18 * HOUR), 12)
})

function timelineOf(from: Instant, parts: [hours: number, status: Status][]): Timeline {
  let begin = from
  return parts.map(([hours, status]) => ({ from: begin, to: (begin += hours * HOUR), status }))
}

function at(text: string): Instant {
  return parseInstant(text) ?? NaN
}
