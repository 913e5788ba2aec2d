#!/usr/bin/env node
import { existsSync } from 'node:fs'
import path from 'node:path'
import { Command, CommanderError, type Option } from 'commander'
import { NoWorldError } from '../src/files/no-world-error.ts'
import { WriterBusy } from '../src/files/writer-lock.ts'
import { ForgeError } from '../src/forge/forge-error.ts'
import { GitError } from '../src/forge/run-git.ts'
import type { RootOption } from './options.ts'
import { say, UsageError } from './say.ts'

const post: Load = async () => (await import('./commands/post.ts')).postCommands

/** Where each command stands. Only the one that is called is loaded: all of them take half a second. */
const commands: Record<string, Load> = {
  check: async () => (await import('./commands/check.ts')).checkCommand,
  probe: async () => (await import('./commands/probe.ts')).probeCommand,
  watch: async () => (await import('./commands/watch.ts')).watchCommand,
  start: async () => (await import('./commands/watch.ts')).startCommand,
  build: async () => (await import('./commands/build.ts')).buildCommand,
  down: post,
  degraded: post,
  update: post,
  ok: post,
  beat: async () => (await import('./commands/beat.ts')).beatCommand,
  import: async () => (await import('./commands/import.ts')).importCommand,
  push: async () => (await import('./commands/push.ts')).pushCommand,
  uptime: async () => (await import('./commands/uptime.ts')).uptimeCommand,
  live: async () => (await import('./commands/live.ts')).liveCommand,
  verify: async () => (await import('./commands/verify.ts')).verifyCommand,
  repair: async () => (await import('./commands/repair.ts')).repairCommand,
  prune: async () => (await import('./commands/prune.ts')).pruneCommand,
  size: async () => (await import('./commands/size.ts')).sizeCommand,
  chain: async () => (await import('./commands/chain.ts')).chainCommand,
}

const program = new Command('status')
  .description('Candor, a status page you keep in git')
  .showHelpAfterError('(add --help for what it takes)')
  .addHelpText(
    'after',
    '\nExit codes: 0 done; 1 done, but something is wrong that you should know; 2 the command cannot be carried out as given.',
  )
for (const load of called(process.argv[2])) (await load())(program)
exitLikeScriptsExpect(program)
program.hook('preAction', (_, command) => {
  refuseWhatNpmTook(command, process.env)
  if (command.name() !== 'import') requireWorld(command.opts<RootOption>().root)
})
// A reader that has seen enough, such as `head`, ends the command and is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = explain(error)
}

/** What has to be loaded for a first argument: that command, or all of them to help whoever names none. */
function called(name = ''): Iterable<Load> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  return command ? [command] : new Set(Object.values(commands))
}

/** Without `--` npm takes the options for its own settings, and what it hands on is a command that nobody gave. */
function refuseWhatNpmTook(command: Command, env: NodeJS.ProcessEnv): void {
  const script = env['npm_lifecycle_event'] ?? ''
  if (!['status', 'start', 'build'].includes(script)) return
  const valueOf = ({ long, short }: Option) =>
    [long, short]
      .map((name) => env[`npm_config_${name?.replace(/^-+/, '').replaceAll('-', '_') ?? ''}`])
      .find((value) => value !== undefined)
  // npm has settings `json` and `message` itself; its message is one for commits of `npm version`, with a %s in it.
  const taken = command.options.filter((option) => {
    const value = valueOf(option)
    return value !== undefined && option.long !== '--json' && !value.includes('%s')
  })
  if (taken.length === 0) return
  const given = process.argv.slice(script === 'status' ? 2 : 3)
  // An option that npm does not know loses its value to the arguments.
  const mixed = taken.some((option) => option.required && valueOf(option) === 'true')
  const words = [
    ...(mixed ? [...given.slice(0, 1), '…'] : given),
    ...taken.map(({ short, long = '', required }) => `${short ?? long}${required ? ' …' : ''}`),
  ]
  throw new UsageError(
    `npm took ${taken.map(({ long }) => long).join(', ')} for itself. Write: npm run ${script} -- ${words.join(' ')}`,
  )
}

/** Said before anything is opened or written for a folder that has nothing to do with us. */
function requireWorld(root: string): void {
  if (['site.yaml', 'components.yaml'].some((name) => existsSync(path.join(root, name)))) return
  throw new UsageError(
    `${root} holds neither site.yaml nor components.yaml: it is no world. Give its folder with --root.`,
  )
}

/** Usage errors leave with 2, for every command. */
function exitLikeScriptsExpect(command: Command): void {
  command.exitOverride()
  for (const sub of command.commands) exitLikeScriptsExpect(sub)
}

/** A person's mistake, or a forge that refuses, is a sentence; anything else is our bug, and keeps its stack. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (error instanceof UsageError || error instanceof NoWorldError || error instanceof WriterBusy) {
    say(error.message)
    return 2
  }
  if (error instanceof ForgeError || error instanceof GitError) {
    say(error.message)
    return 1
  }
  if (isOfThisMachine(error)) {
    say(
      error.syscall === 'spawn git'
        ? 'git is needed for this, and was not found on this machine.'
        : error.message,
    )
    return 2
  }
  say(error instanceof Error ? (error.stack ?? error.message) : String(error))
  say('This is a bug in Candor. Please report it with the lines above.')
  return 1
}

/** A folder that may not be written, a disk that is full, a file where a folder should be: not ours to mend. */
function isOfThisMachine(error: unknown): error is NodeJS.ErrnoException {
  const codes = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'EISDIR', 'EEXIST', 'EMFILE']
  if (!(error instanceof Error)) return false
  const { code = '', syscall } = error as NodeJS.ErrnoException
  return codes.includes(code) || (code === 'ENOENT' && syscall === 'spawn git')
}

type Load = () => Promise<(program: Command) => void>
