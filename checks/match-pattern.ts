import { createContext, Script } from 'node:vm'

/** How much of a text a pattern is tried on, in UTF-16 units. */
const LONGEST_TEXT = 64 * 1024
const LONGEST_MS = 250

/**
 * Whether a regular expression is found in the first 64 Ki characters of a text; `too slow` when that takes longer than
 * a quarter of a second. A few characters of pattern (`(a+)+$`) can take years on a text that the target chose, and only
 * a script's own timeout can stop that without a further thread.
 */
export function matchPattern(source: string, text: string): boolean | 'too slow' {
  sandbox.pattern = new RegExp(source)
  sandbox.text = text.slice(0, LONGEST_TEXT)
  try {
    return Boolean(search.runInContext(sandbox, { timeout: LONGEST_MS }))
  } catch (error) {
    // The error is of the script's own realm, so it is no `instanceof` this one's Error.
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return 'too slow'
    throw error
  }
}

const search = new Script('pattern.test(text)')
const sandbox: { pattern?: RegExp; text?: string } = {}
createContext(sandbox)
