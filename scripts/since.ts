import { InvalidArgumentError } from 'commander'
import { DAY, parseInstant, startOfUtcDay, type Instant } from '../src/model/time.ts'

/** When something began: `03:10 UTC`, the last time it was that late, or a whole date and time with an offset. */
export function sinceArgument(text: string, now: Instant): Instant {
  const clock = /^(\d{1,2})(:\d{2}) ?(?:UTC|Z)$/i.exec(text.trim())
  const [, hour = '', minute = ''] = clock ?? []
  const timeOfDay = clock && parseInstant(`1970-01-01T${hour.padStart(2, '0')}${minute}Z`)
  const today = typeof timeOfDay === 'number' ? startOfUtcDay(now) + timeOfDay : undefined
  const at = today !== undefined && today > now ? today - DAY : (today ?? parseInstant(text))
  if (at === undefined)
    throw new InvalidArgumentError('It is a time such as "03:10 UTC" or 2026-11-21T03:10:00Z.')
  if (at > now) throw new InvalidArgumentError('It lies ahead, and nobody can see yet what begins then.')
  return at
}
