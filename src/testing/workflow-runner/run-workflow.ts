import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { evaluateCondition, interpolate, type Contexts, type Status } from './expressions.ts'
import { runJob, type JobRun } from './run-job.ts'
import { triggerWorkflow, type WorkflowEvent } from './trigger.ts'
import { parseWorkflow, type Workflow } from './workflow.ts'

/**
 * Runs a workflow on this machine, against a bare repository in a folder: the real steps, the real shell, and
 * GitHub's own engine for expressions. Jobs run one after another, in the order of their `needs`.
 *
 * A step that fails is part of the answer. What the runner does not know (an action, a key, an input) throws, and
 * so does an event that would not start the workflow.
 */
export async function runWorkflow(
  text: string,
  event: WorkflowEvent,
  options: RunOptions,
): Promise<WorkflowRun> {
  const workflow = parseWorkflow(text)
  const inputs = triggerWorkflow(workflow, event)
  const branch = event.branch ?? 'main'
  const sha = await tipOf(options.repository, branch)
  const shared = {
    github: githubContext(workflow, event, { branch, sha, ...options }),
    inputs,
    vars: options.vars ?? {},
    secrets: { ...options.secrets, GITHUB_TOKEN: options.token },
  }
  const pagesArtifact = path.join(options.folder, 'artifacts', 'github-pages')
  const jobs: Record<string, JobRun> = {}
  let deployedTo: string | undefined
  for (const id of inOrderOfNeeds(workflow)) {
    const contexts = { ...shared, needs: needsContext(workflow, id, jobs) }
    const status = statusOfAncestors(workflow, id, jobs)
    jobs[id] = evaluateCondition(workflow.jobs[id]?.if, { contexts, status })
      ? await runJob(workflow, id, contexts, {
          ...options,
          branch,
          sha,
          pagesArtifact,
          deployed: (url) => {
            deployedTo = url
          },
        })
      : { result: 'skipped', steps: [], outputs: {}, summary: '' }
  }
  return {
    conclusion: conclude(Object.values(jobs)),
    concurrency: concurrencyGroup(workflow, shared),
    jobs,
    page: deployedTo === undefined ? undefined : { url: deployedTo, folder: pagesArtifact },
  }
}

async function tipOf(repository: string, branch: string): Promise<string> {
  const { stdout } = await promisify(execFile)('git', ['-C', repository, 'rev-parse', `refs/heads/${branch}`])
  return stdout.trim()
}

function githubContext(
  workflow: Workflow,
  event: WorkflowEvent,
  { branch, sha, ...options }: RunOptions & { branch: string; sha: string },
): Contexts {
  return {
    event: { ...event.payload, inputs: event.inputs },
    event_name: event.name,
    workflow: workflow.name,
    repository: options.fullName,
    repository_owner: options.fullName.split('/')[0],
    ref: `refs/heads/${branch}`,
    ref_name: branch,
    sha,
    token: options.token,
    api_url: options.apiUrl,
    server_url: 'https://github.com',
    run_id: '1',
    run_number: '1',
    run_attempt: '1',
    actor: options.fullName.split('/')[0],
  }
}

function inOrderOfNeeds(workflow: Workflow): string[] {
  const ordered: string[] = []
  const visit = (id: string, way: string[]): void => {
    const job = workflow.jobs[id]
    if (!job) throw new Error(`The job ${way.at(-1)} needs ${id}, which is not in the workflow.`)
    if (way.includes(id)) throw new Error(`The jobs ${[...way, id].join(' → ')} need each other.`)
    if (ordered.includes(id)) return
    for (const needed of job.needs) visit(needed, [...way, id])
    ordered.push(id)
  }
  for (const id of Object.keys(workflow.jobs)) visit(id, [])
  return ordered
}

function ancestors(workflow: Workflow, id: string): string[] {
  const needs = workflow.jobs[id]?.needs ?? []
  return [...new Set([...needs, ...needs.flatMap((needed) => ancestors(workflow, needed))])]
}

/** A failure counts for the whole chain behind it, even across a job that ran in spite of it. */
function statusOfAncestors(workflow: Workflow, id: string, jobs: Record<string, JobRun>): Status {
  const results = ancestors(workflow, id).map((needed) => jobs[needed]?.result)
  return (
    (['cancelled', 'failure', 'skipped'] as const).find((result) => results.includes(result)) ?? 'success'
  )
}

function needsContext(workflow: Workflow, id: string, jobs: Record<string, JobRun>): Contexts {
  const needs = workflow.jobs[id]?.needs ?? []
  return Object.fromEntries(
    needs.map((needed) => [needed, { result: jobs[needed]?.result, outputs: jobs[needed]?.outputs }]),
  )
}

function conclude(jobs: JobRun[]): WorkflowRun['conclusion'] {
  const results = jobs.map((job) => job.result)
  if (results.includes('failure')) return 'failure'
  if (results.includes('cancelled')) return 'cancelled'
  return results.every((result) => result === 'skipped') ? 'skipped' : 'success'
}

function concurrencyGroup(workflow: Workflow, contexts: Contexts): string | undefined {
  const written = workflow.concurrency
  if (written === undefined) return undefined
  return interpolate(typeof written === 'string' ? written : written.group, { contexts })
}

export interface RunOptions {
  /** An empty folder for everything that the run leaves behind; the caller removes it. */
  folder: string
  /** Folder of the bare repository that `actions/checkout` clones. */
  repository: string
  /** `owner/name` on the forge. */
  fullName: string
  /** `GITHUB_API_URL`. */
  apiUrl: string
  /** `github.token`. */
  token: string
  vars?: Record<string, string>
  secrets?: Record<string, string>
  /** More variables of the machine. Of this process only `PATH` reaches a command. */
  machineEnv?: Record<string, string>
  /** Answers what to run in place of a command; `undefined` runs the command as it is written. */
  commands?: (run: string) => string | undefined
  /** How long one minute of `timeout-minutes` is, in milliseconds. */
  minuteMs?: number
}

export interface WorkflowRun {
  conclusion: 'success' | 'failure' | 'cancelled' | 'skipped'
  /** The name of the concurrency group; runs of one group never overlap on GitHub. */
  concurrency: string | undefined
  jobs: Record<string, JobRun>
  /** What `actions/deploy-pages` published. */
  page: { url: string; folder: string } | undefined
}
