import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { ZodType } from 'zod'
import type { Recorded } from '../src/derive/record.ts'
import { isAbsent } from '../src/files/atomic-write.ts'
import {
  historyGrowth,
  historyKinds,
  metricDays,
  readLines,
  type Additions,
} from '../src/files/history-lines.ts'
import { readUncommitted, settleUncommitted } from '../src/files/uncommitted.ts'
import type { Forge } from '../src/forge/forge.ts'
import type { World } from '../src/model/world.ts'

/**
 * Commits what a pass has added to the history on disk, and with it what earlier passes could not commit: a network
 * that was away loses nothing, whether this process has gone on or begun anew.
 */
export async function commitHistory(
  { forge, prefix }: { forge: Forge; prefix: string },
  root: string,
  world: World,
  recorded: Recorded,
): Promise<string | undefined> {
  const { writer } = recorded.live
  const uncommitted = readUncommitted(root, writer)
  const names = Object.keys(uncommitted)
  if (names.length === 0) return undefined
  const main = await forge.mainBranch()
  const commit = await forge.commit({
    branch: world.site.history.branch ?? main,
    from: main,
    message: historyMessage(world, recorded),
    change: (read) =>
      Promise.all(
        names.map(async (name) => ({
          path: prefix + name,
          content: grown(root, name, { ...recorded, writer }, await read(prefix + name)),
        })),
      ),
  })
  settleUncommitted(root, writer, uncommitted)
  return commit?.sha
}

/** The committed text with this pass's lines, and before them those of the file on disk that were never committed. */
function grown(
  root: string,
  name: string,
  additions: Additions,
  committed: string | undefined,
): string | null {
  const missing = missingLines(root, name, additions.writer, committed)
  const grow = (text: string | undefined, more: Additions) =>
    historyGrowth(more)
      .find((growth) => growth.path === name)
      ?.grow(text) ?? text
  return grow(grow(committed, missing), additions) ?? null
}

/** A line that people have changed where it is committed is there, and stays as they want it. */
function missingLines(root: string, name: string, writer: string, committed = ''): Additions {
  const [, kind, , file = ''] = name.split('/')
  const component = file.replace(/\.\d{2}\.ndjson$/, '')
  const missing = <T>({ schema, keyOf }: { schema: ZodType<T>; keyOf: (line: T) => string }) => {
    const lines = (text: string) =>
      readLines(text, schema).flatMap((each) => (each.state === 'read' ? [each.line] : []))
    const known = new Set(lines(committed).map(keyOf))
    return lines(onDisk(path.join(root, name)))
      .filter((line) => !known.has(keyOf(line)))
      .map((line) => ({ component, line }))
  }
  return {
    writer,
    transitions: kind === 'transitions' ? missing(historyKinds.transitions) : [],
    rollups: kind === 'rollup' ? missing(historyKinds.rollup) : [],
    metrics:
      kind === 'metrics' ? missing(metricDays).map(({ component: metric, line }) => ({ metric, line })) : [],
  }
}

function onDisk(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (isAbsent(error)) return ''
    throw error
  }
}

/** For people who read the log. Nothing reads it back. */
function historyMessage({ components }: World, { transitions, rollups, metrics = [] }: Recorded): string {
  const name = (id: string) => components.find((component) => component.id === id)?.name ?? id
  const changes = transitions.map(
    ({ component, line }) => `${name(component)}: ${line.to.replaceAll('_', ' ')}`,
  )
  if (changes.length > 0) return changes.join(', ').replaceAll(/\s+/g, ' ').slice(0, 120)
  const days = [...new Set([...rollups, ...metrics].map(({ line }) => line.d))]
  return days.length > 0 ? `History of ${days.join(', ')}` : 'History that an earlier commit left out'
}
