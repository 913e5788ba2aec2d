import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { services } from '../checks/testing/services/index.ts'
import { projectRoot } from '../src/site/source-digest.ts'
import { say } from './say.ts'

// Tests the checks against the real servers, which Debian's packages bring: `npm run test:services`.

const wanted = Object.values(services).flatMap(({ packages }) => packages)
const missing = wanted.filter((name) => run('dpkg-query', ['-W', '-f=${Status}', name], 'ignore') !== 0)
if (missing.length > 0) {
  const commands = [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', ...missing],
  ]
  if (process.getuid?.() !== 0) {
    say(
      `These packages are missing, and to install them takes root:\n  sudo apt-get install ${missing.join(' ')}`,
    )
    process.exit(1)
  }
  say(`Installing ${missing.join(', ')}.`)
  // Nothing is started but by the tests: at run level 1, Debian's packages start no service of theirs.
  const env = { RUNLEVEL: '1', DEBIAN_FRONTEND: 'noninteractive' }
  for (const command of commands) if (run('apt-get', command, 'inherit', env) !== 0) process.exit(1)
}

const vitest = path.join(projectRoot, 'node_modules', '.bin', 'vitest')
process.exitCode = run(
  vitest,
  ['run', '--config', 'vitest.services.config.ts', ...process.argv.slice(2)],
  'inherit',
)

function run(
  program: string,
  args: string[],
  stdio: 'inherit' | 'ignore',
  env: Record<string, string> = {},
): number {
  return spawnSync(program, args, { cwd: projectRoot, stdio, env: { ...process.env, ...env } }).status ?? 1
}
