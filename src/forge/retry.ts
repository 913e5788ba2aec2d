import { setTimeout as delay } from 'node:timers/promises'
import { ForgeError } from './forge-error.ts'

/** Waits some milliseconds. Tests pass one of their own. */
export type Wait = (milliseconds: number) => Promise<unknown>

export const realWait: Wait = (milliseconds) => delay(milliseconds)

/** Enough for ten writers that all want the same branch; measured with four real clones and 25 commits each. */
export const MOST_TRIES = 8

/** Full jitter: anything between nothing and a limit that doubles from `first` (50 ms) up to 5 s. `attempt` counts from 0. */
export function jitter(attempt: number, first = 50): number {
  return Math.random() * Math.min(5_000, first * 2 ** attempt)
}

/**
 * Tries a race until it is won. `attempt` answers `lost` when another writer was faster; it should then look again at
 * what is there. Throws `contended` after {@link MOST_TRIES}.
 */
export async function race<T>(what: string, wait: Wait, attempt: () => Promise<T | typeof lost>): Promise<T> {
  // Where an attempt takes long, waiting for less than it takes only leads into the next collision.
  let longest = 50
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    if (tries > 0) await wait(jitter(tries - 1, longest))
    const begun = performance.now()
    const outcome = await attempt()
    if (outcome !== lost) return outcome
    longest = Math.max(longest, performance.now() - begun)
  }
  throw new ForgeError(
    'contended',
    `${what} was changed by others ${MOST_TRIES} times in a row, so nothing was written. Run it again.`,
  )
}

/** The answer of an attempt that another writer overtook. */
export const lost = Symbol('lost')
