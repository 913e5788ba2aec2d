import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { projectRoot } from '../src/site/source-digest.ts'
import { say } from './say.ts'

/** What `npm test` does besides running the tests. Each counts as one. */
const checks: Record<string, string[]> = {
  types: ['astro', 'check', '--minimumSeverity', 'warning'],
  lint: ['eslint', '--max-warnings', '0', '.'],
  format: ['prettier', '--check', '--log-level', 'warn', '.'],
}

const results: [name: string, passed: boolean][] = []
for (const pair of pairs(Object.entries(checks)))
  results.push(
    ...(await Promise.all(
      pair.map(async ([name, command]) => [name, await check(name, command)] as [string, boolean]),
    )),
  )

const folder = mkdtempSync(path.join(tmpdir(), 'candor-test-'))
const report = path.join(folder, 'report.json')
const only = process.argv.slice(2)
const coverage = only.length === 0 ? ['--coverage'] : []
const vitest = [
  'vitest',
  'run',
  ...coverage,
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...only,
]
const code = await run(vitest, 'inherit').then(({ code: exit }) => exit)
const { numPassedTests, numFailedTests, numPendingTests, success } = JSON.parse(
  readFileSync(report, 'utf8'),
) as {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  success: boolean
}
rmSync(folder, { recursive: true })

const failed = results.filter(([, passed]) => !passed)
// A file that does not load, or coverage below its threshold, fails the run without failing a test.
const broken = numFailedTests === 0 && (code !== 0 || !success) ? 1 : 0
if (failed.length > 0) say(`failed: ${failed.map(([name]) => name).join(', ')}`)
if (broken > 0)
  say('failed: the test run as a whole (a file that does not load, or coverage below its threshold)')
const failures = numFailedTests + failed.length + broken
const skipped = numPendingTests > 0 ? `, ${String(numPendingTests)} skipped` : ''
process.stdout.write(
  `${String(numPassedTests + results.length - failed.length)} passed, ${String(failures)} failed${skipped}\n`,
)
process.exitCode = failures > 0 ? 1 : 0

async function check(name: string, command: string[]): Promise<boolean> {
  const { code: exit, said } = await run(command, 'pipe')
  say(`${exit === 0 ? '✓' : '✗'} ${name}`)
  if (exit !== 0) say(said)
  return exit === 0
}

function run(
  [bin = '', ...args]: string[],
  stdio: 'inherit' | 'pipe',
): Promise<{ code: number; said: string }> {
  const child = spawn(path.join(projectRoot, 'node_modules', '.bin', bin), args, {
    cwd: projectRoot,
    stdio: ['ignore', stdio, stdio],
    env: { ...process.env, ASTRO_TELEMETRY_DISABLED: '1' },
  })
  let said = ''
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exit) => resolve({ code: exit ?? 1, said }))
  })
}

/** Two at a time: that many cores are there to be counted on. */
function pairs<T>(all: T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / 2) }, (_, index) => all.slice(index * 2, index * 2 + 2))
}
