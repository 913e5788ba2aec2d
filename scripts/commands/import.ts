import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Option, type Command } from 'commander'
import { NotEmptyError, writeWorld } from '../../src/files/write-world.ts'
import { importers, importSystems, type ImportSystem } from '../../src/import/importer.ts'
import { reportLines } from '../../src/import/report.ts'
import { siteSchema } from '../../src/model/site.ts'
import { jsonOption } from '../options.ts'
import { plural, say, UsageError } from '../say.ts'

/** `import`: another system's history becomes a new world, with a report of what was guessed. */
export function importCommand(program: Command): void {
  program
    .command('import')
    .description('turn the history of another status page into a new world')
    .argument('<system>', `where it comes from: ${importSystems.join(', ')}`)
    .argument('<file>', 'the file that system keeps or exports')
    .addOption(
      new Option('--root <new world>', 'the folder to write; nothing in it is overwritten')
        .makeOptionMandatory()
        .argParser((folder) => path.resolve(folder)),
    )
    .option('--site-url <url>', 'where the new page will be served')
    .option('--name <name>', 'the name of the new page')
    .addOption(jsonOption())
    .action(importWorld)
}

interface ImportOptions {
  root: string
  siteUrl?: string
  name?: string
  json?: true
}

function importWorld(system: string, file: string, options: ImportOptions): void {
  const read = importers[knownSystem(system)]
  const input = readInput(file)
  say(`Importing ${file} (${system}) into ${options.root}`)
  const imported = read(input)
  const site = chosenSite(imported.site, options)
  const written = write(options.root, { ...imported, site }, `${system}, ${path.basename(file)}`)
  for (const line of reportLines(imported.report)) say(line)
  say(
    `Wrote ${plural(written.length, 'file')}. To see what stands in them: status check --root ${options.root}`,
  )
  if (options.json) process.stdout.write(`${JSON.stringify(imported.report, null, 2)}\n`)
  // Set and not called, so that what was printed is printed to its end.
  if (imported.report.problems.length > 0 || !imported.report.addsUp) process.exitCode = 1
}

function knownSystem(name: string): ImportSystem {
  const system = importSystems.find((known) => known === name)
  if (system !== undefined) return system
  throw new UsageError(`"${name}" is no system to import from; known: ${importSystems.join(', ')}`)
}

function readInput(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`)
  }
}

function chosenSite(site: { name: string; url: string }, { name, siteUrl }: ImportOptions) {
  const chosen = { name: name ?? site.name, url: siteUrl ?? site.url }
  const read = siteSchema.safeParse(chosen)
  if (read.success) return chosen
  const [issue] = read.error.issues
  const option = issue?.path[0] === 'name' ? '--name' : '--site-url'
  throw new UsageError(`${option}: ${issue?.message ?? 'cannot be used'}`)
}

function write(...world: Parameters<typeof writeWorld>): string[] {
  try {
    return writeWorld(...world)
  } catch (error) {
    if (error instanceof NotEmptyError) throw new UsageError(error.message)
    throw error
  }
}
