import fc from 'fast-check'
import { expect, it } from 'vitest'
import { rollupSchema, transitionSchema } from '../model/history.ts'
import { isPlainLine } from './plain-lines.ts'

const transition = {
  v: 1,
  seq: 2,
  from: 'operational',
  to: 'major_outage',
  t_before: '2026-11-21T03:10:10Z',
  t_after: '2026-11-21T03:11:10.250Z',
  t_confirmed: '2026-11-21T03:12:10Z',
  why: 'status is 503',
  code: 'http_503',
  ms: 41.3,
  writer: 'main',
  prev: 'be1b88d847f4e3c9',
}
const rollup = {
  v: 1,
  d: '2026-11-30',
  n: 9,
  ok: 5,
  deg: 0,
  down: 3,
  part: 1,
  unk: 0,
  t0: '03:08:10',
  t1: '03:51:10',
  p50: 84.2,
  p95: 97,
  p99: 97,
  hist: [0, 3, 5, 0, 0, 0, 0, 0, 0, 0],
  gaps: 1,
}
const kinds = { transition: [transition, transitionSchema], rollup: [rollup, rollupSchema] } as const

/** What may stand where something else should: fields of the wrong kind, nearly right ones, and none. */
const value = fc.oneof(
  fc.constantFrom(
    undefined,
    null,
    0,
    1,
    2,
    -1,
    0.5,
    1e300,
    true,
    '',
    [],
    {},
    [1, 2],
    'main',
    'Main',
    'unknown',
  ),
  fc.constantFrom(
    '2026-02-28',
    '2026-02-29',
    '2028-02-29',
    '2026-04-31',
    '2026-13-01',
    '2026-11-21T24:00:00Z',
  ),
  fc.constantFrom(
    '2026-02-30T00:00:00Z',
    '2026-01-31T00:00:00Z',
    '2026-11-21T03:10Z',
    '2026-11-21T03:10:00+01:00',
  ),
  fc.constant([0, 3, 5, 0, 0, 0, 0, 0, 0, 0.5]),
  fc.jsonValue(),
)

it.each(['transition', 'rollup'] as const)(
  'takes a %s only as its schema takes it, to the last field',
  (name) => {
    const [good, schema] = kinds[name]
    expect(isPlainLine(good, schema)).toBe(true)
    const keys = fc.constantFrom(...Object.keys(good), 'else', '__proto__', 'constructor')
    fc.assert(
      fc.property(fc.array(fc.tuple(keys, value), { maxLength: 3 }), (changes) => {
        const text = JSON.stringify(
          Object.fromEntries([
            ...Object.entries(good),
            ...changes.map(([key, each]) => [key, each] as const),
          ]),
        )
        const line: unknown = JSON.parse(text)
        if (!isPlainLine(line, schema)) return
        const read = schema.safeParse(line)
        expect([read.success, read.data]).toEqual([true, line])
        // And in the same order, since lines are hashed as they are written.
        expect(JSON.stringify(read.data)).toHaveLength(text.length)
      }),
      { numRuns: 2_000 },
    )
  },
)

it.each(['transition', 'rollup'] as const)(
  'takes a %s without the fields that may be absent, and no other',
  (name) => {
    const [good, schema] = kinds[name]
    for (const key of Object.keys(good)) {
      const without = Object.fromEntries(Object.entries(good).filter(([each]) => each !== key))
      expect([key, isPlainLine(without, schema)]).toEqual([key, schema.safeParse(without).success])
    }
  },
)

it.each([null, [], 'text', 1, {}])('takes no %j', (value) => {
  expect(isPlainLine(value, rollupSchema)).toBe(false)
})
