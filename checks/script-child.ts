import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import type { Job, Report } from './script-process.ts'

/**
 * The whole program of a script's own process: takes one job from standard input, loads the script, calls it, and reports
 * on a pipe of its own, because the script may print what it likes. Ends with its whole group when the prober is gone.
 */
const lines = createInterface({ input: process.stdin })
lines.once('line', (line) => {
  // Nothing but the script itself should keep this process from ending.
  process.stdin.unref()
  void run(JSON.parse(line) as Job)
})
lines.once('close', () => process.kill(-process.pid, 'SIGKILL'))

async function run({ file, env, data, timeoutMs }: Job): Promise<void> {
  // An error that nobody catches, such as that of a socket, is thrown by the script like any other.
  process.once('uncaughtException', (error) => report(whatWasThrown(error)))
  process.once('beforeExit', () => report({ broken: 'it ended without an answer' }))
  let script: unknown
  try {
    script = ((await import(pathToFileURL(file).href)) as { default?: unknown }).default
  } catch (error) {
    report({ broken: `it cannot be loaded: ${wordsOf(error)}` })
    return
  }
  if (typeof script !== 'function') {
    report({ broken: 'it has no function as its default export' })
    return
  }
  send({ started: true })
  // Counts from the start of this process, so that it is ahead of the deadline and the script can say what it waited for.
  const begin = performance.now()
  const signal = AbortSignal.timeout(Math.max(1, Math.round(timeoutMs * 0.9 - begin)))
  try {
    const answer: unknown = await script({ signal, env, with: data })
    report({ answer: answer ?? {}, latencyMs: performance.now() - begin })
  } catch (error) {
    report(whatWasThrown(error))
  }
}

/** Nothing that a target does makes a name undefined: that is a slip in the script. */
function whatWasThrown(error: unknown): Report {
  return error instanceof ReferenceError ? { broken: wordsOf(error) } : { thrown: wordsOf(error) }
}

/** `fetch failed` alone says nothing; its cause says what of it. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error).slice(0, LONGEST_WORDS)
  const cause = error.cause instanceof Error && error.cause.message !== '' ? `: ${error.cause.message}` : ''
  return `${error.message || error.name}${cause}`.slice(0, LONGEST_WORDS)
}

const LONGEST_WORDS = 1_000
const REPORTS = 3

let reported = false

/** Only the first report counts; the prober ends this process when it has it. */
function report(what: Report): void {
  if (reported) return
  reported = true
  try {
    send(what)
  } catch (error) {
    // A value that JSON cannot carry: a BigInt, or an object that holds itself.
    send({ broken: `what it returned cannot be passed on: ${wordsOf(error)}` })
  }
  process.exit()
}

function send(what: Report): void {
  // JSON turns NaN into null, which would pass for an answer.
  const text = JSON.stringify(what, (_, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
  )
  let bytes = Buffer.from(`${text}\n`)
  while (bytes.length > 0) bytes = bytes.subarray(writeSync(REPORTS, bytes))
}
