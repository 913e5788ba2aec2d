import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

/** What a script's process is told, as one line of JSON on its standard input. */
export interface Job {
  /** The script's absolute path. */
  file: string
  env: Record<string, string>
  data: Record<string, unknown>
  timeoutMs: number
}

/** What it says, a line each: that the script is loaded, and then what came of it. The script could write there, too. */
const reportSchema = z.union([
  z.strictObject({ started: z.literal(true) }),
  z.strictObject({ answer: z.unknown(), latencyMs: z.number() }),
  /** The script threw. */
  z.strictObject({ thrown: z.string() }),
  /** It could not be loaded or called, or ended without a word: its own fault, not that of what it checks. */
  z.strictObject({ broken: z.string() }),
])
export type Report = z.output<typeof reportSchema>

/**
 * Runs a script in a process of its own, in its own process group, with nothing of this process's environment that a
 * script could do without. The group is killed when the script has answered, and when the signal aborts: what the script
 * started goes with it. Never rejects.
 */
export function runScript(
  job: Job,
  { signal, onStart, root }: { signal: AbortSignal; onStart: () => void; root: string },
): Promise<Exclude<Report, { started: true }>> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [`--max-old-space-size=${String(MEMORY_MB)}`, childFile], {
      cwd: root,
      env: { ...basics(process.env), ...job.env },
      stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
      detached: true,
    })
    const end = (report: Exclude<Report, { started: true }>) => {
      signal.removeEventListener('abort', stop)
      killGroup(child.pid)
      resolve(report)
    }
    const stop = () => end({ broken: 'it was stopped' })
    signal.addEventListener('abort', stop, { once: true })

    let text = ''
    const reports = child.stdio[3] as NodeJS.ReadableStream
    reports.setEncoding('utf8').on('data', (part: string) => {
      text += part
      if (text.length > LARGEST_REPORT) {
        end({ broken: 'it returned more than 64 KiB' })
        return
      }
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n')) {
        const report = parsed(text.slice(0, at))
        text = text.slice(at + 1)
        if ('started' in report) onStart()
        else end(report)
      }
    })
    child.once('error', (error) => end({ broken: `its process cannot be started: ${error.message}` }))
    // `close` and not `exit`: the last report may still be in the pipe. A process left behind may hold it open.
    child.once('exit', () => killGroup(child.pid))
    child.once('close', (code, killed) => end({ broken: `it ended without an answer (${killed ?? code})` }))
    child.stdin?.on('error', () => undefined).write(`${JSON.stringify(job)}\n`)
    if (signal.aborted) stop()
  })
}

const childFile = fileURLToPath(new URL('script-child.ts', import.meta.url))

/** Of JavaScript's own memory. A check that needs more is no check. */
const MEMORY_MB = 128
const LARGEST_REPORT = 64 * 1024

/** What programs cannot find their way without; never NODE_OPTIONS, which can load code. */
function basics(env: NodeJS.ProcessEnv): Record<string, string> {
  const names = ['PATH', 'TZ', 'LANG', 'TMPDIR', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR']
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])))
}

/** Everything the script started goes too, unless it made a group of its own. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    // Gone already; macOS says EPERM of a group whose last process has ended.
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}

function parsed(line: string): Report {
  try {
    return reportSchema.parse(JSON.parse(line))
  } catch {
    return { broken: 'something else wrote on the pipe of its answer' }
  }
}
