import path from 'node:path'
import type { Command } from 'commander'
import { serveFolder } from '../../src/site/serve-folder.ts'
import { sweepHistory } from '../../src/files/history-store.ts'
import { lockWriter } from '../../src/files/writer-lock.ts'
import type { World } from '../../src/model/world.ts'
import { buildLine, buildWorld } from '../build-world.ts'
import {
  beatsOption,
  everyOption,
  jsonOption,
  portOption,
  rootOption,
  writerOption,
  type RootOption,
} from '../options.ts'
import { openForge } from '../open-forge.ts'
import { probeLoop } from '../probe-loop.ts'
import { plural, problemLines, say, sayAt, UsageError } from '../say.ts'
import { takingBeats } from '../taking-beats.ts'
import { watchWorld } from '../watch-world.ts'
import { allowsPrivate, runProbe, stopOnSignals, writerOf, type ProbeOptions } from './probe.ts'

/** `status watch`: the loop without an end, for a box of one's own. */
export function watchCommand(program: Command): void {
  program
    .command('watch')
    .description('make every check again and again, until stopped')
    .addOption(rootOption())
    .option('--commit', 'commit the history')
    .option('--propose', 'open, update and resolve incidents')
    .option('--push <remote>', 'push to this remote')
    .addOption(everyOption())
    .addOption(writerOption())
    .addOption(beatsOption())
    .addOption(jsonOption())
    .action((options: ProbeOptions & BeatsOption) =>
      takingBeats(options, () => runProbe(options, { forMs: Infinity })),
    )
}

interface BeatsOption {
  beats?: { host: string; port: number }
}

interface StartOptions extends RootOption, BeatsOption {
  out: string
  port: number
  every?: number
  writer?: string
  commit?: true
  propose?: true
  /** Says only the passes that found something new. */
  onlyNews?: boolean
}

/** `status start`, which `npm start` is: probe, record, rebuild what changed, and serve the page. */
export function startCommand(program: Command): void {
  program
    .command('start')
    .description('probe now and every minute, record, rebuild what changed, and serve the page')
    .addOption(rootOption())
    .option('--out <folder>', 'where the page is written', 'dist')
    .addOption(portOption())
    .addOption(everyOption())
    .addOption(writerOption())
    .option('--commit', 'commit the history')
    .option('--propose', 'open, update and resolve incidents on branches')
    .addOption(beatsOption())
    .action((options: StartOptions) => takingBeats(options, () => start(options)))
}

/** Everything that `npm start` does; ends when it is stopped, by a signal or by `stop`. */
export async function start(options: StartOptions, stop = new AbortController()): Promise<void> {
  const writer = writerOf(options)
  const release = await lockWriter(options.root, writer, { now: Date.now() })
  try {
    await startAs(writer, options, stop)
  } finally {
    release()
  }
}

async function startAs(writer: string, options: StartOptions, stop: AbortController): Promise<void> {
  const { root, port } = options
  const out = path.resolve(root, options.out)
  const forge = options.commit || options.propose ? await openForge(root, process.env) : undefined
  stopOnSignals(stop)
  const build = async () => {
    const { world, report, milliseconds } = await buildWorld({ root, out, now: Date.now() })
    for (const { path: name, reason } of report.failed) say(`${name} could not be made: ${reason}`)
    return { world, line: buildLine(report, milliseconds) }
  }
  // What stood in the folder stays when a build fails: an old page says how old it is.
  const rebuild = oneAtATime(() =>
    build().catch((error: unknown) => {
      sayAt(
        `the page could not be built, the last one stays: ${error instanceof Error ? error.message : String(error)}`,
      )
      return undefined
    }),
  )

  for (const left of sweepHistory(root)) say(`removed ${left}, left half written by a pass that was killed`)
  const { world, line } = await build()
  sayProblems(world)
  say(line)
  const { server, url } = await serveFolder(out, port).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new UsageError(
      `Port ${String(port)} is taken by another program. Give another with --port, for example: npm start -- --port ${String(port < 65_535 ? port + 1 : 4321)}`,
    )
  })
  say(`serving ${world.site.name} on ${url}`)
  const every = options.every ?? world.site.history.interval
  const checks = world.components.flatMap((component) => component.checks).length
  say(`checking ${plural(checks, 'target')} now and every ${String(every / 1000)} s; press Ctrl-C to stop`)
  const unwatch = watchWorld(root, (name) => {
    void rebuild().then((built) => {
      if (!built) return
      sayAt(`${name} changed · ${built.line}`)
      sayProblems(built.world)
    })
  })
  await probeLoop({
    root,
    writer,
    env: process.env,
    intervalMs: every,
    allowPrivate: allowsPrivate(process.env),
    signal: stop.signal,
    onlyNews: options.onlyNews ?? false,
    ...(forge && {
      forge: {
        forge: forge.forge,
        prefix: forge.prefix,
        commit: options.commit === true,
        propose: options.propose === true,
      },
    }),
    afterLook: async () => {
      await rebuild()
    },
  })
  unwatch()
  server.close()
  server.closeAllConnections()
}

function sayProblems({ problems }: World): void {
  for (const problem of problems.filter(({ level }) => level === 'error'))
    say(problemLines(problem).join('\n'))
}

/** A rebuild that is asked for while one runs begins when that is done; several such are one. */
function oneAtATime<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined
  let waiting: Promise<T> | undefined
  const begin = () => {
    running = work().finally(() => (running = undefined))
    return running
  }
  return () => {
    if (!running) return begin()
    waiting ??= running
      .catch(() => undefined)
      .then(() => {
        waiting = undefined
        return begin()
      })
    return waiting
  }
}
