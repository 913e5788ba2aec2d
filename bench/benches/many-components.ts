import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { siteFacts } from '../../src/derive/site-facts.ts'
import { readWorld } from '../../src/files/read-world.ts'
import type { Bench } from '../contract.ts'
import { interleaved, timed } from '../measure.ts'
import { writeMeasuredWorld } from '../worlds/measured-world.ts'

/** Ninety days of many components: from the files to every strip and figure of the page. */
export const manyComponents: Bench = {
  name: 'many-components',
  about:
    'reading and deriving ninety days of measurements; floor: the same files read, each line parsed as JSON',
  async run({ quick, folder, say }) {
    const count = quick ? 5 : 500
    const now = Date.parse('2026-11-21T12:00:00Z')
    const root = path.join(folder, 'measured')
    say(`writing ninety days of ${String(count)} components …`)
    writeMeasuredWorld(root, count, now)
    const derive = () => siteFacts(readWorld(root), now).rows.length
    const parse = () => parsed(path.join(root, 'history'))
    // The first of each loads modules and warms the compiler up.
    const [rows, lines] = [derive(), parse()]
    if (rows !== count) throw new Error(`${String(rows)} rows of ${String(count)} components`)
    const { derived, plain } = await interleaved(quick ? 1 : 9, {
      derived: () => timed(derive),
      plain: () => timed(parse),
    })
    return [
      {
        name: `${String(count)} components × 90 days, read and derived`,
        value: derived,
        unit: 'ms',
        against: { what: 'floor', value: plain },
        note: `${lines.toLocaleString('en')} lines`,
      },
    ]
  },
}

/** Reads every file below a folder and parses its lines; returns how many there were. */
function parsed(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((lines, entry) => {
    const place = path.join(folder, entry.name)
    if (entry.isDirectory()) return lines + parsed(place)
    return (
      lines +
      readFileSync(place, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown).length
    )
  }, 0)
}
