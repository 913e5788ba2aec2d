#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { NoWorldError } from '../src/files/read-world.ts'
import { ForgeError } from '../src/forge/forge-error.ts'
import { buildCommand } from './commands/build.ts'
import { chainCommand } from './commands/chain.ts'
import { checkCommand } from './commands/check.ts'
import { importCommand } from './commands/import.ts'
import { liveCommand } from './commands/live.ts'
import { postCommands } from './commands/post.ts'
import { probeCommand } from './commands/probe.ts'
import { startCommand, watchCommand } from './commands/watch.ts'
import { say, UsageError } from './say.ts'

const commands = [
  ...[checkCommand, probeCommand, watchCommand, startCommand, buildCommand],
  ...[postCommands, importCommand, liveCommand, chainCommand],
]

const program = new Command('status')
  .description('Candor, a status page you keep in git')
  .showHelpAfterError('(add --help for what it takes)')
  .addHelpText(
    'after',
    '\nExit codes: 0 done; 1 done, but something is wrong that you should know; 2 the command cannot be carried out as given.',
  )
for (const register of commands) register(program)
exitLikeScriptsExpect(program)

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = explain(error)
}

/** Usage errors leave with 2, for every command. */
function exitLikeScriptsExpect(command: Command): void {
  command.exitOverride()
  for (const sub of command.commands) exitLikeScriptsExpect(sub)
}

/** A person's mistake, or a forge that refuses, is a sentence; anything else is our bug, and keeps its stack. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (error instanceof UsageError || error instanceof NoWorldError) {
    say(error.message)
    return 2
  }
  if (error instanceof ForgeError) {
    say(error.message)
    return 1
  }
  say(error instanceof Error ? (error.stack ?? error.message) : String(error))
  say('This is a bug in Candor. Please report it with the lines above.')
  return 1
}
