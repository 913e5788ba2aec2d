import { execFile, spawn } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import path from 'node:path'
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { createAuthority } from '../certificates.ts'

/** Servers that refuse to run as root run as this user, which every Debian has. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

/** Runs a program to its end; rejects with what it said when it fails. */
export async function run(program: string, args: string[], input?: string): Promise<string> {
  const running = promisify(execFile)(program, args, { ...nobody, cwd: '/', maxBuffer: 1e7 })
  running.child.stdin?.end(input)
  return (await running).stdout
}

/** Starts a server and waits until it accepts on its port. `stop` ends it and waits until it has ended. */
export async function serve(
  program: string,
  args: string[],
  { port, signal = 'SIGTERM', env = {} }: { port: number; signal?: NodeJS.Signals; env?: NodeJS.ProcessEnv },
): Promise<{ stop(): Promise<void> }> {
  const child = spawn(program, args, { ...nobody, cwd: '/', stdio: 'pipe', env: { ...process.env, ...env } })
  // A start that fails half way stops nothing; so nothing outlives the tests.
  process.once('exit', () => child.kill('SIGKILL'))
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += String(chunk)))
  const ended = once(child, 'exit')
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}:\n${said}`)
    await wait(100)
  }
  return {
    stop: async () => {
      child.kill(signal)
      await ended
    },
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' })
  try {
    await once(socket, 'connect')
    return true
  } catch {
    // Not yet; the server's own exit is what would end the waiting.
    return false
  } finally {
    socket.destroy()
  }
}

/** A folder that the server's user can write in. */
export function ownFolder(folder: string, name: string): string {
  const own = path.join(folder, name)
  mkdirSync(own, { recursive: true })
  handOver(own)
  return own
}

/** A key and a certificate for `localhost` as files that the server's user can read, and the authority that signed it. */
export async function certificateFiles(
  folder: string,
): Promise<{ ca: string; key: string; cert: string; caFile: string }> {
  const authority = await createAuthority()
  const pair = await authority.issue(['localhost'])
  const file = (name: string, text: string) => {
    const at = path.join(folder, name)
    writeFileSync(at, text, { mode: 0o600 })
    handOver(at)
    return at
  }
  return {
    ca: authority.ca,
    key: file('key.pem', pair.key),
    cert: file('cert.pem', pair.cert),
    caFile: file('ca.pem', authority.ca),
  }
}

function handOver(at: string): void {
  if (nobody.uid === undefined) return
  chmodSync(at, at.endsWith('.pem') ? 0o600 : 0o700)
  chownSync(at, nobody.uid, nobody.gid)
}
