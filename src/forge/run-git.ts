import { spawn } from 'node:child_process'

/**
 * Runs git in a folder and answers what it printed, unchanged. It never asks for a password, takes no repository from
 * the environment (as it would inside a hook) and speaks English, since its messages are read. Throws {@link GitError}.
 */
export async function runGit(folder: string, args: string[], options: GitOptions = {}): Promise<string> {
  const child = spawn('git', ['-c', 'core.fsync=committed', ...args], {
    cwd: folder,
    env: { ...environment(), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: LONGEST_CALL,
  })
  const printed: Buffer[] = []
  const complaints: Buffer[] = []
  child.stdout.on('data', (part: Buffer) => printed.push(part))
  child.stderr.on('data', (part: Buffer) => complaints.push(part))
  // git may end without having read its input; its exit code then says what happened.
  child.stdin.on('error', () => undefined)
  child.stdin.end(options.input ?? '')
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  if (code !== 0) throw new GitError(folder, args, code, Buffer.concat(complaints).toString('utf8').trim())
  return Buffer.concat(printed).toString('utf8')
}

/** Like {@link runGit}, for answers of one line: without the line's end. */
export async function runGitLine(folder: string, args: string[], options?: GitOptions): Promise<string> {
  return (await runGit(folder, args, options)).trimEnd()
}

/** Like {@link runGitLine}, where git's quiet "no" (exit code 1 unless others are named) is an answer: `undefined`. */
export async function tryGitLine(
  folder: string,
  args: string[],
  { no = [1], ...options }: GitOptions & { no?: number[] } = {},
): Promise<string | undefined> {
  try {
    return await runGitLine(folder, args, options)
  } catch (error) {
    if (error instanceof GitError && error.code !== null && no.includes(error.code)) return undefined
    throw error
  }
}

/** git ended with an error. `stderr` holds its own words; addresses in it have their passwords removed. */
export class GitError extends Error {
  readonly code: number | null
  readonly stderr: string

  constructor(folder: string, args: string[], code: number | null, stderr: string) {
    const said = withoutPasswords(stderr) || (code === null ? 'it was stopped' : `exit code ${code}`)
    super(`git ${args[0]} failed in ${folder}: ${said}`)
    this.name = 'GitError'
    this.code = code
    this.stderr = withoutPasswords(stderr)
  }
}

/** No single call on a repository of this kind takes this long, unless the network hangs. */
const LONGEST_CALL = 120_000

/** What `git rev-parse --local-env-vars` lists, as far as it names a repository. */
const fromHooks = new Set([
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_COMMON_DIR',
  'GIT_PREFIX',
  'GIT_NAMESPACE',
])

function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !fromHooks.has(name))
  return { ...Object.fromEntries(kept), LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' }
}

function withoutPasswords(text: string): string {
  return text.replaceAll(/(\w+:\/\/)[^\s/@]+@/g, '$1')
}

export interface GitOptions {
  input?: string | Buffer
  env?: Record<string, string>
}
