import type { Command } from 'commander'
import { readWorld } from '../../src/files/read-world.ts'
import { fetchHistory } from '../fetch-history.ts'
import { fetchLive } from '../fetch-live.ts'
import { openForge } from '../open-forge.ts'
import { rootOption, type RootOption } from '../options.ts'
import { plural, say } from '../say.ts'
import { allowsPrivate } from './probe.ts'

/** `status live --fetch`: brings what the probes saw into the world, before a build elsewhere than on their machine. */
export function liveCommand(program: Command): void {
  program
    .command('live')
    .description('bring the live snapshots of all writers, and the history of its branch, into the world')
    .addOption(rootOption())
    .requiredOption('--fetch', 'fetch them')
    .option('--remote <name>', 'the remote that holds the branches (local git only)')
    .action(async ({ root, remote }: RootOption & { remote?: string }) => {
      const { env } = process
      const place = await openForge(root, env, remote === undefined ? {} : { remote })
      const { live, history } = readWorld(root).site
      if (history.branch !== undefined) {
        const changed = await fetchHistory(place, root, history.branch, { remote, env })
        say(
          changed === undefined
            ? `no history on the branch ${history.branch} yet`
            : `history of the branch ${history.branch}: ${plural(changed, 'file')} brought`,
        )
      }
      const writers = await fetchLive(place.forge, root, { live, allowPrivate: allowsPrivate(env) })
      say(writers.length > 0 ? `live snapshots of ${writers.join(', ')}` : 'no newer live snapshot anywhere')
    })
}
