import { describe, expect, it } from 'vitest'
import type { StripDay, StripView } from '../derive/views.ts'
import { en } from '../i18n/en.ts'
import type { Status } from '../model/status.ts'
import { DAY, utcDay } from '../model/time.ts'
import { stripPaths } from './strip-path.ts'
import { recordRows, stripLabel, stripRows, uptimeFigure, uptimeScope } from './strip-words.ts'

describe('the drawing', () => {
  it('is one line when every day was quiet', () => {
    expect(stripPaths(days())).toEqual([{ look: 'ok', d: 'M0 33.5H359' }])
  })

  it('puts a spike where a day was bad, a third as high for a minute and full for two hours', () => {
    const paths = stripPaths(
      days({ 1: ['major_outage', 1], 3: ['major_outage', 120], 5: ['major_outage', 1440] }),
    )
    expect(paths).toEqual([
      { look: 'ok', d: 'M0 33.5H3M8 33.5H11M16 33.5H19M24 33.5H359' },
      { look: 'maj', d: 'M5.5 36V21.6M13.5 36V0M21.5 36V0' },
    ])
  })

  it('leaves maintenance hollow and days without data at the base', () => {
    const unknown = Object.fromEntries([0, 1, 2].map((i) => [i, ['unknown', 0] as [Status, number]]))
    const looks = stripPaths(days({ ...unknown, 89: ['under_maintenance', 30] })).map(({ look }) => look)
    expect(looks).toEqual(['unk', 'ok', 'mnt'])
  })
})

describe('the words', () => {
  const bad = days({
    0: ['unknown', 0],
    1: ['unknown', 0],
    40: ['major_outage', 61],
    63: ['degraded', 14],
    88: ['under_maintenance', 30],
  })

  it('says the whole strip in a sentence', () => {
    expect(stripLabel('API', strip(bad), en)).toBe(
      'API, last 90 days: 99.947% uptime as measured, 2 days with trouble, 1 day of maintenance, 2 days without data; longest 1 h 1 min on 3 Oct.',
    )
  })

  it('lists every day that was not quiet, newest first, and days without data as one run', () => {
    expect(stripRows(bad, false, en)).toEqual([
      { day: '2026-11-20', name: 'Fri 20 Nov', status: 'under_maintenance', duration: '30 min' },
      { day: '2026-10-26', name: 'Mon 26 Oct', status: 'degraded', duration: '14 min' },
      { day: '2026-10-03', name: 'Sat 3 Oct', status: 'major_outage', duration: '1 h 1 min' },
      { columns: '0-1', name: 'Mon 24 – Tue 25 Aug', status: 'unknown' },
    ])
  })

  it('has as many rows in trouble as the sentence says', () => {
    const rows = stripRows(bad, false, en).filter(
      ({ status }) => status === 'major_outage' || status === 'degraded',
    )
    expect(stripLabel('API', strip(bad), en)).toContain(`${String(rows.length)} days with trouble`)
  })

  it('accounts for every day in the full record', () => {
    const covered = recordRows(bad, en).flatMap(({ columns }) => {
      const [first = 0, last = 0] = (columns ?? '0-0').split('-').map(Number)
      return last - first + 1
    })
    expect(covered.reduce((sum, n) => sum + n, 0)).toBe(90)
  })

  it.each([
    [{}, '99.947%', 'over 90 days, as measured'],
    [{ source: 'declared' as const }, '99.947%', 'over 90 days, as declared'],
    [{ since: Date.UTC(2026, 10, 3) }, '99.947%', 'since 3 Nov, as measured'],
    [
      { insufficient: true, coverage: 0.219 },
      'insufficient data',
      'over 90 days, as measured, known for 21% of the time',
    ],
    [{ percent: undefined, coverage: 0, insufficient: true }, 'no data yet', ''],
  ])('%o', (change, figure, scope) => {
    expect(uptimeFigure(strip(days(), change), en)).toBe(figure)
    expect(uptimeScope(strip(days(), change), en)).toBe(scope)
  })
})

function strip(days: StripDay[], change: Partial<StripView> = {}): StripView {
  return { days, percent: '99.947', coverage: 1, insufficient: false, source: 'measured', ...change }
}

/** Ninety days to 21 November 2026, quiet but for those named by their column. */
function days(marked: Record<number, [Status, number]> = {}): StripDay[] {
  const today = Date.UTC(2026, 10, 21)
  return Array.from({ length: 90 }, (_, i) => {
    const [status, minutes] = marked[i] ?? ['operational', 0]
    return { day: utcDay(today - (89 - i) * DAY), status, minutes }
  })
}
