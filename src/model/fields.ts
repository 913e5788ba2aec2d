import { z } from 'zod'
import { parseDuration, parseInstant, yearProblem, type Instant } from './time.ts'

const DURATION = 'expected a duration such as 800ms, 2s, 5m, 1h or 14d'

/** `800ms`, `2s`, `5m`, `1h`, `14d`, read as milliseconds. */
export const duration = z.string(DURATION).transform((text, context) => {
  const milliseconds = parseDuration(text)
  if (milliseconds !== undefined) return milliseconds
  context.addIssue({ code: 'custom', message: DURATION })
  return z.NEVER
})

const INSTANT = 'expected a date and time with an offset, such as 2026-11-21T03:11:00Z'

/** A moment in a file: RFC 3339 with an offset. */
export const instant = z.string(INSTANT).transform((text, context): Instant => {
  const at = parseInstant(text)
  const strange = at === undefined ? undefined : yearProblem(at)
  if (at !== undefined && strange === undefined) return at
  const wellFormed =
    /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}/.test(text) && parseInstant(`${text.slice(0, 16)}Z`) === undefined
  context.addIssue({
    code: 'custom',
    message: strange ?? (wellFormed ? 'this date or time does not exist' : INSTANT),
  })
  return z.NEVER
})

/** The IANA name of a time zone. */
export const timeZone = z.string().refine(isTimeZone, 'expected an IANA time zone such as Europe/Berlin')

/** The id of a group, component or metric: part of addresses and branch names. */
export const id = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/,
    'expected an id of small letters, digits and hyphens, at most 40 long',
  )
  // The one such word that every JavaScript object already answers to.
  .refine((name) => name !== 'constructor', 'this word cannot be an id')

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
