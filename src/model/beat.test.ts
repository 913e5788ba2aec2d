import { describe, expect, it } from 'vitest'
import { failureWords, findHeartbeat, newerBeat } from './beat.ts'
import { checkKinds, type Check } from './check.ts'
import { componentSchema, type Component } from './component.ts'
import { HOUR } from './time.ts'

const now = Date.UTC(2026, 10, 21, 12)

it.each([
  ['the later of two', now - 2, now - 1, now - 1],
  ['one a little ahead', now, now + 1000, now + 1000],
  ['none that is far ahead', now - HOUR, now + HOUR, now - HOUR],
  ['the later of two that are', now + HOUR, now + 2 * HOUR, now + 2 * HOUR],
  ['the only one', undefined, now + HOUR, now + HOUR],
  ['none of none', undefined, undefined, undefined],
])('of two beats, %s counts', (_, one, other, counts) => {
  const beat = (at: number | undefined) => (at === undefined ? undefined : { at })
  expect(newerBeat(beat(one), beat(other), now)).toEqual(beat(counts))
  expect(newerBeat(beat(other), beat(one), now)).toEqual(beat(counts))
})

it.each([
  ['disk full', 'disk full'],
  [' \n\u0000 ', 'the job reported a failure'],
  ['first\r\nsecond\u202Ethird', 'first second third'],
  ['x'.repeat(300), `${'x'.repeat(199)}…`],
  [`${'x'.repeat(198)}😀😀`, `${'x'.repeat(198)}\uFFFD…`],
])('keeps of the words %j: %j', (text, words) => {
  expect(failureWords(text)).toBe(words)
})

describe('finds the check that is meant by', () => {
  const check = (id: string, kind: 'heartbeat' | 'tcp'): Check => {
    const options = checkKinds[kind].options.parse(kind === 'tcp' ? { tcp: 'a:1' } : { heartbeat: '1h' })
    return { id, component: id.split('/')[0] ?? '', kind, options, conditions: [], degradedUnless: [] }
  }
  const component = (id: string, ...checks: Check[]): Component => {
    return { ...componentSchema.parse({ id, name: id }), readFully: true, checks }
  }
  const components = [
    component('backup', check('backup/0', 'tcp'), check('backup/1', 'heartbeat')),
    component('mail', check('mail/0', 'heartbeat'), check('mail/1', 'heartbeat')),
    component('web', check('web/0', 'tcp')),
  ]
  it.each([
    ['backup', 'backup/1'],
    ['backup/1', 'backup/1'],
    ['mail/0', 'mail/0'],
    ['mail', '"mail" has several heartbeat checks: name one of mail/0, mail/1'],
    ['backup/0', 'no heartbeat check "backup/0"; there is backup/1, mail/0, mail/1'],
    ['web', 'no heartbeat check "web"; there is backup/1, mail/0, mail/1'],
  ])('%s', (name, answer) => {
    const found = findHeartbeat(components, name)
    expect('check' in found ? found.check.id : found.problem).toBe(answer)
  })

  it('nothing where there is none', () => {
    expect(findHeartbeat([], 'web')).toEqual({ problem: 'no heartbeat check "web"; there is none' })
  })
})
