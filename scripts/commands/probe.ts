import type { Command } from 'commander'
import { dispatchWorkflow } from '../../src/forge/dispatch-workflow.ts'
import { GitError } from '../../src/forge/run-git.ts'
import { readHistoryTips, sweepHistory } from '../../src/files/history-store.ts'
import { knowsLive } from '../../src/files/live-store.ts'
import { readWorld } from '../../src/files/read-world.ts'
import { lockWriter } from '../../src/files/writer-lock.ts'
import { MINUTE, SECOND } from '../../src/model/time.ts'
import {
  durationArgument,
  everyOption,
  fromEnvironment,
  jsonOption,
  rootOption,
  writerArgument,
  writerOption,
  type RootOption,
} from '../options.ts'
import { fetchHistory } from '../fetch-history.ts'
import { gitHubOf, openForge, type WorldForge } from '../open-forge.ts'
import { probeLoop } from '../probe-loop.ts'
import { say } from '../say.ts'
import { fetchLive } from '../fetch-live.ts'

export interface ProbeOptions extends RootOption {
  commit?: true
  propose?: true
  push?: string
  for?: number
  every?: number
  writer?: string
  json?: true
}

/** On GitHub, how often the page is built again when nothing but the time of the last look has changed. */
const REFRESH = 10 * MINUTE

/** `status probe`: one pass, or passes for as long as `--for` says. */
export function probeCommand(program: Command): void {
  program
    .command('probe')
    .description('make every check once, record what it saw; with --for, again and again for that long')
    .addOption(rootOption())
    .option('--commit', 'commit the history, and keep the live snapshot on its branch')
    .option(
      '--propose',
      'open, update and resolve incidents on branches, and pull requests where the forge has them',
    )
    .option('--push <remote>', 'push to this remote (local git only)')
    .option(
      '--for <duration>',
      'go on for this long; CANDOR_LOOP where left out; 0 is one pass',
      durationArgument,
    )
    .addOption(everyOption())
    .addOption(writerOption())
    .addOption(jsonOption())
    .action(runProbe)
}

/** A job that a clock starts may find the last one ending; what goes on for ever is not waited for. */
const PATIENCE = 3 * SECOND

/** What `probe`, and `watch` without its page, do. */
export async function runProbe(options: ProbeOptions, { forMs }: { forMs?: number } = {}): Promise<void> {
  const writer = writerOf(options)
  const patienceMs = forMs === undefined ? PATIENCE : 0
  const release = await lockWriter(options.root, writer, { now: Date.now(), patienceMs })
  try {
    await probeAs(writer, options, { forMs })
  } finally {
    release()
  }
}

async function probeAs(writer: string, options: ProbeOptions, { forMs }: { forMs?: number }): Promise<void> {
  const { env } = process
  const { root, json } = options
  const every = options.every ?? readWorld(root).site.history.interval
  const forge =
    options.commit || options.propose
      ? await openForge(root, env, options.push === undefined ? {} : { remote: options.push })
      : undefined
  for (const left of sweepHistory(root)) say(`removed ${left}, left half written by a pass that was killed`)
  const stop = stopOnSignals(new AbortController())
  if (forge && options.commit && !knowsLive(root, writer)) await goOn(forge, writer, options)
  const gitHub = gitHubOf(env)
  const refresh = Math.max(every, REFRESH)
  let published: number | undefined
  const failures = await probeLoop({
    root,
    writer,
    env,
    intervalMs: every,
    allowPrivate: allowsPrivate(env),
    signal: stop.signal,
    forMs: forMs ?? options.for ?? fromEnvironment('CANDOR_LOOP', durationArgument) ?? 0,
    ...(forge && {
      forge: {
        forge: forge.forge,
        prefix: forge.prefix,
        commit: options.commit === true,
        propose: options.propose === true,
      },
    }),
    afterPass: async (report) => {
      if (json)
        process.stdout.write(
          `${JSON.stringify({
            samples: report.samples,
            transitions: report.recorded.transitions,
            proposed: report.proposed,
            ...(report.failures.length > 0 && { failures: report.failures }),
          })}\n`,
        )
      const news = report.committed !== undefined || report.proposed.some(({ action }) => action === 'merged')
      const old = published === undefined || performance.now() - published >= refresh
      // A commit made with GitHub's own token starts no workflow, and a page that is not built again calls itself late.
      if (gitHub && (news || old)) {
        await dispatchWorkflow(gitHub, 'deploy.yml', await forge?.forge.mainBranch())
        published = performance.now()
      }
    },
  })
  // They have been said; set and not thrown, so that they are not said twice.
  if (failures.length > 0) process.exitCode = 1
}

/**
 * A runner's disk is new each time: what was known after the last pass is where the passes put it. A box that starts
 * without a network goes on from its history; a runner would write less over what is there, and fails.
 */
async function goOn(place: WorldForge, writer: string, { root, push }: ProbeOptions): Promise<void> {
  const { env } = process
  const { live, history } = readWorld(root).site
  try {
    if (history.branch !== undefined) await fetchHistory(place, root, history.branch, { remote: push, env })
    await fetchLive(place.forge, root, { writer, live, allowPrivate: allowsPrivate(env) })
  } catch (error) {
    // Whose history is on a branch that cannot be reached would begin to count anew.
    const knows = history.branch === undefined || Object.keys(readHistoryTips(root, writer)).length > 0
    if (place.gitHub || !knows || !(error instanceof GitError)) throw error
    say(`what "${writer}" saw last could not be fetched, and it goes on from its history: ${error.message}`)
  }
}

export function writerOf({ writer }: { writer?: string }): string {
  return writer ?? fromEnvironment('CANDOR_WRITER', writerArgument) ?? 'local'
}

/** Addresses of one's own network are fair targets for one's own machine, and not for a runner that strangers can reach. */
export function allowsPrivate(env: Record<string, string | undefined>): boolean {
  const said = env['CANDOR_ALLOW_PRIVATE']
  return said === undefined ? env['GITHUB_ACTIONS'] !== 'true' : said === 'true'
}

/** Containers and services are commonly killed ten seconds after they were asked to stop. */
const LONGEST_STOP = 8 * SECOND

/**
 * Aborts on SIGTERM and SIGINT, so that a pass ends with its lines written. A second signal ends the process at once.
 * The shell between npm and us passes no signal on: what npm started also stops when that shell is gone.
 */
export function stopOnSignals(controller: AbortController): AbortController {
  const stop = () => {
    say('stopping after this pass')
    controller.abort()
    // What still hangs then, such as a push to a host that does not answer, has nothing to write that is not on the disk.
    setTimeout(() => process.exit(), LONGEST_STOP).unref()
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop)
  if (process.env['npm_lifecycle_event'] !== undefined) {
    const parent = process.ppid
    const watching = setInterval(() => {
      if (process.ppid === parent) return
      clearInterval(watching)
      if (!controller.signal.aborted) stop()
    }, 1000).unref()
  }
  return controller
}
