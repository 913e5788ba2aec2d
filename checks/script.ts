import { realpath } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import type { Observation, Probe } from './contract.ts'
import { runScript, type Report } from './script-process.ts'

/**
 * Runs a module of the world's own `checks/`, whose default export is
 * `async ({ signal, env, with }) => ({ state, reason, value, latencyMs })`, all of it optional. To throw is to find the
 * target down, as an assertion does; a script that cannot be run or answers nonsense is unknown.
 */
export const script: Probe<'script'> = {
  kind: 'script',
  takesEnv: ['env'],
  async ask({ script: file, env, with: data, timeout }, { pass, signal, waitFor }) {
    if (pass.root === undefined) return broken(file, 'there is no folder to find it in')
    const found = await findScript(pass.root, file)
    if ('problem' in found) return broken(file, found.problem)
    waitFor('start of the script')
    const report = await runScript(
      { file: found.path, env, data, timeoutMs: timeout },
      { signal, root: pass.root, onStart: () => waitFor('answer') },
    )
    return observationOf(file, report)
  },
}

/** Where a script is, links followed. What lies outside `<root>/checks/` is not run, whatever leads there. */
async function findScript(root: string, file: string): Promise<{ path: string } | { problem: string }> {
  try {
    const folder = path.join(await realpath(root), 'checks') + path.sep
    const found = await realpath(path.join(root, file))
    return found.startsWith(folder) ? { path: found } : { problem: 'it leads out of checks/' }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return { problem: code === 'ENOENT' ? 'it does not exist' : `it cannot be read (${code ?? 'unknown'})` }
  }
}

function observationOf(file: string, report: Exclude<Report, { started: true }>): Observation {
  if ('broken' in report) return broken(file, report.broken)
  if ('thrown' in report) return { outcome: 'failed', reason: report.thrown, code: 'script' }
  const read = answerSchema.safeParse(report.answer)
  if (!read.success) {
    const [issue] = read.error.issues
    const where = issue?.path.join('.') || 'what it returned'
    return broken(file, `${where}: ${issue?.message ?? 'not understood'}`)
  }
  const { state = 'up', reason, value, latencyMs = report.latencyMs } = read.data
  return {
    outcome: 'answered',
    facts: value === undefined ? {} : { value },
    latencyMs,
    ...(state !== 'up' && {
      finding: { state, reason: reason || `${file} says ${state}`, code: 'script' },
    }),
  }
}

const answerSchema = z.strictObject({
  state: z.enum(['up', 'degraded', 'down', 'unknown']).optional(),
  reason: z.string().optional(),
  value: z.union([z.string(), z.number(), z.boolean(), z.null()]).optional(),
  latencyMs: z.number().min(0).optional(),
})

/** The fault of the script or of who runs it: nothing was learned about the target. Asking again would not help. */
function broken(file: string, why: string): Observation {
  return { outcome: 'unknown', reason: `${file}: ${why}`, code: 'script', final: true }
}
