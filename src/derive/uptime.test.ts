import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { readWorld } from '../files/read-world.ts'
import { downtimeWeight } from '../model/site.ts'
import { statuses, type Status } from '../model/status.ts'
import { DAY, HOUR, SECOND, iso, parseInstant } from '../model/time.ts'
import { worldFolder } from '../testing/write-world.ts'
import type { Timeline } from './interval.ts'
import { componentTimeline } from './timeline.ts'
import { formatPercent, meanUptime, uptimeOf, uptimeWindows, windowEnding } from './uptime.ts'

const window = { from: 0, to: 10 * HOUR }
const weightOf = (status: Status) => statuses[status].weight

describe('uptime', () => {
  it.each<
    [
      what: string,
      timeline: [hours: number, status: Status][],
      percent: number | undefined,
      coverage: number,
      downSeconds: number,
    ]
  >([
    ['all is well', [[10, 'operational']], 100, 1, 0],
    [
      'an hour of ten down',
      [
        [9, 'operational'],
        [1, 'major_outage'],
      ],
      90,
      1,
      3600,
    ],
    [
      'a partial outage counts three tenths',
      [
        [9, 'operational'],
        [1, 'partial_outage'],
      ],
      97,
      1,
      1080,
    ],
    [
      'degraded and under review count as up',
      [
        [5, 'degraded'],
        [5, 'under_review'],
      ],
      100,
      1,
      0,
    ],
    ['down all the time', [[10, 'major_outage']], 0, 1, 36000],
    [
      'what is unknown is not in the account',
      [
        [4, 'operational'],
        [5, 'unknown'],
        [1, 'major_outage'],
      ],
      80,
      0.5,
      3600,
    ],
    [
      'nor is maintenance, which is known',
      [
        [4, 'operational'],
        [5, 'under_maintenance'],
        [1, 'major_outage'],
      ],
      80,
      1,
      3600,
    ],
    ['nothing but maintenance is no figure', [[10, 'under_maintenance']], undefined, 1, 0],
    ['nothing known is no figure', [[10, 'unknown']], undefined, 0, 0],
    ['no timeline is no figure', [], undefined, 0, 0],
  ])('%s', (_what, hours, percent, coverage, downSeconds) => {
    expect(uptimeOf(timelineOf(hours), window, weightOf)).toMatchObject({
      ...(percent !== undefined && { percent }),
      coverage,
      downSeconds,
    })
    expect(uptimeOf(timelineOf(hours), window, weightOf).percent).toBe(percent)
  })

  it.each([
    [9, false],
    [8.999, true],
  ])('with %d of ten hours known is insufficient: %s', (known, insufficient) => {
    const uptime = uptimeOf([{ from: 0, to: known * HOUR, status: 'operational' }], window, weightOf)
    expect([uptime.percent, uptime.insufficient]).toEqual([100, insufficient])
  })

  it('counts what a timeline does not cover as unknown, and what lies outside the window not at all', () => {
    const { time, coverage, percent } = uptimeOf(
      [{ from: -HOUR, to: HOUR, status: 'major_outage' }],
      window,
      weightOf,
    )
    expect([time.major_outage, time.unknown, coverage, percent]).toEqual([HOUR, 9 * HOUR, 0.1, 0])
  })

  it('says since when anything is known, where that is later than the window', () => {
    expect(
      uptimeOf(
        timelineOf([
          [4, 'unknown'],
          [6, 'operational'],
        ]),
        window,
        weightOf,
      ).since,
    ).toBe(4 * HOUR)
    expect(
      uptimeOf(
        timelineOf([
          [4, 'operational'],
          [6, 'unknown'],
        ]),
        window,
        weightOf,
      ).since,
    ).toBeUndefined()
  })

  it('never becomes 100 by rounding', () => {
    const year = { from: 0, to: 365 * DAY }
    const lost: Timeline = [
      { from: 0, to: year.to - 1, status: 'operational' },
      { from: year.to - 1, to: year.to, status: 'major_outage' },
    ]
    for (const weight of [1, 0.3, 0.00001]) {
      const { percent = NaN } = uptimeOf(lost, year, (status) => (status === 'major_outage' ? weight : 0))
      expect(percent).toBeLessThan(100)
      expect(formatPercent(percent)).toBe('99.999')
    }
  })
})

