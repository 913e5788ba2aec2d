import type { LookupAddress } from 'node:dns'
import type { LookupFunction } from 'node:net'
import type { Repository } from '../forge.ts'

/** Puts a writer's live snapshot to one place, in place of the one before. Throws what went wrong, in words. */
export type SaveLive = (snapshot: LiveSnapshot, place: LivePlace) => Promise<void>

export interface LiveSnapshot {
  writer: string
  /** JSON with a newline at its end. */
  text: string
}

export interface LivePlace {
  /** The address, with the writer's name and the environment's values in it. */
  to: string
  authorization?: string | undefined
  /** The world's folder, which relative paths start from. */
  root: string
  env: Record<string, string | undefined>
  network: GuardedNetwork
  /** Where there is one. */
  repository?: Repository | undefined
  /** When it is put there; a signature says so. */
  now: Date
}

/** Finds addresses, and refuses those that this machine must not ask. */
export interface GuardedNetwork {
  addressesOf(host: string): Promise<LookupAddress[]>
  lookup: LookupFunction
}
