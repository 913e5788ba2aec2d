import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Correction } from '../model/correction.ts'
import type { Status } from '../model/status.ts'
import { corrected } from './corrected.ts'
import type { Evidence } from './evidence.ts'
import { flatten } from './interval.ts'
import { agreedStatus, majority } from './quorum.ts'

const window = { from: 0, to: 100 }

describe('what corrections make of measurements', () => {
  it.each<[what: string, seen: Evidence[], corrections: Correction[], timeline: string]>([
    ['nothing, where there is none', [seen(0, 100, 'major_outage')], [], '0 major_outage'],
    [
      'an inner stretch unknown',
      [seen(0, 100, 'major_outage')],
      [wrong(20, 30)],
      '0 major_outage, 20 unknown, 30 major_outage',
    ],
    ['a stretch that reaches over both ends', [seen(40, 50, 'major_outage')], [wrong(20, 60)], '0 unknown'],
    [
      'another status, measured or not',
      [seen(0, 40, 'major_outage')],
      [wrong(20, 60, 'operational')],
      '0 major_outage, 20 operational, 60 unknown',
    ],
    [
      'one writer silent, so that the other decides',
      [
        seen(0, 100, 'major_outage', 'a'),
        seen(0, 100, 'operational', 'b'),
        seen(0, 100, 'major_outage', 'c'),
      ],
      [wrong(20, 30, 'unknown', 'a'), wrong(40, 50, 'unknown', 'c'), wrong(40, 50, 'unknown', 'a')],
      '0 major_outage, 20 operational, 30 major_outage, 40 operational, 50 major_outage',
    ],
    [
      'all writers one voice',
      [seen(0, 100, 'major_outage', 'a'), seen(0, 100, 'major_outage', 'b')],
      [wrong(20, 30, 'degraded'), wrong(25, 35, 'operational', 'a')],
      // From 30 on, b says major and a operational: of two, the milder.
      '0 major_outage, 20 degraded, 30 operational, 35 major_outage',
    ],
    [
      'what the later file says',
      [seen(0, 100, 'major_outage')],
      [wrong(20, 60, 'degraded'), wrong(40, 80, 'operational')],
      '0 major_outage, 20 degraded, 40 operational, 80 major_outage',
    ],
  ])('%s', (_what, evidence, corrections, timeline) => {
    expect(told(corrected(evidence, corrections))).toBe(timeline)
  })

  it('change nothing outside of their time', () => {
    const span = fc.tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 1, max: 50 }))
    fc.assert(
      fc.property(fc.array(span, { maxLength: 8 }), span, (stretches, [at, length]) => {
        const evidence = stretches.map(([from, long], i) =>
          seen(from, from + long, 'major_outage', `w${String(i)}`),
        )
        const result = corrected(evidence, [wrong(at, at + length, 'degraded')])
        for (let moment = 0; moment < 150; moment++) {
          const running = (all: Evidence[]) => all.filter(({ from, to }) => from <= moment && moment < to)
          const inside = moment >= at && moment < at + length
          expect(running(result).map(({ status }) => status)).toEqual(
            inside ? ['degraded'] : running(evidence).map(({ status }) => status),
          )
        }
      }),
    )
  })
})

function seen(from: number, to: number, status: Status, writer = 'main'): Evidence {
  return { from, to, status, by: 'measured', writer, source: { file: 'history' } }
}

function wrong(from: number, until: number, countsAs: Status = 'unknown', writer?: string): Correction {
  const file = { id: 'x', file: 'corrections/x.md', digest: '', components: ['api'], reason: 'x' }
  return { ...file, from, until, countsAs, ...(writer !== undefined && { writer }) }
}

function told(evidence: Evidence[]): string {
  const known = evidence.filter(({ status }) => status !== 'unknown')
  return flatten(known, window, (running) => agreedStatus(running, majority))
    .map(({ from, status }) => `${String(from)} ${status}`)
    .join(', ')
}
