import path from 'node:path'
import { recordPass } from '../../src/derive/record.ts'
import type { Live } from '../../src/model/history.ts'
import { DAY, MINUTE, SECOND, type Instant } from '../../src/model/time.ts'
import type { Bench } from '../contract.ts'
import { median, run, timed } from '../measure.ts'
import { openHistoryRepository, type HistoryRepository } from '../worlds/history-repository.ts'
import { simulatedComponent } from '../worlds/simulated-samples.ts'

const FROM = Date.parse('2025-11-21T00:00:00Z')
const WRITER = 'bench'

/** What a year of probing leaves behind in git. */
export const yearOfHistory: Bench = {
  name: 'year-of-history',
  about:
    'a year of passes every 60 s through the recorder, each with something to say committed, then git repack -adf',
  async run({ quick, folder, say }) {
    const days = quick ? 3 : 365
    const components = Array.from({ length: quick ? 2 : 10 }, (_, index) => `service-${String(index + 1)}`)
    const repository = path.join(folder, 'history.git')
    const history = await openHistoryRepository(repository)
    say(`recording ${String(days)} days of ${String(components.length)} components …`)
    const recording = await timed(() => recordDays(components, FROM, FROM + days * DAY, history))
    const { commits, files } = await history.close()

    say('packing and cloning …')
    await run('git', ['repack', '-adfq'], { cwd: repository })
    const objects = await run('git', ['count-objects', '-v'], { cwd: repository })
    const packed = Number(/^size-pack: (\d+)$/m.exec(objects)?.[1]) / 1024
    const clones: number[] = []
    for (let round = 0; round < (quick ? 1 : 5); round++)
      clones.push(
        await timed(() =>
          run('git', [
            'clone',
            '--quiet',
            `file://${repository}`,
            path.join(folder, `clone-${String(round)}`),
          ]),
        ),
      )

    const lines = [...files.values()].reduce((sum, text) => sum + text.split('\n').length - 1, 0)
    const passes = (days * DAY) / MINUTE
    const name = quick ? 'days of history' : 'year of history'
    const perPass = `${((recording / passes) * 1000).toFixed(0)} µs for each of ${passes.toLocaleString('en')} passes`
    return [
      {
        name: `${name}, packed`,
        value: packed,
        unit: 'MiB',
        note: `${lines.toLocaleString('en')} lines in ${String(files.size)} files`,
      },
      { name: `${name}, commits`, value: commits, unit: 'count' },
      { name: `${name}, clone`, value: median(clones), unit: 'ms' },
      { name: `${name}, recording`, value: recording, unit: 'ms', note: perPass },
    ]
  },
}

async function recordDays(
  ids: string[],
  from: Instant,
  to: Instant,
  history: HistoryRepository,
): Promise<void> {
  const probes = ids.map((id, index) => simulatedComponent(id, index + 1, from, to))
  const components = ids.map((id) => ({ id, confirm: 2 }))
  let live: Live | undefined
  for (let at = from + 10 * SECOND; at < to; at += MINUTE) {
    const samples = probes.map((look) => look(at))
    const recorded = recordPass({ live, samples, components, writer: WRITER, now: at, intervalMs: MINUTE })
    live = recorded.live
    const { transitions, rollups } = recorded
    if (transitions.length + rollups.length === 0) continue
    await history.commit({ writer: WRITER, transitions, rollups }, at, message(recorded))
  }
}

/** As `status probe` words it; see `scripts/probe-pass.ts`. */
function message({
  transitions,
  rollups,
}: Pick<ReturnType<typeof recordPass>, 'transitions' | 'rollups'>): string {
  if (transitions.length > 0)
    return transitions
      .map(({ component, line }) => `${component}: ${line.to.replaceAll('_', ' ')}`)
      .join(', ')
  return `History of ${[...new Set(rollups.map(({ line }) => line.d))].join(', ')}`
}
