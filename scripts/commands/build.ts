import path from 'node:path'
import type { Command } from 'commander'
import { buildLine, buildWorld } from '../build-world.ts'
import { instantArgument, jsonOption, rootOption, type RootOption } from '../options.ts'
import { plural, problemLines, say } from '../say.ts'

/** `status build --out dist`: writes the page. A broken content file is said and never stops it. */
export function buildCommand(program: Command): void {
  program
    .command('build')
    .description('build the page into a folder; into one that holds an earlier build, only what changed')
    .addOption(rootOption())
    .option('--out <folder>', 'where the page is written', 'dist')
    .option('--now <time>', 'build the page as of this time, such as 2026-11-21T03:11:00Z', instantArgument)
    .addOption(jsonOption())
    .action(async ({ root, out, now, json }: RootOption & { out: string; now?: number; json?: true }) => {
      const { world, report, milliseconds } = await buildWorld({
        root,
        out: path.resolve(root, out),
        now: now ?? Date.now(),
        onProgress: (done, total) => {
          if (done % 1000 === 0 && done < total) say(`${String(done)} of ${String(total)} files …`)
        },
      })
      const errors = world.problems.filter(({ level }) => level === 'error')
      for (const problem of errors) say(problemLines(problem).join('\n'))
      for (const { path: name, reason } of report.failed) say(`${name} could not be made: ${reason}`)
      say(buildLine(report, milliseconds))
      if (errors.length > 0)
        say(`${plural(errors.length, 'error')} in the content: the page says what it could read`)
      if (json) process.stdout.write(`${JSON.stringify({ ...report, errors: errors.length })}\n`)
      if (report.failed.length > 0) process.exitCode = 1
    })
}
