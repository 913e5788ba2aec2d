import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { SECOND, iso, type Instant } from '../model/time.ts'
import { writeFileAtomic } from './atomic-write.ts'

/**
 * Makes this process the only one that looks as `writer` in a world, and returns what lets go of that. Waits up to
 * `patienceMs` for another to be done.
 *
 * The system holds the lock, by SQLite's on an empty file, and takes it back from a process that ends in whatever way:
 * none is ever stale, so there is none to take over, and no id of a process to be mistaken for another after a restart
 * or across containers. The file stays: removing it would let two processes lock two files of one name.
 *
 * @throws {WriterBusy} when another process, or another part of this one, has it
 */
export async function lockWriter(
  root: string,
  writer: string,
  { now, patienceMs = 0 }: { now: Instant; patienceMs?: number },
): Promise<() => void> {
  const file = join(root, `.candor/lock.${writer}`)
  mkdirSync(dirname(file), { recursive: true })
  const database = new DatabaseSync(file, { timeout: 0 })
  const begun = performance.now()
  while (!lock(database)) {
    if (performance.now() - begun >= patienceMs) {
      database.close()
      throw new WriterBusy(writer, holderOf(file))
    }
    await delay(SECOND / 10)
  }
  const holder: Holder = { pid: process.pid, host: hostname(), since: iso(now) }
  // Beside the lock and not in it: to open and close a locked file lets go of the lock.
  writeFileAtomic(holderFile(file), `${JSON.stringify(holder)}\n`, { durable: false })
  return () => {
    if (!database.isOpen) return
    rmSync(holderFile(file), { force: true })
    database.close()
  }
}

/** Another process looks as this writer. */
export class WriterBusy extends Error {
  override name = 'WriterBusy'
  constructor(writer: string, holder: Holder | undefined) {
    const who = holder
      ? `process ${String(holder.pid)} on ${holder.host}, since ${holder.since}`
      : 'another process'
    super(
      `"${writer}" is looking in this world already: ${who}. Stop it, or give this one another name with --writer.`,
    )
  }
}

function lock(database: DatabaseSync): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE')
    return true
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return false
    throw error
  }
}

/** https://www.sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5

/** Who has the lock; `undefined` for the moment between its taking it and its saying so. */
function holderOf(file: string): Holder | undefined {
  try {
    return holderSchema.parse(JSON.parse(readFileSync(holderFile(file), 'utf8')))
  } catch {
    return undefined
  }
}

function holderFile(lock: string): string {
  return `${lock}.json`
}

const holderSchema = z.object({ pid: z.int(), host: z.string(), since: z.string() })
type Holder = z.output<typeof holderSchema>
