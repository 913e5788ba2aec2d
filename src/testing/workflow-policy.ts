import { isMap, isScalar, isSeq, parseDocument, type YAMLMap } from 'yaml'

/**
 * Says where a workflow breaks the rules that keep a stranger's text or a stranger's code away from our tokens.
 * Each violation is one sentence that names the place and the repair; none is an empty list.
 */
export function findPolicyViolations(text: string): string[] {
  const workflow = parseDocument(text).contents
  if (!isMap(workflow)) return ['The file holds no workflow.']
  return rules.flatMap((rule) => rule(workflow))
}

const rules = [
  triggersAreHarmless,
  permissionsBeginEmpty,
  concurrencyIsLimited,
  jobsEnd,
  grantsAreExplained,
  pullRequestsOnlyRead,
  actionsArePinned,
  checkoutForgetsItsToken,
  nothingComesFromACache,
  commandsAreOneScript,
] satisfies Rule[]

// pull_request_target and workflow_run hand a token that can write to what a stranger proposed.
const harmlessTriggers = ['push', 'pull_request', 'schedule', 'workflow_dispatch', 'repository_dispatch']

// One npm script, or one verb of ours with plain words behind it: no shell, and nothing to inject into.
const oneScript =
  /^npm (ci --ignore-scripts|test|run [a-z][a-z:-]*|run --silent status -- [a-z]+( (--)?[a-z0-9][a-z0-9./-]*)*)$/

function triggersAreHarmless(workflow: YAMLMap): string[] {
  return triggersOf(workflow)
    .filter((name) => !harmlessTriggers.includes(name))
    .map((name) => `on: ${name} is not allowed; use one of ${harmlessTriggers.join(', ')}.`)
}

function permissionsBeginEmpty(workflow: YAMLMap): string[] {
  const permissions = workflow.get('permissions')
  if (isMap(permissions) && permissions.items.length === 0) return []
  return ['The workflow has to begin with `permissions: {}`; each job then asks for what it needs.']
}

function concurrencyIsLimited(workflow: YAMLMap): string[] {
  if (workflow.hasIn(['concurrency', 'group'])) return []
  return ['The workflow needs a concurrency group, so that its runs do not overlap.']
}

function jobsEnd(workflow: YAMLMap): string[] {
  return jobsOf(workflow)
    .filter(({ job }) => typeof job.get('timeout-minutes') !== 'number')
    .map(({ id }) => `${id}: set timeout-minutes; GitHub's default is six hours.`)
}

function grantsAreExplained(workflow: YAMLMap): string[] {
  return jobsOf(workflow).flatMap(({ id, job }) => {
    const permissions = job.get('permissions')
    if (!isMap(permissions)) return [`${id}: list its permissions one by one.`]
    return permissions.items
      .filter(({ value }) => !isScalar(value) || !value.comment?.trim())
      .map(({ key, value }) => `${id}: say in a comment why it needs ${String(key)}: ${String(value)}.`)
  })
}

function pullRequestsOnlyRead(workflow: YAMLMap): string[] {
  if (!triggersOf(workflow).includes('pull_request')) return []
  return jobsOf(workflow).flatMap(({ id, job }) => {
    const permissions = job.get('permissions')
    if (!isMap(permissions)) return []
    return permissions.items
      .filter(({ value }) => String(value) !== 'read')
      .map(({ key }) => `${id}: it runs what a pull request brings, so ${String(key)} may only be read.`)
  })
}

function actionsArePinned(workflow: YAMLMap): string[] {
  return usesOf(workflow)
    .filter(
      ({ uses, comment }) =>
        !/^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/.test(uses) || !/^ v\d+\.\d+\.\d+$/.test(comment),
    )
    .map(
      ({ id, uses }) => `${id}: pin ${uses} to a full commit, with its version as the comment \`# v1.2.3\`.`,
    )
}

function checkoutForgetsItsToken(workflow: YAMLMap): string[] {
  return usesOf(workflow)
    .filter(
      ({ uses, step }) =>
        uses.startsWith('actions/checkout@') && step.getIn(['with', 'persist-credentials']) !== false,
    )
    .map(
      ({ id }) =>
        `${id}: give actions/checkout \`persist-credentials: false\`, or every later step can push.`,
    )
}

function nothingComesFromACache(workflow: YAMLMap): string[] {
  return usesOf(workflow)
    .filter(
      ({ uses, step }) =>
        uses.startsWith('actions/cache') ||
        (uses.startsWith('actions/setup-node@') && step.getIn(['with', 'package-manager-cache']) !== false),
    )
    .map(({ id, uses }) => `${id}: ${uses} may restore a cache that another run has poisoned; switch it off.`)
}

function commandsAreOneScript(workflow: YAMLMap): string[] {
  return stepsOf(workflow).flatMap(({ id, step }) => {
    const run = step.get('run')
    if (run === undefined || (typeof run === 'string' && oneScript.test(run))) return []
    return [
      `${id}: \`${String(run).trim()}\` is not one npm script; logic belongs in scripts/, values in env.`,
    ]
  })
}

function triggersOf(workflow: YAMLMap): string[] {
  const on = (workflow.toJSON() as { on?: unknown }).on
  if (typeof on === 'string') return [on]
  return Array.isArray(on) ? on.map(String) : Object.keys(on ?? {})
}

function jobsOf(workflow: YAMLMap): { id: string; job: YAMLMap }[] {
  const jobs = workflow.get('jobs')
  if (!isMap(jobs)) return []
  return jobs.items.flatMap(({ key, value }) => (isMap(value) ? [{ id: String(key), job: value }] : []))
}

function stepsOf(workflow: YAMLMap): { id: string; step: YAMLMap }[] {
  return jobsOf(workflow).flatMap(({ id, job }) => {
    const steps = job.get('steps')
    return isSeq(steps) ? steps.items.filter(isMap).map((step) => ({ id, step })) : []
  })
}

/** Every action that is called: by a step, or by a job that is a whole other workflow. */
function usesOf(workflow: YAMLMap): { id: string; step: YAMLMap; uses: string; comment: string }[] {
  const places = [...stepsOf(workflow), ...jobsOf(workflow).map(({ id, job }) => ({ id, step: job }))]
  return places.flatMap(({ id, step }) => {
    const uses = step.get('uses', true)
    return isScalar(uses) ? [{ id, step, uses: String(uses.value), comment: uses.comment ?? '' }] : []
  })
}

type Rule = (workflow: YAMLMap) => string[]
