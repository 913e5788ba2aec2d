import { describe, expect, it } from 'vitest'
import { readWorld } from '../files/read-world.ts'
import { HOUR, parseInstant } from '../model/time.ts'
import { worldFolder } from '../testing/write-world.ts'
import { monthsOf } from './history-view.ts'
import { readPeriod } from './period.ts'
import { siteFacts } from './site-facts.ts'
import { strip } from './strip.ts'
import { componentTimeline } from './timeline.ts'
import { targetOf, uptimeReport } from './uptime-report.ts'
import { formatPercent } from './uptime.ts'

const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia']

/** A declared outage, with times as people of a zone write them on a night on which clocks change. */
const worldWith = (zone: string, started: string, resolved: string) =>
  readWorld(
    worldFolder({
      'site.yaml': `name: Acme\nurl: https://status.acme.example\ntimezone: ${zone}\n`,
      'components.yaml': 'components:\n  - { id: api, name: API, since: 2023-01-01T00:00:00Z }\n',
      'incidents/2024-01-01-night.md': `---\ntitle: Down\nseverity: critical\naffected: [api]\nstarted: ${started}\nresolved: ${resolved}\nstatus: resolved\n---\n`,
    }),
  )
const now = parseInstant('2028-06-01T00:00:00Z') ?? NaN

describe('days that are not like others', () => {
  it.each<[what: string, started: string, resolved: string, period: string, days: number, hours: number]>([
    ['the leap day', '2028-02-29T00:00:00Z', '2028-03-01T00:00:00Z', '2028-02', 29, 24],
    ['the leap day, itself', '2028-02-29T00:00:00Z', '2028-03-01T00:00:00Z', '2028-02-29', 1, 24],
    ['a leap year', '2024-02-29T12:00:00Z', '2024-03-01T12:00:00Z', '2024', 366, 24],
    ['a year that is none', '2027-02-28T12:00:00Z', '2027-03-01T12:00:00Z', '2027', 365, 24],
    [
      'the night that skips an hour in Berlin',
      '2027-03-28T01:30:00+01:00',
      '2027-03-28T03:30:00+02:00',
      '2027-03-28',
      1,
      1,
    ],
    [
      'the night that has an hour twice in Berlin',
      '2027-10-31T02:30:00+02:00',
      '2027-10-31T02:30:00+01:00',
      '2027-10-31',
      1,
      1,
    ],
    [
      'the night that skips an hour in New York',
      '2027-03-14T01:30:00-05:00',
      '2027-03-14T03:30:00-04:00',
      '2027-03-14',
      1,
      1,
    ],
    [
      'half an hour in Lord Howe',
      '2027-10-03T01:30:00+10:30',
      '2027-10-03T03:00:00+11:00',
      '2027-10-02',
      1,
      1,
    ],
  ])('%s', (_what, started, resolved, name, days, hours) => {
    const figures = zones.map((zone) => {
      const world = worldWith(zone, started, resolved)
      expect(world.problems.filter(({ level }) => level === 'error')).toEqual([])
      const [target, period] = [targetOf(world, 'api'), readPeriod(name, now)]
      if (!target || !period || !('window' in period)) throw new Error(name)
      const { parts, figure } = uptimeReport(world, target, period)
      return [
        formatPercent(figure.percent ?? NaN),
        parts[0]?.uptime.time.major_outage,
        parts[0]?.sums.reduce((sum, { ms }) => sum + ms, 0),
      ]
    })
    const percent = formatPercent(100 * (1 - hours / (days * 24)))
    // The owner's zone is for reading; it moves no number.
    for (const figure of figures) expect(figure).toEqual([percent, hours * HOUR, days * 24 * HOUR])
  })

  it('are on the strip and in the months once each, with 24 hours', () => {
    const world = worldWith('Europe/Berlin', '2028-02-29T06:00:00Z', '2028-02-29T12:00:00Z')
    const at = parseInstant('2028-04-15T12:00:00Z') ?? NaN
    const [api] = world.components
    if (!api) throw new Error('no component')
    const { timeline } = componentTimeline(world, api, { from: at - 100 * 24 * HOUR, to: at })
    const days = strip(timeline, at)
    expect([days.length, new Set(days.map(({ day }) => day)).size]).toEqual([90, 90])
    const whole = days.slice(0, -1).map(({ time }) => Object.values(time).reduce((sum, ms) => sum + ms, 0))
    expect(new Set(whole)).toEqual(new Set([24 * HOUR]))
    expect(days.filter(({ minutes }) => minutes > 0)).toMatchObject([{ day: '2028-02-29', minutes: 360 }])
    const months = monthsOf(siteFacts(world, at))
    expect(months.find(({ month }) => month === '2028-02')?.uptime[0]?.percent).toBe(
      formatPercent(100 * (1 - 6 / (29 * 24))),
    )
    expect(months.find(({ month }) => month === '2028-03')?.uptime[0]?.percent).toBe('100')
  })
})
