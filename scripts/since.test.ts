import { expect, it } from 'vitest'
import { iso } from '../src/model/time.ts'
import { sinceArgument } from './since.ts'

const now = Date.parse('2026-11-21T03:40:00Z')

it.each([
  ['03:10 UTC', '2026-11-21T03:10:00Z'],
  ['3:10UTC', '2026-11-21T03:10:00Z'],
  ['03:40Z', '2026-11-21T03:40:00Z'],
  ['03:41 UTC', '2026-11-20T03:41:00Z'],
  ['23:55 utc', '2026-11-20T23:55:00Z'],
  ['2026-11-19T22:00:00+01:00', '2026-11-19T21:00:00Z'],
  ['2026-11-19 22:00 UTC', '2026-11-19T22:00:00Z'],
])('%s is %s', (text, at) => {
  expect(iso(sinceArgument(text, now))).toBe(at)
})

it.each([
  ['03:10', /such as/],
  ['03:10 CET', /such as/],
  ['24:10 UTC', /such as/],
  ['03:60 UTC', /such as/],
  ['20m', /such as/],
  ['', /such as/],
  ['2026-11-21T03:41:00Z', /lies ahead/],
])('%j is none', (text, says) => {
  expect(() => sinceArgument(text, now)).toThrow(says)
})
