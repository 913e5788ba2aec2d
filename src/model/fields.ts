import { z } from 'zod'
import { parseDuration, parseInstant, type Instant } from './time.ts'

/** `800ms`, `2s`, `5m`, `1h`, `14d`, read as milliseconds. */
export const duration = z.string().transform((text, context) => {
  const milliseconds = parseDuration(text)
  if (milliseconds !== undefined) return milliseconds
  context.addIssue({ code: 'custom', message: 'expected a duration such as 800ms, 2s, 5m, 1h or 14d' })
  return z.NEVER
})

/** A moment in a file: RFC 3339 with an offset. */
export const instant = z.string().transform((text, context): Instant => {
  const at = parseInstant(text)
  if (at !== undefined) return at
  context.addIssue({
    code: 'custom',
    message: 'expected a date and time with an offset, such as 2026-11-21T03:11:00Z',
  })
  return z.NEVER
})

/** The id of a group, component or metric: part of addresses and branch names. */
export const id = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/,
    'expected an id of small letters, digits and hyphens, at most 40 long',
  )
