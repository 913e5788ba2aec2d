import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Outputs } from './actions.ts'
import { evaluateCondition, evaluateExpression, interpolate, interpolateAll } from './expressions.ts'
import type { Contexts, Status } from './expressions.ts'
import { runStep, type StepResult } from './run-step.ts'
import type { RunOptions } from './run-workflow.ts'
import type { Job, Step, Workflow } from './workflow.ts'

/**
 * Runs the steps of one job in a workspace of its own. After a failed step only those run that ask for it with
 * `failure()`, `always()` or `!cancelled()`; once the time of the job is over, only those with `always()` or
 * `cancelled()`.
 */
export async function runJob(
  workflow: Workflow,
  id: string,
  given: Contexts,
  options: JobOptions,
): Promise<JobRun> {
  const job = jobOf(workflow, id)
  const machine = await makeMachine(path.join(options.folder, 'jobs', id))
  const contexts = {
    ...given,
    github: { ...(given.github as object), workspace: machine.workspace, job: id },
    runner: { os: 'Linux', arch: 'X64', name: 'local', temp: machine.temp },
  }
  const env = interpolateAll({ ...workflow.env, ...job.env }, { contexts: given })
  const permissions = job.permissions ?? workflow.permissions ?? {}
  const timeIsUp = AbortSignal.timeout(inMs(job['timeout-minutes'], options))
  const steps: StepRun[] = []
  let status: Status = 'success'

  for (const step of job.steps) {
    const scope = { ...contexts, env, steps: stepsContext(steps), job: { status } }
    const result = evaluateCondition(step.if, { contexts: scope, status })
      ? await runStep(step, scope, {
          ...options,
          machine,
          permissions,
          env,
          stop: stopOf(step, timeIsUp, options),
        })
      : skipped
    Object.assign(env, result.exported)
    steps.push(recordOf(step, result, scope))
    if (status === 'success' && steps.at(-1)?.conclusion === 'failure') status = 'failure'
    if (timeIsUp.aborted) status = 'cancelled'
  }

  const scope = { contexts: { ...contexts, env, steps: stepsContext(steps), job: { status } } }
  return {
    result: status,
    steps,
    outputs: interpolateAll(job.outputs, scope),
    summary: await readFile(machine.summary, 'utf8'),
    environmentUrl: environmentUrl(job, scope.contexts),
  }
}

const skipped: StepResult = { outcome: 'skipped', outputs: {}, exported: {}, log: '' }

// GitHub leaves the steps that run after the end of a job five minutes.
const graceMinutes = 5

function jobOf(workflow: Workflow, id: string): Job {
  const job = workflow.jobs[id]
  if (!job) throw new Error(`The workflow has no job ${id}.`)
  return job
}

async function makeMachine(folder: string): Promise<Machine> {
  const machine = {
    workspace: path.join(folder, 'workspace'),
    home: path.join(folder, 'home'),
    temp: path.join(folder, 'temp'),
    summary: path.join(folder, 'summary.md'),
  }
  for (const each of [machine.workspace, machine.home, machine.temp]) await mkdir(each, { recursive: true })
  await writeFile(machine.summary, '')
  return machine
}

function stopOf(step: Step, jobIsOver: AbortSignal, options: JobOptions): AbortSignal {
  const outer = jobIsOver.aborted ? AbortSignal.timeout(inMs(graceMinutes, options)) : jobIsOver
  const own = step['timeout-minutes']
  return own === undefined ? outer : AbortSignal.any([outer, AbortSignal.timeout(inMs(own, options))])
}

function recordOf(step: Step, result: StepResult, contexts: Contexts): StepRun {
  const { outcome, outputs, log } = result
  const forgiven = outcome === 'failure' && isTrue(step['continue-on-error'], contexts)
  return {
    id: step.id,
    name: interpolate(step.name ?? (step.kind === 'action' ? step.uses : step.run), { contexts }),
    outcome,
    conclusion: forgiven ? 'success' : outcome,
    outputs,
    log,
  }
}

function stepsContext(steps: StepRun[]): Contexts {
  return Object.fromEntries(
    steps.flatMap(({ id, outcome, conclusion, outputs }) =>
      id === undefined ? [] : [[id, { outcome, conclusion, outputs }]],
    ),
  )
}

function environmentUrl({ environment }: Job, contexts: Contexts): string | undefined {
  if (typeof environment !== 'object' || environment.url === undefined) return undefined
  return interpolate(environment.url, { contexts })
}

function isTrue(written: string | boolean, contexts: Contexts): boolean {
  if (typeof written === 'boolean') return written
  return evaluateExpression(written.replace(/^\s*\$\{\{|\}\}\s*$/g, ''), { contexts }) === true
}

/** 60,000 ms a minute, unless a test wants to see the end of one. */
function inMs(minutes: number, { minuteMs = 60_000 }: JobOptions): number {
  return Math.round(minutes * minuteMs)
}

/** Folders and files of the machine that a job runs on. */
export interface Machine {
  workspace: string
  home: string
  temp: string
  summary: string
}

export interface JobOptions extends RunOptions {
  branch: string
  sha: string
  pagesArtifact: string
  deployed: (url: string) => void
}

export interface JobRun {
  result: Status
  steps: StepRun[]
  outputs: Outputs
  /** What the steps wrote to `GITHUB_STEP_SUMMARY`. */
  summary: string
  environmentUrl?: string
}

export interface StepRun {
  id?: string
  name: string
  /** Before `continue-on-error`. */
  outcome: StepResult['outcome']
  /** After `continue-on-error`. */
  conclusion: StepResult['outcome']
  outputs: Outputs
  /** Both streams of a command, or the error of an action. */
  log: string
}
