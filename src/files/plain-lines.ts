import type { ZodType } from 'zod'
import { rollupSchema, transitionSchema, latencyBuckets } from '../model/history.ts'
import { statuses } from '../model/status.ts'

/**
 * Whether a value is a line of this kind exactly as machines write it, so that its schema would take it as it is. Says
 * no where it is not sure; the schema then decides. The schema takes ten times as long, and a year has many lines.
 */
export function isPlainLine(value: unknown, schema: ZodType): boolean {
  const fields = kinds.get(schema)
  if (!fields || typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const line = value as Record<string, unknown>
  let required = 0
  for (const key in line) {
    const field = fields.tests.get(key)
    if (!field?.test(line[key])) return false
    if (!field.optional) required++
  }
  return required === fields.required
}

type Test = (value: unknown) => boolean

const isCount: Test = (value) => Number.isSafeInteger(value)
const isNumber: Test = (value) => Number.isFinite(value)
const isText: Test = (value) => typeof value === 'string'
const isStatus: Test = (value) => typeof value === 'string' && Object.hasOwn(statuses, value)
const isOne: Test = (value) => value === 1
const isWriter: Test = (value) => typeof value === 'string' && /^[a-z0-9-]{1,40}$/.test(value)
const isHistogram: Test = (value) =>
  Array.isArray(value) && value.length === latencyBuckets.length + 1 && value.every(isCount)

const DAY = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])$/
const STAMP = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{3})?Z$/

/** Of the last days of a month only the calendar knows whether there are any. */
const isDay: Test = (value) =>
  typeof value === 'string' && (DAY.test(value) || rollupSchema.shape.d.safeParse(value).success)
const isStamp: Test = (value) =>
  typeof value === 'string' && (STAMP.test(value) || transitionSchema.shape.t_after.safeParse(value).success)

const kinds = new Map<ZodType, Fields>([
  [
    transitionSchema,
    fieldsOf(
      {
        v: isOne,
        seq: (value) => isCount(value) && Number(value) >= 1,
        from: isStatus,
        to: isStatus,
        t_after: isStamp,
        t_confirmed: isStamp,
        writer: isWriter,
      },
      { t_before: isStamp, why: isText, code: isText, ms: isNumber, prev: isText },
    ),
  ],
  [
    rollupSchema,
    fieldsOf(
      {
        v: isOne,
        d: isDay,
        n: isCount,
        ok: isCount,
        deg: isCount,
        down: isCount,
        unk: isCount,
        t0: isText,
        t1: isText,
        gaps: isCount,
      },
      { part: isCount, p50: isNumber, p95: isNumber, p99: isNumber, hist: isHistogram },
    ),
  ],
])

function fieldsOf(required: Record<string, Test>, optional: Record<string, Test>): Fields {
  const tests = new Map<string, { test: Test; optional: boolean }>()
  for (const [key, test] of Object.entries(required)) tests.set(key, { test, optional: false })
  for (const [key, test] of Object.entries(optional)) tests.set(key, { test, optional: true })
  return { tests, required: Object.keys(required).length }
}

interface Fields {
  tests: ReadonlyMap<string, { test: Test; optional: boolean }>
  /** How many must be there. */
  required: number
}
