import { expect, it } from 'vitest'
import { en } from './en.ts'
import { direction, messagesFor } from './messages.ts'

it('falls back to English for a language that has no catalogue', () => {
  expect(messagesFor('en')).toBe(en)
  expect(messagesFor('en-GB')).toBe(en)
  expect(messagesFor('tlh')).toBe(en)
})

it.each([
  ['en', 'ltr'],
  ['ar', 'rtl'],
  ['ar-EG', 'rtl'],
  ['he', 'rtl'],
  ['pt-BR', 'ltr'],
])('%s runs %s', (locale, way) => {
  expect(direction(locale)).toBe(way)
})

it.each([
  [6, 6, 'All 6 components are working normally.'],
  [4, 6, '4 of 6 components are working normally.'],
  [1, 6, '1 of 6 components is working normally.'],
  [0, 6, 'None of 6 components is working normally.'],
  [1, 1, 'The one component is working normally.'],
  [0, 1, ''],
])('%d of %d', (operational, total, text) => {
  expect(en.counts(operational, total)).toBe(text)
})
