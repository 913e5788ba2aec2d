import { describe, expect, it } from 'vitest'
import { nearest } from './nearest.ts'

describe('the nearest known word', () => {
  const known = ['api', 'web', 'webhooks', 'cdn-eu', 'database']
  it.each([
    ['webhook', 'webhooks'],
    ['webhoks', 'webhooks'],
    ['Webhooks', 'webhooks'],
    ['ap', 'api'],
    ['wbe', 'web'],
    ['bwe', undefined],
    ['cdn_eu', 'cdn-eu'],
    ['databsae', 'database'],
    ['zzz', undefined],
    ['', undefined],
  ])('to %j is %j', (word, expected) => {
    expect(nearest(word, known)).toBe(expected)
  })

  it('is the nearest of several', () => {
    expect(nearest('web1', ['web12', 'web', 'web1'])).toBe('web1')
  })

  it('is none where nothing is known', () => {
    expect(nearest('api', [])).toBeUndefined()
  })

  it('is not looked for among a million letters', () => {
    expect(nearest('x'.repeat(1_000_000), known)).toBeUndefined()
  })
})
