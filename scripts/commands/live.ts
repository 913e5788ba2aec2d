import type { Command } from 'commander'
import { fetchLive } from '../fetch-live.ts'
import { openForge } from '../open-forge.ts'
import { rootOption, type RootOption } from '../options.ts'
import { say } from '../say.ts'

/** `status live --fetch`: brings what the probes saw last into the world, before a build elsewhere than on their machine. */
export function liveCommand(program: Command): void {
  program
    .command('live')
    .description('bring the live snapshots of all writers from their branches into the world')
    .addOption(rootOption())
    .requiredOption('--fetch', 'fetch them')
    .option('--remote <name>', 'the remote that holds the branches (local git only)')
    .action(async ({ root, remote }: RootOption & { remote?: string }) => {
      const { forge } = await openForge(root, process.env, remote === undefined ? {} : { remote })
      const writers = await fetchLive(forge, root)
      say(
        writers.length > 0
          ? `live snapshots of ${writers.join(', ')}`
          : 'no newer live snapshot on any branch',
      )
    })
}
