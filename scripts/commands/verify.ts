import type { Command } from 'commander'
import type { Chain } from '../../src/derive/verify-chain.ts'
import { findings, type Finding } from '../../src/derive/verify-findings.ts'
import { jsonOption, rootOption, type RootOption } from '../options.ts'
import { plural, visible } from '../say.ts'
import { verifyWorld } from '../verify-world.ts'

/** `status verify`: walks the chains of the history, and says what does not fit. */
export function verifyCommand(program: Command): void {
  program
    .command('verify')
    .description('check that no line of the history was edited, removed or moved; exit code 1 where one was')
    .addOption(rootOption())
    .addOption(jsonOption())
    .option('--strict', 'exit with 1 for warnings too')
    .action(({ root, json, strict }: RootOption & { json?: true; strict?: true }) => {
      const { chains, found, odd } = verifyWorld(root)
      const errors = found.filter((one) => findings[one.found].level === 'error').length
      const warnings = found.length - errors
      if (json) {
        const said = found.map((one) => ({ ...one, ...findings[one.found] }))
        process.stdout.write(`${JSON.stringify({ errors, warnings, found: said, chains, odd }, null, 2)}\n`)
      } else {
        const whole = chains.filter(({ whole: good }) => good).length
        const lines = [
          ...found.map(findingLine),
          ...odd.map((name) => `${name}: not a file of the history; nothing in it is read`),
          ...chains.map(chainLine),
          `${plural(chains.length, 'chain')}, ${String(whole)} whole: ${plural(errors, 'error')}, ${plural(warnings, 'warning')}`,
        ]
        process.stdout.write(`${lines.join('\n')}\n`)
      }
      if (errors > 0 || (strict && warnings > 0)) process.exitCode = 1
    })
}

/** `history/…:4 error: edited: line 3 … (what it means)` */
export function findingLine({ file, line, found, message }: Finding): string {
  const { level, means } = findings[found]
  return `${file}:${String(line)} ${level}: ${found}: ${visible(message)} (${means})`
}

function chainLine({ component, writer, lines, since, whole, pruned }: Chain): string {
  const where = `${component} as ${writer} saw it: ${plural(lines, 'line')}`
  const cut = pruned === undefined ? '' : ` (pruned before ${pruned})`
  if (since === undefined) return `${where}${cut}`
  return whole ? `${where}, whole since ${since}${cut}` : `${where}, broken; whole again since ${since}${cut}`
}
