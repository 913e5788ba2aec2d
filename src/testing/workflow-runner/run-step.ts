import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { actions, type Outputs } from './actions.ts'
import { interpolate, interpolateAll, type Contexts } from './expressions.ts'
import { parseFileCommands } from './file-commands.ts'
import { runCommand } from './run-command.ts'
import type { JobOptions, Machine } from './run-job.ts'
import type { ActionStep, CommandStep, Step } from './workflow.ts'

/** Runs one step. Throws for an action that the runner does not know; every other failure is part of the answer. */
export async function runStep(step: Step, contexts: Contexts, options: StepOptions): Promise<StepResult> {
  const env = { ...options.env, ...interpolateAll(step.env, { contexts }) }
  const scope = { ...contexts, env }
  return step.kind === 'action' ? runAction(step, scope, options) : runScript(step, scope, env, options)
}

async function runAction(step: ActionStep, contexts: Contexts, options: StepOptions): Promise<StepResult> {
  const name = step.uses.split('@')[0] ?? ''
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined
  if (!action) throw new Error(`The workflow runner does not know the action ${step.uses}.`)
  try {
    const run = { ...options, workspace: options.machine.workspace }
    const outputs = await action(interpolateAll(step.with, { contexts }), run)
    return { outcome: 'success', outputs, exported: {}, log: '' }
  } catch (error) {
    return { outcome: 'failure', outputs: {}, exported: {}, log: String(error) }
  }
}

async function runScript(
  step: CommandStep,
  contexts: Contexts,
  env: Record<string, string>,
  options: StepOptions,
): Promise<StepResult> {
  const { machine } = options
  const script = interpolate(step.run, { contexts })
  const files = { output: path.join(machine.temp, 'output'), env: path.join(machine.temp, 'env') }
  for (const file of Object.values(files)) await writeFile(file, '')
  const result = await runCommand({
    script: options.commands?.(script) ?? script,
    folder: path.join(machine.workspace, step['working-directory'] ?? '.'),
    env: {
      ...machineEnv(contexts, options),
      ...env,
      GITHUB_OUTPUT: files.output,
      GITHUB_ENV: files.env,
      GITHUB_STEP_SUMMARY: machine.summary,
    },
    stop: options.stop,
  })
  try {
    return {
      outcome: result.code === 0 ? 'success' : 'failure',
      outputs: parseFileCommands(await readFile(files.output, 'utf8')),
      exported: parseFileCommands(await readFile(files.env, 'utf8')),
      log: result.output,
    }
  } catch (error) {
    return { outcome: 'failure', outputs: {}, exported: {}, log: `${result.output}\n${String(error)}` }
  }
}

/** The default variables. `GITHUB_TOKEN` is not among them: as on GitHub, a step has to be given it. */
function machineEnv(contexts: Contexts, options: StepOptions): Record<string, string> {
  const github = contexts.github as Record<string, unknown>
  const named = ['actor', 'api_url', 'event_name', 'job', 'ref', 'ref_name', 'repository', 'repository_owner']
  const more = ['run_attempt', 'run_id', 'run_number', 'server_url', 'sha', 'workflow', 'workspace']
  return {
    PATH: process.env.PATH ?? '',
    HOME: options.machine.home,
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    RUNNER_OS: 'Linux',
    RUNNER_TEMP: options.machine.temp,
    ...Object.fromEntries(
      [...named, ...more].map((name) => [`GITHUB_${name.toUpperCase()}`, String(github[name] ?? '')]),
    ),
    ...options.machineEnv,
  }
}

export interface StepOptions extends JobOptions {
  machine: Machine
  permissions: Record<string, string>
  /** The variables of the workflow, the job and `GITHUB_ENV`. */
  env: Record<string, string>
  /** Ends the step, which then has failed. */
  stop: AbortSignal
}

export interface StepResult {
  outcome: 'success' | 'failure' | 'skipped'
  outputs: Outputs
  /** What the step wrote to `GITHUB_ENV`. */
  exported: Record<string, string>
  log: string
}
