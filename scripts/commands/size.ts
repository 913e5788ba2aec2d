import type { Command } from 'commander'
import { bytesIn, bytesPerDay, sumsBy, type SizeSum } from '../../src/derive/history-growth.ts'
import { readWorld } from '../../src/files/read-world.ts'
import { sizedHistory } from '../../src/files/sized-history.ts'
import { gitSize } from '../../src/forge/git-size.ts'
import { instantArgument, jsonOption, rootOption, type RootOption } from '../options.ts'
import { plural, say } from '../say.ts'

/** `status size`: what the history costs, and what it will. */
export function sizeCommand(program: Command): void {
  program
    .command('size')
    .description('say what the history takes on the disk and in git, and what it will take')
    .addOption(rootOption())
    .option('--now <time>', 'as if it were this time', instantArgument)
    .addOption(jsonOption())
    .action(size)
}

async function size({
  root,
  json,
  now = Date.now(),
}: RootOption & { json?: true; now?: number }): Promise<void> {
  const { files, first } = sizedHistory(root)
  const bytes = bytesIn(files)
  const git = await gitSize(root, 'history', readWorld(root).site.history.branch).catch((error: unknown) => {
    say(`git could not be asked: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  })
  const perDay = bytesPerDay(files, first, now)
  const inYears = (years: number) => {
    if (perDay === undefined) return undefined
    const more = perDay * 365 * years
    return {
      bytes: Math.round(bytes + more),
      ...(git && bytes > 0 && { git: Math.round(git.bytes * (1 + more / bytes)) }),
    }
  }
  const report = {
    files: files.length,
    lines: files.reduce((sum, { lines }) => sum + lines, 0),
    bytes,
    kinds: sumsBy(files, ({ kind }) => kind),
    writers: sumsBy(files, ({ writer }) => writer),
    components: sumsBy(files, ({ component }) => component),
    git,
    bytesPerDay: perDay === undefined ? undefined : Math.round(perDay),
    inAYear: inYears(1),
    inFiveYears: inYears(5),
  }
  if (json) {
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
    return
  }
  const then = (years: ReturnType<typeof inYears>) =>
    years && `${sizeWords(years.bytes)}${years.git === undefined ? '' : `, ${sizeWords(years.git)} in git`}`
  const said = [
    `history: ${sizeWords(bytes)}, ${plural(files.length, 'file')}, ${plural(report.lines, 'line')}`,
    ...(['kinds', 'writers', 'components'] as const).flatMap((by) => table(by, report[by])),
    ...(git
      ? [
          `in git: ${sizeWords(git.bytes)}, ${plural(git.commits, 'commit')}, ${plural(git.objects, 'object')}${git.shallow ? '; this clone holds only the newest part' : ''}`,
          ...(git.loose > 1000
            ? [`  ${plural(git.loose, 'object')} are not packed yet; git gc makes it smaller`]
            : []),
        ]
      : ['in git: nothing']),
    perDay === undefined
      ? 'growth: cannot be told before there is a day of history'
      : `growth: ${sizeWords(perDay)} a day; in a year ${then(report.inAYear) ?? ''}; in five years ${then(report.inFiveYears) ?? ''}`,
  ]
  process.stdout.write(`${said.join('\n')}\n`)
}

const MOST_ROWS = 10

function table(by: string, sums: SizeSum[]): string[] {
  if (sums.length < 2) return []
  const rest = sums.length - MOST_ROWS
  return [
    `  by ${by.slice(0, -1)}:`,
    ...sums
      .slice(0, MOST_ROWS)
      .map(
        ({ name, files, lines, bytes }) =>
          `    ${name}: ${sizeWords(bytes)}, ${plural(files, 'file')}, ${plural(lines, 'line')}`,
      ),
    ...(rest > 0 ? [`    and ${String(rest)} more, which --json lists`] : []),
  ]
}

/** `3.4 MB`; decimal, as disks and hosts count. */
export function sizeWords(bytes: number): string {
  if (bytes < 1000) return `${String(Math.round(bytes))} B`
  const [unit, of] = bytes < 999_950 ? [1e3, 'kB'] : bytes < 999_950_000 ? [1e6, 'MB'] : [1e9, 'GB']
  return `${(bytes / (unit as number)).toFixed(1)} ${of as string}`
}
