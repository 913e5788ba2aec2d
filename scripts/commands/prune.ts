import { InvalidArgumentError, type Command } from 'commander'
import { findings } from '../../src/derive/verify-findings.ts'
import { uptimeWindows } from '../../src/derive/uptime.ts'
import { applyPrune, plannedPrune } from '../../src/files/prune-history.ts'
import { DAY, parseInstant, utcMonth } from '../../src/model/time.ts'
import { instantArgument, rootOption, type RootOption } from '../options.ts'
import { plural, say, UsageError } from '../say.ts'
import { verifyWorld } from '../verify-world.ts'
import { sizeWords } from './size.ts'

/** A page that is not built for a while, and a person who looks back over the year's end. */
const MARGIN_DAYS = 35

interface PruneOptions extends RootOption {
  before: string
  keepRollups?: true
  dryRun?: true
  force?: true
  now?: number
}

/** `status prune`: takes old months out of the history, so that what is left still says what it said. */
export function pruneCommand(program: Command): void {
  program
    .command('prune')
    .description('take the months before a date out of the history; what is kept still verifies')
    .addOption(rootOption())
    .requiredOption(
      '--before <month>',
      'the first month to keep, such as 2025-10, or a day in it',
      monthArgument,
    )
    .option('--keep-rollups', 'keep the lines of single days')
    .option('--dry-run', 'say what would go, and take nothing')
    .option('--force', 'even what the page still needs, and even where the history does not verify')
    .option('--now <time>', 'as if it were this time', instantArgument)
    .action(prune)
}

function prune({ root, before, keepRollups, dryRun, force, now = Date.now() }: PruneOptions): void {
  if (!force) refuse(root, before, now)
  const plan = plannedPrune(root, before, { keepRollups: keepRollups === true })
  for (const [kind, changes] of Map.groupBy(plan.changes, ({ file }) => file.kind)) {
    const lines = changes.reduce((sum, change) => sum + change.lines, 0)
    const bytes = changes.reduce((sum, change) => sum + change.bytes, 0)
    const gone = changes.filter(({ after }) => after === undefined).length
    say(`${kind}: ${plural(lines, 'line')}, ${sizeWords(bytes)}, ${plural(gone, 'whole file')}`)
  }
  if (plan.changes.length === 0) {
    say(`nothing stands before ${before}`)
    return
  }
  const saved = sizeWords(plan.changes.reduce((sum, { bytes }) => sum + bytes, 0))
  if (dryRun) {
    say(`would save ${saved}`)
    return
  }
  applyPrune(root, plan)
  say(`saved ${saved}; a repository keeps it in its past, a clone of depth 1 does not`)
}

/** Said before anything is taken. */
function refuse(root: string, before: string, now: number): void {
  const days = Math.max(...uptimeWindows.map((window) => window.days ?? 1)) + MARGIN_DAYS
  const newest = utcMonth(now - days * DAY)
  if (before > newest)
    throw new UsageError(
      `The page shows the last year, so the last ${String(days)} days stay: prune before ${newest} at the latest, or add --force.`,
    )
  const errors = verifyWorld(root).found.filter(({ found }) => findings[found].level === 'error').length
  if (errors > 0)
    throw new UsageError(
      `${plural(errors, 'error')} in the history: a prune would remove the traces. See \`status verify\`, or add --force.`,
    )
}

function monthArgument(text: string): string {
  const day = /^\d{4}-\d{2}$/.test(text) ? `${text}-01` : text
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || parseInstant(`${day}T00:00:00Z`) === undefined)
    throw new InvalidArgumentError('It is a month such as 2025-10, or a day such as 2025-10-01.')
  return day.slice(0, 7)
}
