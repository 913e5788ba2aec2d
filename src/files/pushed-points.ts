import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { id } from '../model/fields.ts'
import type { MetricReading } from '../model/metric.ts'
import { iso, parseInstant, type Instant } from '../model/time.ts'
import { isAbsent, writeFileAtomic } from './atomic-write.ts'

/** Where values wait for the recorder: a file each, so that any number of processes may push at once. */
const folder = '.candor/points'

/** At most so many are read in one pass; the others wait for the next. */
const MOST_POINTS = 5_000

const pointSchema = z.strictObject({
  component: id,
  metric: id,
  at: z.iso.datetime(),
  value: z.number(),
})

/** Leaves a value for the recorder. It is on the disk when this returns. */
export function pushPoint(
  root: string,
  { component, metric, value, at }: { component: string; metric: string; value: number; at: Instant },
): void {
  const name = `${String(at).padStart(15, '0')}-${randomBytes(6).toString('hex')}.json`
  writeFileAtomic(join(root, folder, name), `${JSON.stringify({ component, metric, at: iso(at), value })}\n`)
}

export interface PushedPoints {
  readings: MetricReading[]
  /** The files that were read, good or not: to be removed once what they say is on the disk. */
  names: string[]
  /** A sentence for each file that is no point. */
  problems: string[]
}

/** What was pushed and not taken yet, oldest first. `taken` are the files that a killed recorder has counted already. */
export function readPushedPoints(root: string, taken: readonly string[] = []): PushedPoints {
  const counted = new Set(taken)
  const names = namesIn(join(root, folder))
    .filter((name) => name.endsWith('.json'))
    .slice(0, MOST_POINTS)
  const problems: string[] = []
  const readings = names
    .filter((name) => !counted.has(name))
    .flatMap((name): MetricReading[] => {
      const point = pointIn(join(root, folder, name))
      if (point) return [point]
      problems.push(`${folder}/${name} is no value of a metric; it is left out`)
      return []
    })
  return { readings, names, problems }
}

export function removePushedPoints(root: string, names: readonly string[]): void {
  for (const name of names) rmSync(join(root, folder, name), { force: true })
}

function pointIn(file: string): MetricReading | undefined {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    // Another recorder of this world has taken it.
    if (isAbsent(error) || error instanceof SyntaxError) return undefined
    throw error
  }
  const point = pointSchema.safeParse(value).data
  const at = parseInstant(point?.at ?? '')
  return point && at !== undefined ? { ...point, at, pushed: true } : undefined
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path).sort()
  } catch (error) {
    if (isAbsent(error)) return []
    throw error
  }
}
