import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Bench, Row } from '../contract.ts'
import { interleaved, timeNode } from '../measure.ts'
import { writeIncidentWorld } from '../worlds/incident-world.ts'

const status = path.resolve(import.meta.dirname, '../../scripts/status.ts')
const floor = path.resolve(import.meta.dirname, '../floors/build-floor.ts')

/** A file that was written within two seconds of a build is not taken from that build's cache: it could change unseen. */
const SETTLED_MS = 2_500

/** `status build` as a whole process: from nothing, and after one incident has changed. */
export const build: Bench = {
  name: 'build',
  about: 'status build as a whole process; floor: read, parse, render and write the same files, nothing else',
  async run({ quick, folder, say }) {
    const sizes = quick ? [10, 20] : [100, 1_000, 10_000]
    const worlds = sizes.map((count) => writeWorld(folder, count))
    const rows: Row[] = []
    for (const world of worlds) {
      say(`building ${words(world.count)} incidents cold …`)
      const { cold, plain } = await interleaved(quick ? 1 : 3, {
        cold: () => buildCold(world, folder, quick),
        plain: () => buildPlain(world, folder),
      })
      const note = `${Math.round(world.bytes / world.count).toLocaleString('en')} B of Markdown each`
      const against = { what: 'floor', value: plain }
      rows.push({
        name: `build of ${words(world.count)} incidents, cold`,
        value: cold,
        unit: 'ms',
        against,
        note,
      })
    }

    say('building after one change …')
    await wait(quick ? 0 : SETTLED_MS)
    const env = renderers(folder, quick)
    for (const world of worlds) await timeNode(buildArguments(world), env)
    const changed = await interleaved(
      quick ? 1 : 7,
      Object.fromEntries(worlds.map((world) => [world.count, () => buildChanged(world, env)])),
    )
    const [smallest = 0] = sizes
    const against = { what: `${words(smallest)} incidents`, value: changed[String(smallest)] ?? NaN }
    for (const count of sizes)
      rows.push({
        name: `build of ${words(count)} incidents, one changed`,
        value: changed[String(count)] ?? NaN,
        unit: 'ms',
        ...(count !== smallest && { against }),
      })
    return rows
  },
}

interface IncidentWorld {
  count: number
  root: string
  incidents: string[]
  bytes: number
}

function writeWorld(folder: string, count: number): IncidentWorld {
  const root = path.join(folder, `world-${String(count)}`)
  return { count, root, ...writeIncidentWorld(root, count) }
}

/** Nothing is there: no built page, no remembered content, no compiled pages. */
async function buildCold(world: IncidentWorld, folder: string, quick: boolean): Promise<number> {
  rmSync(path.join(world.root, '.candor'), { recursive: true, force: true })
  if (!quick) rmSync(path.join(folder, 'renderers'), { recursive: true, force: true })
  return timeNode(buildArguments(world, newFolder(folder)), renderers(folder, quick))
}

async function buildPlain({ root }: IncidentWorld, folder: string): Promise<number> {
  return timeNode([floor, root, newFolder(folder)])
}

/**
 * A folder that nothing was built into before. What earlier rounds have built is left until the end: for minutes, ext4
 * hands out no inode that was just deleted, and looking past thousands of them took a second of system time.
 */
function newFolder(folder: string): string {
  const built = path.join(folder, 'built')
  mkdirSync(built, { recursive: true })
  return mkdtempSync(path.join(built, 'cold-'))
}

/** An incident from the middle of the record gets a sentence more. */
async function buildChanged({ root, incidents }: IncidentWorld, env: NodeJS.ProcessEnv): Promise<number> {
  appendFileSync(path.join(root, incidents[Math.floor(incidents.length / 2)] ?? ''), '\nOne more sentence.\n')
  return timeNode(buildArguments({ root }), env)
}

function buildArguments({ root }: { root: string }, out = 'dist'): string[] {
  return [status, 'build', '--root', root, '--out', out]
}

/** The project's own compiled pages stay where they are; a quick run uses them, because it is not to compile. */
function renderers(folder: string, quick: boolean): NodeJS.ProcessEnv {
  return quick ? {} : { CANDOR_RENDERER_CACHE: path.join(folder, 'renderers') }
}

function words(count: number): string {
  return count.toLocaleString('en')
}
