import type { Command } from 'commander'
import { findings } from '../../src/derive/verify-findings.ts'
import { sweepHistory } from '../../src/files/history-store.ts'
import { applyRepair, plannedRepairs } from '../../src/files/repair-history.ts'
import { lockWriter } from '../../src/files/writer-lock.ts'
import { iso, SECOND } from '../../src/model/time.ts'
import { rootOption, type RootOption } from '../options.ts'
import { plural, say, visible } from '../say.ts'
import { verifyWorld } from '../verify-world.ts'
import { findingLine } from './verify.ts'

/** `status repair`: mends what a killed writer, a full disk or a merge did to the history, and says what it cannot mend. */
export function repairCommand(program: Command): void {
  program
    .command('repair')
    .description('mend torn, doubled and disordered lines of the history; exit code 1 where more is wrong')
    .addOption(rootOption())
    .option('--dry-run', 'say what would be done, and do nothing')
    .action(repair)
}

async function repair({ root, dryRun }: RootOption & { dryRun?: true }): Promise<void> {
  const now = Date.now()
  const kept = `.candor/repaired/${iso(now).replaceAll(/[-:]/g, '')}`
  // A writer that is at work could add a line between what is read here and what is written.
  const writers = dryRun ? [] : new Set(plannedRepairs(root).map(({ writer }) => writer))
  const releases: (() => void)[] = []
  try {
    for (const writer of writers)
      releases.push(await lockWriter(root, writer, { now, patienceMs: 3 * SECOND }))
    const repairs = plannedRepairs(root)
    for (const one of repairs) {
      if (!dryRun) applyRepair(root, one, kept)
      for (const what of one.does) say(`${one.path}: ${dryRun ? 'would ' : ''}${what}`)
      if (one.cut !== undefined) say(`    it read: ${visible(one.cut)}`)
    }
    if (!dryRun) for (const left of sweepHistory(root)) say(`removed ${left}, left half written`)
    if (repairs.length === 0) say('nothing to repair')
    else if (!dryRun) say(`${plural(repairs.length, 'file')} repaired; as they were, they are in ${kept}`)
  } finally {
    for (const release of releases) release()
  }

  const errors = verifyWorld(root).found.filter(({ found }) => findings[found].level === 'error')
  if (errors.length === 0) return
  say('left as it is, for it cannot be known what was meant:')
  for (const finding of errors) say(findingLine(finding))
  process.exitCode = 1
}
