import type { Command } from 'commander'
import { dispatchWorkflow } from '../../src/forge/dispatch-workflow.ts'
import { gitHubOf, openForge } from '../open-forge.ts'
import { durationArgument, fromEnvironment, rootOption, type RootOption } from '../options.ts'
import { say, UsageError } from '../say.ts'

/** `status chain`: starts the next probe run, so that a loop goes on without waiting for GitHub's schedule. */
export function chainCommand(program: Command): void {
  program
    .command('chain')
    .description('in a GitHub workflow: start the next probe run, where CANDOR_LOOP asks for a loop')
    .addOption(rootOption())
    .action(async ({ root }: RootOption) => {
      if ((fromEnvironment('CANDOR_LOOP', durationArgument) ?? 0) === 0) {
        say('CANDOR_LOOP is 0: the schedule starts the next run')
        return
      }
      const gitHub = gitHubOf(process.env)
      if (!gitHub)
        throw new UsageError(
          'chain needs GITHUB_TOKEN and GITHUB_REPOSITORY, as a GitHub workflow sets them.',
        )
      const { forge } = await openForge(root, process.env)
      await dispatchWorkflow(gitHub, 'probe.yml', await forge.mainBranch())
      say('asked for the next probe run')
    })
}
