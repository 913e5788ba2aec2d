import { describe, expect, it } from 'vitest'
import type { Check } from '../model/check.ts'
import type { Status } from '../model/status.ts'
import { agreedStatus, countOf, majority, quorumOf } from './quorum.ts'

const [up, slow, some, down] = ['operational', 'degraded', 'partial_outage', 'major_outage'] as const
const check = (quorum?: number) => ({ options: quorum === undefined ? {} : { quorum } }) as unknown as Check

describe('what several vantage points agree on', () => {
  it.each<[rule: string, quorums: (number | undefined)[], seen: Status[], agreed: Status]>([
    ['nobody knows', [undefined], [], 'unknown'],
    ['one that does not know has no voice', [undefined], ['unknown', down], down],
    ['of two the milder', [undefined], [up, down], up],
    ['of three that differ the middle one', [undefined], [up, slow, down], slow],
    ['one of three alone is not believed', [undefined], [up, up, down], up],
    ['one is enough where a check says so', [1], [up, up, down], down],
    ['two of five', [2], [up, up, up, down, slow], slow],
    ['three of three', [3], [up, down, down], up],
    ['a quorum larger than those that know: all of them', [3], [down, down], down],
    ['a quorum larger than those that know, who differ', [3], [down, some], some],
    ['a quorum larger than the one that knows', [2], [down], down],
    ['the strictest of several checks', [1, 3], [up, down, down], up],
    ['a check without one asks for more than half', [1, undefined], [up, up, down], up],
  ])('%s', (_rule, quorums, seen, agreed) => {
    expect(agreedStatus(countOf(seen), quorumOf(quorums.map(check)))).toBe(agreed)
  })

  it('is by more than half where nothing is checked any more', () => {
    expect([1, 2, 3, 4, 5].map(quorumOf([]))).toEqual([1, 2, 2, 3, 3])
    expect([1, 2, 3, 4, 5].map(majority)).toEqual([1, 2, 2, 3, 3])
  })
})
