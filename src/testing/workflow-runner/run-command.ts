import { spawn } from 'node:child_process'

/**
 * Runs one script as GitHub's `shell: bash` does, with no variable but those given. `stop` ends it, together with
 * everything that it started. The output is both streams in the order of their arrival.
 */
export async function runCommand(order: {
  script: string
  folder: string
  env: Record<string, string>
  stop: AbortSignal
}): Promise<CommandResult> {
  const { promise, resolve, reject } = Promise.withResolvers<CommandResult>()
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', order.script], {
    cwd: order.folder,
    env: order.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that npm, node and whatever they started can be stopped too.
    detached: true,
  })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.on('error', reject)
  child.on('close', (code) => resolve({ code, output: Buffer.concat(chunks).toString() }))
  const stop = () => stopGroup(child.pid)
  order.stop.addEventListener('abort', stop)
  if (order.stop.aborted) stop()
  try {
    return await promise
  } finally {
    order.stop.removeEventListener('abort', stop)
  }
}

function stopGroup(leader: number | undefined): void {
  if (leader === undefined) return
  try {
    process.kill(-leader, 'SIGKILL')
  } catch (error) {
    // It ended by itself in the meantime.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

export interface CommandResult {
  /** `null` when a signal ended it. */
  code: number | null
  output: string
}
