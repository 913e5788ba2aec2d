import { z } from 'zod'
import type { Check } from './check.ts'
import type { Component } from './component.ts'
import type { Instant } from './time.ts'

/** A push of a job that a heartbeat check waits for: it is well, or has failed, and why. */
export interface Beat {
  at: Instant
  failed?: string
}

/** What is known of the beats of one check. */
export interface KnownBeats {
  /** The newest one; absent where none ever came. */
  last?: Beat
  /** Since when a first one is waited for; counts where none ever came. */
  awaitedSince: Instant
  /** Why a newer one may stand where it could not be read. */
  unread?: string
}

/**
 * The newest beat of a check as it is kept, on a disk in `.candor/beats/<component>.<n>.json` and on the branch
 * `status-beat/<component>.<n>` as `beat.json`.
 */
export const beatSchema = z.object({
  v: z.literal(1),
  check: z.string(),
  at: z.iso.datetime({ error: 'expected a UTC time such as 2026-11-21T03:11:00Z' }),
  failed: z.string().max(200).optional(),
})

/** Words of a job about its failure, as they are kept: on one line, at most 200 characters. */
export function failureWords(text: string): string {
  const line = text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .trim()
  const words = line === '' ? 'the job reported a failure' : line
  return words.length <= 200 ? words : `${words.slice(0, 199).toWellFormed()}…`
}

/** The newer of two beats. One from a clock that runs ahead of `now` by more than is usual gives way. */
export function newerBeat(one: Beat | undefined, other: Beat | undefined, now: Instant): Beat | undefined {
  if (!one || !other) return one ?? other
  const ahead = [one, other].map(({ at }) => at > now + USUAL_SKEW)
  if (ahead[0] !== ahead[1]) return ahead[0] ? other : one
  return other.at > one.at ? other : one
}

/** Clocks of machines that keep no time differ by minutes. */
export const USUAL_SKEW = 5 * 60_000

/** The heartbeat check that `backup` or `backup/1` means, or why there is none. */
export function findHeartbeat(
  components: readonly Component[],
  name: string,
): { check: Check<'heartbeat'> } | { problem: string } {
  const all = components.flatMap(({ checks }) => checks).filter(isHeartbeat)
  const meant = all.filter(({ id, component }) => id === name || component === name)
  const [check, ...others] = meant
  if (check && others.length === 0) return { check }
  const list = (checks: Check[]) => checks.map(({ id }) => id).join(', ')
  if (check) return { problem: `"${name}" has several heartbeat checks: name one of ${list(meant)}` }
  return {
    problem: `no heartbeat check "${name}"; ${all.length > 0 ? `there is ${list(all)}` : 'there is none'}`,
  }
}

export function isHeartbeat(check: Check): check is Check<'heartbeat'> {
  return check.kind === 'heartbeat'
}
