import { setTimeout as delay } from 'node:timers/promises'
import { durationWords } from '../checks/words.ts'
import { isHeartbeat, newerBeat, type Beat, type KnownBeats } from '../src/model/beat.ts'
import type { Component } from '../src/model/component.ts'
import { iso, parseInstant, SECOND, type Instant } from '../src/model/time.ts'
import { parseBeat, readBeat, writeBeat } from '../src/files/beat-store.ts'
import { readBeats } from '../src/forge/beat-branch.ts'
import type { Repository } from '../src/forge/forge.ts'

export interface BeatsInWorld {
  beatsOf: (check: string) => KnownBeats | undefined
  /** Checks that never had a beat, and since when one is waited for: for the live snapshot, to go on from. */
  awaiting: Record<string, string>
  /** What could not be read, a sentence each. */
  failures: string[]
}

/**
 * What is known of the beats of a world: those that came in on this machine, and, with a `repository`, those on its
 * branches. A beat that was read from a branch is kept on the disk, too.
 */
export async function knownBeats(
  root: string,
  components: readonly Component[],
  {
    now,
    awaiting,
    repository,
    patienceMs = PATIENCE_MS,
  }: {
    now: Instant
    awaiting?: Record<string, string> | undefined
    repository?: Repository | undefined
    patienceMs?: number
  },
): Promise<BeatsInWorld> {
  const checks = components.flatMap((component) => component.checks.filter(isHeartbeat).map(({ id }) => id))
  const elsewhere =
    repository && checks.length > 0 ? await fetchBeats(repository, checks, patienceMs) : { texts: {} }
  const known = new Map<string, KnownBeats>()
  const failures = elsewhere.failure === undefined ? [] : [elsewhere.failure]
  for (const check of checks) {
    const here = readBeat(root, check)
    const text = elsewhere.texts[check]
    const there = text === undefined ? {} : parseBeat(text, check, 'its branch')
    const last = newerBeat(here.beat, there.beat, now)
    if (last && last === there.beat && !same(last, here.beat)) writeBeat(root, check, last)
    const problem = there.problem ?? (there.beat ? undefined : here.problem)
    if (problem !== undefined) failures.push(`beat of ${check} not read: ${problem}`)
    const unread = elsewhere.failure ?? problem
    known.set(check, {
      ...(last && { last }),
      awaitedSince: parseInstant(awaiting?.[check] ?? '') ?? now,
      ...(unread !== undefined && { unread }),
    })
  }
  const never = [...known].filter(([, { last }]) => !last)
  return {
    beatsOf: (check) => known.get(check),
    awaiting: Object.fromEntries(never.map(([check, { awaitedSince }]) => [check, iso(awaitedSince)])),
    failures,
  }
}

/** The looks go on whatever a forge does: one that hangs is given up. */
const PATIENCE_MS = 10 * SECOND

async function fetchBeats(
  repository: Repository,
  checks: string[],
  patienceMs: number,
): Promise<{ texts: Record<string, string>; failure?: string }> {
  const late = new AbortController()
  const patience = delay(patienceMs, undefined, { signal: late.signal }).then(() => {
    throw new Error(`no answer within ${durationWords(patienceMs)}`)
  })
  try {
    return { texts: await Promise.race([readBeats(repository, checks), patience]) }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { texts: {}, failure: `beats not fetched: ${why}` }
  } finally {
    patience.catch(() => undefined)
    late.abort()
  }
}

function same(one: Beat, other: Beat | undefined): boolean {
  return one.at === other?.at && one.failed === other.failed
}
