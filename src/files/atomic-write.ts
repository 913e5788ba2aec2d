import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Writes a file so that a reader, and a restart after a crash, sees the whole old text or the whole new one. Makes the
 * folders it needs. `durable: false` leaves out the waiting for the disk: for what can be made again.
 */
export function writeFileAtomic(path: string, text: string | Uint8Array, { durable = true } = {}): void {
  const folder = dirname(path)
  const madeFirst = mkdirSync(folder, { recursive: true })
  written += 1
  const temporary = `${path}.${process.pid}.${written}.tmp`
  try {
    writeFileSync(temporary, text, { flush: durable })
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
  if (!durable) return
  syncFolder(folder)
  if (madeFirst === undefined) return
  for (let made = folder; made.length >= madeFirst.length; made = dirname(made)) syncFolder(dirname(made))
}

/**
 * Removes what killed processes left of {@link writeFileAtomic} under `folder`, at any depth unless `deep` is off; returns the paths removed.
 * Files of processes that are still running are left alone.
 */
export function sweepTemporaryFiles(folder: string, { deep = true } = {}): string[] {
  let names: string[]
  try {
    names = readdirSync(folder, { recursive: deep, encoding: 'utf8' })
  } catch (error) {
    if (isAbsent(error)) return []
    throw error
  }
  const left = names.filter((name) => {
    const owner = /\.(\d+)\.\d+\.tmp$/.exec(name)?.[1]
    // Writing does not yield, so while this runs no file of this very process is half written.
    return owner !== undefined && (Number(owner) === process.pid || !isRunning(Number(owner)))
  })
  for (const name of left) rmSync(join(folder, name), { force: true })
  return left.map((name) => join(folder, name))
}

export function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}

let written = 0

/** A rename lasts only when the folder that holds the name is on the disk. Windows cannot open folders, and need not. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
