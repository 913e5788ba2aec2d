import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beatSchema, type Beat } from '../model/beat.ts'
import { iso } from '../model/time.ts'
import { isAbsent, writeFileAtomic } from './atomic-write.ts'

/** The newest beat of a check that this machine knows of, and what keeps it from being read. */
export function readBeat(root: string, check: string): { beat?: Beat; problem?: string } {
  const path = beatPath(check)
  try {
    return parseBeat(readFileSync(join(root, path), 'utf8'), check, path)
  } catch (error) {
    if (isAbsent(error)) return {}
    return { problem: `${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})` }
  }
}

/** Puts a beat in the place of the one before; it is on the disk when this returns. */
export function writeBeat(root: string, check: string, beat: Beat): void {
  writeFileAtomic(join(root, beatPath(check)), beatText(check, beat))
}

/** The text of a beat, the same on a disk and on a branch. */
export function beatText(check: string, { at, failed }: Beat): string {
  return `${JSON.stringify({ v: 1, check, at: iso(at), ...(failed !== undefined && { failed }) })}\n`
}

/** Reads a beat's text, wherever it came from; `place` is what a problem names. */
export function parseBeat(text: string, check: string, place: string): { beat?: Beat; problem?: string } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { problem: `${place} is not JSON` }
  }
  const read = beatSchema.safeParse(value)
  if (!read.success) {
    const [issue] = read.error.issues
    return {
      problem: `${place}: ${issue?.path.join('.') || 'the whole'}: ${issue?.message ?? 'not understood'}`,
    }
  }
  const { at, failed } = read.data
  if (read.data.check !== check)
    return { problem: `${place} holds a beat of ${read.data.check.slice(0, 60)}` }
  return { beat: { at: Date.parse(at), ...(failed !== undefined && { failed }) } }
}

/** Where the beat of `backup/0` is, relative to its world. Ids hold nothing that leads elsewhere. */
function beatPath(check: string): string {
  if (!/^[a-z0-9-]+\/\d+$/.test(check)) throw new RangeError(`"${check}" is no check`)
  return `.candor/beats/${check.replace('/', '.')}.json`
}
