/**
 * Measures what the project promises and prints a table: `npm run bench`, with `--only <name>` for one bench, `--quick`
 * to see that they run at all. Ends with 1 when a budget does not hold.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { benches } from './benches/index.ts'
import { budgets } from './budgets.ts'
import { judge, machineFacts, table, type Judged } from './table.ts'

const { values } = parseArgs({
  options: { only: { type: 'string' }, quick: { type: 'boolean', default: false } },
})
const chosen = benches.filter(({ name }) => values.only === undefined || name === values.only)
if (chosen.length === 0) {
  console.error(
    `there is no bench "${values.only ?? ''}"; there are ${benches.map(({ name }) => name).join(', ')}`,
  )
  process.exit(2)
}

const load = () => (loadavg()[0] ?? 0).toFixed(1)
console.log(`${machineFacts()}; load at the start ${load()}\n`)
const judged: Judged[] = []
for (const { name, about, run } of chosen) {
  console.error(`${name}: ${about}`)
  const folder = mkdtempSync(path.join(tmpdir(), `candor-bench-${name}-`))
  try {
    const rows = await run({ quick: values.quick, folder, say: (line) => console.error(`  ${line}`) })
    judged.push(...rows.map((row) => judge(row, budgets)))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
console.log(table(judged))
console.log(`\nload at the end ${load()}`)
if (judged.some(({ holds }) => holds === false)) process.exitCode = 1
