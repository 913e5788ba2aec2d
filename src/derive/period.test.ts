import { describe, expect, it } from 'vitest'
import { iso, parseInstant } from '../model/time.ts'
import { readPeriod } from './period.ts'

const now = parseInstant('2028-03-05T18:30:00Z') ?? NaN
const spoken = (name: string) => {
  const period = readPeriod(name, now)
  return period && 'window' in period ? [iso(period.window.from), iso(period.window.to)] : period
}

describe('a period', () => {
  it.each([
    ['24h', '2028-03-04T18:30:00Z', '2028-03-05T18:30:00Z'],
    ['7d', '2028-02-28T00:00:00Z', '2028-03-05T18:30:00Z'],
    ['90d', '2027-12-07T00:00:00Z', '2028-03-05T18:30:00Z'],
    ['365d', '2027-03-07T00:00:00Z', '2028-03-05T18:30:00Z'],
    ['2028', '2028-01-01T00:00:00Z', '2028-03-05T18:30:00Z'],
    ['2028-03', '2028-03-01T00:00:00Z', '2028-03-05T18:30:00Z'],
    ['2028-03-05', '2028-03-05T00:00:00Z', '2028-03-05T18:30:00Z'],
    // A leap year, its leap month and its leap day.
    ['2024', '2024-01-01T00:00:00Z', '2025-01-01T00:00:00Z'],
    ['2028-02', '2028-02-01T00:00:00Z', '2028-03-01T00:00:00Z'],
    ['2028-02-29', '2028-02-29T00:00:00Z', '2028-03-01T00:00:00Z'],
    ['2027-02', '2027-02-01T00:00:00Z', '2027-03-01T00:00:00Z'],
    ['2027-12', '2027-12-01T00:00:00Z', '2028-01-01T00:00:00Z'],
    // Clocks change in Europe and America: the day has 24 hours all the same, because it is one of UTC.
    ['2027-03-28', '2027-03-28T00:00:00Z', '2027-03-29T00:00:00Z'],
    ['2027-11-07', '2027-11-07T00:00:00Z', '2027-11-08T00:00:00Z'],
  ])('%s is from %s to %s', (name, from, to) => {
    expect(spoken(name)).toEqual([from, to])
  })

  it.each(['8d', '90', '2027-02-29', '2027-13', '2027-1', 'api', '', '2027-11-07T00', '0000-00'])(
    '%j is none',
    (name) => {
      expect(spoken(name)).toBeUndefined()
    },
  )

  it.each(['2029', '2028-04', '2028-03-06'])('%s has not begun', (name) => {
    expect(spoken(name)).toEqual({ ahead: true })
  })
})
