import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Command } from 'commander'
import { beatText, writeBeat } from '../../src/files/beat-store.ts'
import { readComponents } from '../../src/files/read-settings.ts'
import { saveBeat } from '../../src/forge/beat-branch.ts'
import { failureWords, findHeartbeat, type Beat } from '../../src/model/beat.ts'
import { redactor } from '../../checks/words.ts'
import { openForge } from '../open-forge.ts'
import { rootOption, type RootOption } from '../options.ts'
import { say, UsageError } from '../say.ts'

interface BeatOptions extends RootOption {
  fail?: string | true
  push?: string | true
}

/** `status beat backup`: a job reports that it is well, or that it has failed. */
export function beatCommand(program: Command): void {
  program
    .command('beat')
    .description('report to a heartbeat check: the job is well, or has failed')
    .argument('<check>', 'the component, or component/n where it has several heartbeat checks')
    .addOption(rootOption())
    .option('--fail [why]', 'the job has failed, and why')
    .option(
      '--push [remote]',
      'keep it on its branch, for probes elsewhere: on GitHub, or on this remote; origin',
    )
    .action(async (name: string, { root, fail, push }: BeatOptions) => {
      const found = findHeartbeat(readComponents(sourceOf(root)).components, name)
      if ('problem' in found) throw new UsageError(found.problem)
      const { id, options } = found.check
      const secret = process.env[options.token?.slice(2, -1) ?? '']
      const redact = redactor(secret === undefined ? [] : [secret])
      const beat: Beat = {
        at: Date.now(),
        ...(fail !== undefined && { failed: failureWords(fail === true ? '' : redact(fail)) }),
      }
      writeBeat(root, id, beat)
      if (push !== undefined) {
        const { forge } = await openForge(root, process.env, { remote: push === true ? 'origin' : push })
        await saveBeat(forge, id, beatText(id, beat))
      }
      say(`${beat.failed === undefined ? 'a beat' : 'a failure'} of ${id} is noted`)
    })
}

function sourceOf(root: string): string {
  return readFileSync(path.join(root, 'components.yaml'), 'utf8')
}