describe('a figure in print', () => {
  it.each([
    [100, 3, '100'],
    [99.9999999, 3, '99.999'],
    [100 - 2 ** -46, 3, '99.999'],
    [100 - 2 ** -46, 2, '99.99'],
    [99.9996, 2, '99.99'],
    [99.95, 3, '99.950'],
    [99.947, 3, '99.947'],
    [99.9479, 3, '99.947'],
    [0.07 * 100, 2, '7.00'],
    [0, 3, '0.000'],
  ] as const)('of %d with %d decimals is %s', (percent, decimals, printed) => {
    expect(formatPercent(percent, decimals)).toBe(printed)
  })

  it('of every thousandth is itself', () => {
    for (let thousandths = 0; thousandths < 100_000; thousandths++) {
      const percent = (100 * thousandths) / 100_000
      expect(formatPercent(percent)).toBe(
        `${Math.floor(thousandths / 1000)}.${String(thousandths % 1000).padStart(3, '0')}`,
      )
    }
  })
})

describe('the figure of a group', () => {
  const child = (percent: number | undefined, coverage = 1) => ({
    ...(percent !== undefined && { percent }),
    coverage,
    insufficient: coverage < 0.9,
  })

  it.each([
    ['is the mean of its children', [child(100), child(99)], 99.5, 1],
    [
      'leaves out children without data, but not what is not known of them',
      [child(99), child(undefined, 0)],
      99,
      0.5,
    ],
    ['is none without data', [child(undefined, 0)], undefined, 0],
    ['is none without children', [], undefined, 0],
    ['is whole only when all are', [child(100), child(100), child(100)], 100, 1],
  ])('%s', (_rule, children, percent, coverage) => {
    expect(meanUptime(children)).toEqual({
      ...(percent !== undefined && { percent }),
      coverage,
      insufficient: coverage < 0.9,
    })
  })

  it('is not whole when one is short by a hair', () => {
    const mean = meanUptime([...Array.from({ length: 50 }, () => child(100)), child(100 - 2 ** -46)])
    expect(formatPercent(mean.percent ?? NaN)).toBe('99.999')
  })
})

it('gives figures for a day by the hour and for longer by UTC days, today included', () => {
  const now = parseInstant('2026-11-21T18:00:00Z') ?? NaN
  const lengths = uptimeWindows.map((each) => [
    each.id,
    (now - windowEnding(now, each).from) / HOUR,
    windowEnding(now, each).to,
  ])
  expect(lengths).toEqual([
    ['24_hours', 24, now],
    ['7_days', 6 * 24 + 18, now],
    ['30_days', 29 * 24 + 18, now],
    ['60_days', 59 * 24 + 18, now],
    ['90_days', 89 * 24 + 18, now],
    ['365_days', 364 * 24 + 18, now],
  ])
})

const recorded = new URL('../../../shared/data/statuspage/uptime-bars-recorded-2021.json', import.meta.url)
const present = existsSync(recorded)
if (!present) console.log('Skipped: no recorded pages beside this checkout (shared/data/statuspage).')

