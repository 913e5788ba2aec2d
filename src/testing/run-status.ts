import { spawn, type ChildProcess } from 'node:child_process'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { projectRoot } from '../site/source-digest.ts'

/** Runs `status` to its end as a person or a cron would: a process of its own, and no variable but those given. */
export async function runStatus(args: string[], options: RunStatusOptions = {}): Promise<StatusRun> {
  const running = startCommand('scripts/status.ts', args, options)
  const code = await running.ended
  return { code, out: running.out(), said: running.said() }
}

/** Starts a command of this project and goes on. It is killed when the test is over. */
export function startCommand(
  script: string,
  args: string[],
  { cwd = projectRoot, env = {} }: RunStatusOptions = {},
): RunningCommand {
  const child = spawn(process.execPath, [path.join(projectRoot, script), ...args], {
    cwd,
    env: { ...cleanEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => (out += part))
  child.stderr.setEncoding('utf8').on('data', (part: string) => (said += part))
  const ended = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'SIGKILL'))
  })
  // Whoever does not wait for the end must not meet an unhandled rejection.
  ended.catch(() => undefined)
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended.catch(() => undefined)
  })
  const until: RunningCommand['until'] = async (condition) => {
    for (;;) {
      if (await condition()) return
      const end = await Promise.race([ended, delay(100)])
      if (end !== undefined) throw new Error(`It ended with ${String(end)}, and said:\n${said}`)
    }
  }
  return { child, ended, until, out: () => out, said: () => said }
}

/** What a shell of somebody without any configuration of git would pass on. */
function cleanEnvironment(): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: tmpdir(),
    LANG: 'C.UTF-8',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    ASTRO_TELEMETRY_DISABLED: '1',
    CANDOR_ALLOW_PRIVATE: 'true',
    // Hundreds of processes compile the same files; this is half of what most of them do.
    NODE_COMPILE_CACHE: path.join(projectRoot, '.candor/compile-cache'),
  }
}

export interface RunStatusOptions {
  cwd?: string
  env?: Record<string, string>
}

export interface StatusRun {
  /** The exit code, or the signal that ended it. */
  code: number | NodeJS.Signals
  /** Standard output: for machines. */
  out: string
  /** Standard error: for people. */
  said: string
}

export interface RunningCommand {
  child: ChildProcess
  ended: Promise<number | NodeJS.Signals>
  /** Waits until something is so, looking again and again. Throws what the command said if it ends before that. */
  until: (condition: () => boolean | Promise<boolean>) => Promise<void>
  out: () => string
  said: () => string
}
