import { describe, expect, it } from 'vitest'
import { DAY, iso, parseInstant, utcDay, utcMonth } from './time.ts'

describe('writing a time', () => {
  it.each([
    [0, '1970-01-01T00:00:00Z'],
    [-1, '1969-12-31T23:59:59.999Z'],
    [Date.parse('2024-02-29T23:59:59.007Z'), '2024-02-29T23:59:59.007Z'],
    [Date.parse('2026-11-21T03:11:00Z'), '2026-11-21T03:11:00Z'],
    [Date.parse('2026-11-21T03:11:00Z') + 0.9, '2026-11-21T03:11:00Z'],
    [8.64e15, '+275760-09-13T00:00:00Z'],
  ])('%d is %s', (at, text) => {
    expect([iso(at), utcDay(at)]).toEqual([text, text.slice(0, -10 - (text.includes('.') ? 4 : 0))])
  })

  it('is as the platform writes it, whatever was asked for before', () => {
    const times = Array.from({ length: 2_000 }, (_, index) => index * 1.7 * DAY - 500 * DAY + index * 997)
    const mixed = times.flatMap((at, index) => [at, times[(index * 7) % times.length] ?? at])
    expect(mixed.map(iso)).toEqual(mixed.map((at) => new Date(at).toISOString().replace('.000Z', 'Z')))
    expect(mixed.map(utcMonth)).toEqual(mixed.map((at) => new Date(at).toISOString().slice(0, 7)))
  })

  it('refuses what is no time', () => {
    expect(() => iso(NaN)).toThrow(RangeError)
    expect(() => utcDay(9e15)).toThrow(RangeError)
  })
})

describe('reading a time', () => {
  it.each([
    ['2026-11-21T03:11:00Z', '2026-11-21T03:11:00Z'],
    ['2026-11-21 03:11 UTC', '2026-11-21T03:11:00Z'],
    ['2026-11-21T04:11:00.5+01:00', '2026-11-21T03:11:00.500Z'],
    ['2024-02-29T00:00Z', '2024-02-29T00:00:00Z'],
  ])('%s is %s', (text, time) => {
    expect(parseInstant(text)).toBe(Date.parse(time))
  })

  it.each([
    '2026-02-29T00:00Z',
    '2026-02-30T00:00Z',
    '2026-04-31T00:00Z',
    '2026-13-01T00:00Z',
    '2026-11-21T03:11:00',
    '2026-11-21T24:00Z',
    '2026-11-21T03:60Z',
  ])('%s is none', (text) => {
    expect(parseInstant(text)).toBeUndefined()
  })
})