describe.skipIf(!present)('the figures that seven Statuspage pages showed', () => {
  const { pages } = (present ? JSON.parse(readFileSync(recorded, 'utf8')) : { pages: [] }) as {
    pages: RecordedPage[]
  }
  const components = pages.flatMap(({ page, components }) =>
    components.filter(({ displayedUptime }) => displayedUptime).map((each) => ({ page, ...each })),
  )

  it('are there', () => {
    expect([pages.length, components.length]).toEqual([7, 24])
  })

  it.each(components)('$page $name', ({ firstDay, lastDay, startDate, displayedUptime, days }) => {
    const day = (date: string) => Date.parse(`${date}T00:00:00Z`)
    const from = startDate !== null && day(startDate) > day(firstDay) ? day(startDate) : day(firstDay)
    const whole = { from, to: day(lastDay) + DAY }
    // Laid end to end: a day of theirs in which clocks were set back is longer than 24 hours.
    const seconds = (kind: 'major' | 'partial') => days.reduce((sum, each) => sum + each[kind], 0) * SECOND
    const major = from + seconds('major')
    const partial = major + seconds('partial')
    const timeline: Timeline = [
      { from, to: major, status: 'major_outage' },
      { from: major, to: partial, status: 'partial_outage' },
      { from: partial, to: whole.to, status: 'operational' },
    ]
    const { percent = NaN } = uptimeOf(timeline, whole, weightOf)
    expect(Number(formatPercent(percent, 2))).toBe(Number(displayedUptime))
  })

  it('come out of incident files that declare what those pages recorded', () => {
    const files = Object.fromEntries(components.flatMap(outagesOf))
    const world = readWorld(
      worldFolder({
        'site.yaml': 'name: Recorded\nurl: https://status.example.com\n',
        'components.yaml': `components:\n${components.map((each, i) => `  - { id: c${String(i)}, name: c, since: ${beginOf(each)}T00:00:00Z }\n`).join('')}`,
        ...files,
      }),
    )
    expect([world.problems, world.incidents.length]).toEqual([[], Object.keys(files).length])
    const printed = components.map(({ firstDay, lastDay }, i) => {
      const window = { from: dayStart(firstDay), to: dayStart(lastDay) + DAY }
      const component = world.components[i]
      if (!component) throw new Error('no component')
      const { source, timeline } = componentTimeline(world, component, window)
      const { percent = NaN } = uptimeOf(timeline, window, (status) => downtimeWeight(world.site, status))
      return [source, Number(formatPercent(percent, 2))]
    })
    expect(printed).toEqual(components.map(({ displayedUptime }) => ['declared', Number(displayedUptime)]))
  })
})

type RecordedComponent = RecordedPage['components'][number]

/** An incident for each day and kind of outage, end to end from midnight on; a day longer than 24 hours reaches into the next. */
function outagesOf(component: RecordedComponent, index: number): [file: string, text: string][] {
  let free = -Infinity
  const kinds = [
    ['major', 'major_outage'],
    ['partial', 'partial_outage'],
  ] as const
  return component.days
    .toSorted((a, b) => (a.date < b.date ? -1 : 1))
    .flatMap((day) => kinds.map(([kind, status]) => ({ date: day.date, kind, status, seconds: day[kind] })))
    .filter(({ seconds }) => seconds > 0)
    .map(({ date, kind, status, seconds }) => {
      const started = Math.max(dayStart(date), free)
      free = started + seconds * SECOND
      const id = `c${String(index)}`
      const head = {
        title: kind,
        status: 'resolved',
        affected: { [id]: status },
        started: iso(started),
        resolved: iso(free),
      }
      return [`incidents/${date}-${id}-${kind}.md`, `---\n${stringify(head)}---\n`]
    })
}

function beginOf({ firstDay, startDate }: RecordedComponent): string {
  return startDate !== null && startDate > firstDay ? startDate : firstDay
}

function dayStart(date: string): number {
  return Date.parse(`${date}T00:00:00Z`)
}

interface RecordedPage {
  page: string
  components: {
    name: string
    firstDay: string
    lastDay: string
    startDate: string | null
    displayedUptime: string | null
    days: { date: string; partial: number; major: number }[]
  }[]
}

function timelineOf(hours: [hours: number, status: Status][]): Timeline {
  let at = 0
  return hours.map(([length, status]) => ({ from: at, to: (at += length * HOUR), status }))
}
