import type { Command } from 'commander'
import { readWorld } from '../../src/files/read-world.ts'
import { jsonOption, rootOption, type RootOption } from '../options.ts'
import { plural, problemLines } from '../say.ts'

/** `status check`: reads everything that people wrote, and says what is wrong and what to write instead. */
export function checkCommand(program: Command): void {
  program
    .command('check')
    .description(
      'check the files that people write; exit code 1 when something on the page is missing for an error',
    )
    .addOption(rootOption())
    .addOption(jsonOption())
    .option('--strict', 'exit with 1 for warnings too')
    .action(({ root, json, strict }: RootOption & { json?: true; strict?: true }) => {
      const world = readWorld(root)
      const errors = world.problems.filter(({ level }) => level === 'error').length
      const warnings = world.problems.length - errors
      if (json)
        process.stdout.write(`${JSON.stringify({ errors, warnings, problems: world.problems }, null, 2)}\n`)
      else {
        for (const problem of world.problems) process.stdout.write(`${problemLines(problem).join('\n')}\n`)
        const read = `${plural(world.components.length, 'component')}, ${plural(world.incidents.length, 'incident')}, ${plural(world.maintenance.length, 'maintenance window')}`
        process.stdout.write(`read ${read}: ${plural(errors, 'error')}, ${plural(warnings, 'warning')}\n`)
      }
      if (errors > 0 || (strict && warnings > 0)) process.exitCode = 1
    })
}
