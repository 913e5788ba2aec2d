import { spawn } from 'node:child_process'

/** Runs each of some things `rounds` times in turn, A B A B, so that a slow minute of the machine meets all of them. Medians. */
export async function interleaved<Name extends string>(
  rounds: number,
  things: Record<Name, () => Promise<number>>,
): Promise<Record<Name, number>> {
  const names = Object.keys(things) as Name[]
  const times = new Map<Name, number[]>(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++)
    for (const name of names) times.get(name)?.push(await things[name]())
  return Object.fromEntries(names.map((name) => [name, median(times.get(name) ?? [])])) as Record<
    Name,
    number
  >
}

/** How long some work takes, in milliseconds. */
export async function timed(work: () => unknown): Promise<number> {
  const begin = performance.now()
  await work()
  return performance.now() - begin
}

/**
 * How long a script takes as a process of its own, from its start to its end, in milliseconds.
 * @throws with what it said, when it fails
 */
export function timeNode(args: string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  return timed(() => run(process.execPath, args, { env: { ...process.env, ...env } }))
}

/** Runs a program and returns what it printed. */
export function run(
  program: string,
  args: string[],
  { cwd, env = process.env, input }: { cwd?: string; env?: NodeJS.ProcessEnv; input?: string } = {},
): Promise<string> {
  const child = spawn(program, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] })
  let out = ''
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stdin.end(input)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve(out)
      else reject(new Error(`${program} ${args.join(' ')} ended with ${String(code)}:\n${said.trim()}`))
    })
  })
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [low = NaN, high = NaN] =
    sorted.length % 2 === 0 ? [sorted[middle - 1], sorted[middle]] : [sorted[middle], sorted[middle]]
  return (low + high) / 2
}
