import { describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE, parseInstant, SECOND, type Instant } from '../model/time.ts'
import {
  clock,
  dayName,
  dayRange,
  duration,
  interval,
  moment,
  monthName,
  number,
  shortDay,
} from './format.ts'

describe('times are UTC and say so', () => {
  it.each([
    ['2026-11-21T03:11:00Z', false, '03:11 UTC'],
    ['2026-11-21T03:58:41Z', true, '03:58:41 UTC'],
    ['2026-11-21T00:30:00+02:00', false, '22:30 UTC'],
  ])('%s', (at, seconds, text) => {
    expect(clock(instant(at), undefined, seconds)).toBe(text)
  })
})

describe('a moment leaves out what it shares with the moment the page speaks from', () => {
  it.each([
    ['2026-11-21T03:11:00Z', '2026-11-21T23:59:00Z', '03:11 UTC', ''],
    ['2026-11-20T03:11:00Z', '2026-11-21T00:00:00Z', 'Fri 20 Nov, 03:11 UTC', 'd'],
    ['2025-12-31T23:10:00Z', '2026-01-01T00:10:00Z', 'Wed 31 Dec 2025, 23:10 UTC', 'dy'],
    ['2026-11-21T03:11:00Z', undefined, 'Sat 21 Nov 2026, 03:11 UTC', 'dy'],
  ])('%s from %s', (at, reference, text, form) => {
    expect(moment(instant(at), reference === undefined ? undefined : instant(reference))).toEqual({
      text,
      form,
    })
  })
})

it('prints the seconds of a moment when asked', () => {
  expect(moment(instant('2026-11-21T03:58:41Z'), undefined, undefined, true)).toEqual({
    text: 'Sat 21 Nov 2026, 03:58:41 UTC',
    form: 'dys',
  })
})

describe('days', () => {
  it.each([
    ['2026-11-20', false, 'Fri 20 Nov'],
    ['2026-11-20', true, 'Fri 20 Nov 2026'],
    ['2024-02-29', true, 'Thu 29 Feb 2024'],
  ])('%s', (day, year, text) => {
    expect(dayName(day, year)).toBe(text)
  })

  it('names a day shortly and a month in full', () => {
    expect(shortDay('2026-10-03')).toBe('3 Oct')
    expect(monthName('2026-11')).toBe('November 2026')
  })

  it.each([
    ['2026-11-13', '2026-11-13', false, 'Fri 13 Nov'],
    ['2026-11-10', '2026-11-13', false, 'Tue 10 – Fri 13 Nov'],
    ['2026-11-28', '2026-12-01', false, 'Sat 28 Nov – Tue 1 Dec'],
    ['2026-11-10', '2026-11-13', true, 'Tue 10 – Fri 13 Nov 2026'],
    ['2025-12-30', '2026-01-02', false, 'Tue 30 Dec 2025 – Fri 2 Jan 2026'],
  ])('%s to %s', (first, last, year, text) => {
    expect(dayRange(first, last, year)).toBe(text)
  })
})

describe('durations show their two largest units', () => {
  it.each([
    [0, 'under 1 min'],
    [59 * SECOND, 'under 1 min'],
    [48 * MINUTE, '48 min'],
    [HOUR, '1 h'],
    [2 * HOUR + 5 * MINUTE, '2 h 5 min'],
    [DAY, '1 day'],
    [3 * DAY + 4 * HOUR + 59 * MINUTE, '3 days 4 h'],
    [90 * DAY, '90 days'],
  ])('%d ms', (ms, text) => {
    expect(duration(ms)).toBe(text)
  })

  it.each([
    [30 * SECOND, '30 s'],
    [60 * SECOND, '60 s'],
    [5 * MINUTE, '5 min'],
  ])('an interval of %d ms', (ms, text) => {
    expect(interval(ms)).toBe(text)
  })
})

function instant(text: string): Instant {
  const at = parseInstant(text)
  if (at === undefined) throw new Error(`not a time: ${text}`)
  return at
}

it.each([
  [0, '0'],
  [1234.56, '1,234.6'],
  [12.34567, '12.346'],
  [0.00123456, '0.00123'],
  [-3.5, '-3.5'],
])('writes the number %d as %s', (value, text) => {
  expect(number(value)).toBe(text)
})
