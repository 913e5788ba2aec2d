import { execFile } from 'node:child_process'
import { isIP } from 'node:net'
import { LAST_REPLY_MS, PING_INTERVAL_MS } from '../src/model/check-kinds/icmp.ts'
import type { PingOutput } from './read-ping.ts'

/**
 * Pings an address `count` times, and not a name: which address is asked is for the pass's guard to say. Every dialect
 * knows these few options and no more, so how long the last reply may take is not one of them: the program is
 * interrupted, whereupon it prints its summary as at its end.
 */
export function runPing(
  address: string,
  { count, path, signal }: { count: number; path: string | undefined; signal: AbortSignal },
): Promise<PingOutput> {
  const family = isIP(address)
  // An address begins with a digit, a letter or a colon, so that it can be no option either.
  if (family === 0) throw new Error(`${address} is not an address`)
  // macOS keeps IPv6 in a program of its own.
  const program = family === 6 && process.platform === 'darwin' ? 'ping6' : 'ping'

  return new Promise((resolve) => {
    const child = execFile(
      program,
      ['-n', '-q', '-c', String(count), address],
      {
        env: { LC_ALL: 'C', ...(path !== undefined && { PATH: path }) },
        maxBuffer: LONGEST_OUTPUT,
        killSignal: 'SIGKILL',
        signal,
      },
      (error, stdout, stderr) => {
        clearTimeout(enough)
        clearTimeout(tooMuch)
        resolve({ stdout, stderr, ...(typeof error?.code === 'string' && { code: error.code }) })
      },
    )
    const lastReplyMs = (count - 1) * PING_INTERVAL_MS + LAST_REPLY_MS
    const enough = setTimeout(() => child.kill('SIGINT'), lastReplyMs)
    // One that goes on all the same is at fault itself; the check's own timeout would blame the host.
    const tooMuch = setTimeout(() => child.kill('SIGKILL'), lastReplyMs + PING_INTERVAL_MS / 2)
  })
}

/** In characters; a summary has about 300. */
const LONGEST_OUTPUT = 16 * 1024
