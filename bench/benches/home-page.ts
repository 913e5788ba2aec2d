import { readFileSync } from 'node:fs'
import path from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { buildWorld } from '../../scripts/build-world.ts'
import type { Bench, Row } from '../contract.ts'
import { writeMeasuredWorld } from '../worlds/measured-world.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')

/** The bytes of the first page, with everything in it that it needs. */
export const homePage: Bench = {
  name: 'home-page',
  about: 'bytes of the home page, style and scripts included; 90 days of history, 7 % of them with trouble',
  async run({ quick, folder, say }) {
    const rows: Row[] = []
    for (const count of quick ? [5] : [20, 25, 100]) {
      const root = path.join(folder, `world-${String(count)}`)
      writeMeasuredWorld(root, count, NOW)
      say(`building the home page of ${String(count)} components …`)
      await buildWorld({ root, out: path.join(root, 'dist'), now: NOW })
      const page = readFileSync(path.join(root, 'dist', 'index.html'))
      const brotli = brotliCompressSync(page, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } })
      const name = `home page of ${String(count)} components`
      const note = `${page.length.toLocaleString('en')} B uncompressed`
      rows.push({ name: `${name}, brotli`, value: brotli.length, unit: 'bytes', note })
      rows.push({ name: `${name}, gzip`, value: gzipSync(page, { level: 9 }).length, unit: 'bytes' })
    }
    return rows
  },
}
