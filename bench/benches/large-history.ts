import path from 'node:path'
import { readHistory } from '../../src/files/history-store.ts'
import { DAY } from '../../src/model/time.ts'
import type { Bench } from '../contract.ts'
import { median, run, timed } from '../measure.ts'
import { openHistoryRepository } from '../worlds/history-repository.ts'
import { simulatedHistory } from '../worlds/simulated-history.ts'

const FROM = Date.parse('2021-11-21T00:00:00Z')

/** What many components, and many years, leave behind in git. */
export const largeHistory: Bench = {
  name: 'large-history',
  about: 'a year of 200 components in git, and five years of ten read from a clone of depth 1',
  async run({ quick, folder, say }) {
    const many = path.join(folder, 'many.git')
    const [components, days] = quick ? [4, 3] : [200, 365]
    say(`recording ${String(days)} days of ${String(components)} components …`)
    const year = await recorded(many, components, days)
    const objects = await run('git', ['count-objects', '-v'], { cwd: many })
    const packed = Number(/^size-pack: (\d+)$/m.exec(objects)?.[1]) / 1024

    const long = path.join(folder, 'long.git')
    const years = quick ? 1 / 12 : 5
    say('recording five years of ten components …')
    await recorded(long, quick ? 2 : 10, Math.round(years * 365))
    const clones: number[] = []
    const reads: number[] = []
    for (let round = 0; round < (quick ? 1 : 5); round++) {
      const clone = path.join(folder, `shallow-${String(round)}`)
      clones.push(await timed(() => run('git', ['clone', '--quiet', '--depth=1', `file://${long}`, clone])))
      reads.push(await timed(() => readHistory(clone)))
    }
    const { history, problems } = readHistory(path.join(folder, 'shallow-0'))
    const lines = Object.values(history).reduce(
      (sum, { transitions, rollups }) => sum + transitions.length + rollups.length,
      0,
    )
    if (problems.length > 0 || lines === 0)
      throw new Error(`the clone has ${String(problems.length)} problems`)
    const named = quick ? 'days' : 'year'
    return [
      {
        name: `${named} of ${String(components)} components, packed`,
        value: packed,
        unit: 'MiB',
        note: `${year.commits.toLocaleString('en')} commits, ${String(year.files.size)} files`,
      },
      {
        name: quick ? 'days, read from a clone of depth 1' : 'five years, read from a clone of depth 1',
        value: median(reads),
        unit: 'ms',
        note: `${lines.toLocaleString('en')} lines`,
      },
      {
        name: quick ? 'days, clone of depth 1' : 'five years, clone of depth 1',
        value: median(clones),
        unit: 'ms',
      },
    ]
  },
}

async function recorded(repository: string, components: number, days: number) {
  const ids = Array.from({ length: components }, (_, index) => `service-${String(index + 1)}`)
  const history = await openHistoryRepository(repository)
  for (const { at, additions } of simulatedHistory(ids, FROM, FROM + days * DAY)) {
    const { transitions, rollups } = additions
    const message =
      transitions.length > 0
        ? transitions.map(({ component, line }) => `${component}: ${line.to.replaceAll('_', ' ')}`).join(', ')
        : `History of ${rollups[0]?.line.d ?? ''}`
    await history.commit(additions, at, message)
  }
  const made = await history.close()
  await run('git', ['repack', '-adfq'], { cwd: repository })
  return made
}
