import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Command } from 'commander'
import { projectRoot } from '../src/site/source-digest.ts'
import { DAY } from '../src/model/time.ts'
import { start } from './commands/watch.ts'
import { portOption } from './options.ts'
import { probeLoop } from './probe-loop.ts'
import { startServices, type Faults } from './demo/services.ts'
import { git, tellStory } from './demo/story.ts'
import { say, UsageError } from './say.ts'
import { simulatedFaults, simulateHistory } from './simulate-history.ts'

const options = new Command('demo')
  .description(
    'Two minutes of a status page: outages are seen from two places, proposed, merged and resolved, on small local services',
  )
  .addOption(portOption())
  .option('--exit', 'end after the story, instead of serving the page until Ctrl-C')
  .option('--second <ms>', 'how long a second of the story takes', Number, 1000)
  .parse()
  .opts<{ port: number; exit?: true; second: number }>()

const root = mkdtempSync(path.join(tmpdir(), 'candor-demo-'))
cpSync(path.join(projectRoot, 'examples/acme'), root, { recursive: true })
const measured = ['api', 'dashboard', 'auth', 'webhooks', 'cdn-europe']
const now = Date.now()
const past = { from: now - 100 * DAY, to: now - 5_000 }
simulateHistory(root, {
  ...past,
  components: measured,
  writer: 'local',
  faults: simulatedFaults(measured, past.from, past.to, 7),
  seed: 7,
})
await git(root, 'init', '--quiet', '--initial-branch=main')
await git(root, 'add', '.')
await git(root, 'commit', '--quiet', '-m', 'A sample world, with a made-up past')
say(`a sample world in ${root}, with a hundred made-up days`)

const faults: Faults = { apiDelayMs: 0, webhooksDown: false, dashboardDown: false, frankfurtCut: false }
const services = await startServices(faults).catch((error: unknown) => {
  say(
    `The demo's services need the ports 14701 to 14706 of this machine: ${error instanceof Error ? error.message : String(error)}`,
  )
  rmSync(root, { recursive: true, force: true })
  process.exit(2)
})
const stop = new AbortController()
const page = start(
  {
    root,
    out: '.candor/page',
    port: options.port,
    every: 2_000,
    commit: true,
    propose: true,
    onlyNews: true,
  },
  stop,
)
// A second vantage point: what it sees stands beside the world, where the first one's pages find it.
const frankfurt = probeLoop({
  root,
  writer: 'eu-1',
  env: process.env,
  intervalMs: 2_000,
  allowPrivate: true,
  signal: stop.signal,
  onlyNews: true,
})
const story = tellStory(root, faults, options.second, stop.signal).then(() => {
  if (options.exit) stop.abort()
  else say('\nThe page stays up until Ctrl-C.')
})
await Promise.all([page, frankfurt, story]).catch((error: unknown) => {
  const stopped = stop.signal.aborted
  stop.abort()
  if (error instanceof UsageError) {
    say(error.message)
    process.exitCode = 2
  } else if (!stopped) throw error
})
services.stop()
rmSync(root, { recursive: true, force: true })
