import type { Workflow } from './workflow.ts'

/**
 * Says what a workflow gets as `inputs` when an event reaches it.
 * Throws when this event would not start the workflow, or when a dispatch names an input that it does not have
 * (GitHub answers that with 422).
 */
export function triggerWorkflow(workflow: Workflow, event: WorkflowEvent): Record<string, string> {
  const listening = Object.keys(workflow.on)
  if (!listening.includes(event.name)) {
    throw new Error(
      `No run: the workflow listens to ${listening.join(', ')}, and the event is ${event.name}.`,
    )
  }
  const reason = reasonToStay[event.name](workflow, event)
  if (reason) throw new Error(`No run: ${reason}.`)
  return event.name === 'workflow_dispatch' ? dispatchInputs(workflow, event.inputs ?? {}) : {}
}

const reasonToStay = {
  schedule: () => undefined,
  workflow_dispatch: () => undefined,
  pull_request: () => undefined,
  push: (workflow, event) => {
    const branches = workflow.on.push?.branches
    if (!branches || branches.includes(event.branch ?? 'main')) return undefined
    return `pushes to ${event.branch} are not among ${branches.join(', ')}`
  },
  repository_dispatch: (workflow, event) => {
    const types = workflow.on.repository_dispatch?.types
    if (!types || types.includes(event.type ?? '')) return undefined
    return `the type ${event.type} is not among ${types.join(', ')}`
  },
} satisfies Record<EventName, (workflow: Workflow, event: WorkflowEvent) => string | undefined>

function dispatchInputs(workflow: Workflow, given: Record<string, string>): Record<string, string> {
  const known = workflow.on.workflow_dispatch?.inputs ?? {}
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(known, name))
  if (unknown.length > 0) throw new Error(`Unexpected inputs provided: ${JSON.stringify(unknown)}`)
  return Object.fromEntries(
    Object.entries(known).map(([name, input]) => [name, given[name] ?? input.default]),
  )
}

export type EventName = 'schedule' | 'push' | 'pull_request' | 'repository_dispatch' | 'workflow_dispatch'

export interface WorkflowEvent {
  name: EventName
  /** The branch that the run stands on; `main` when absent. */
  branch?: string
  /** Of a `repository_dispatch`. */
  type?: string
  /** Of a `workflow_dispatch`. */
  inputs?: Record<string, string>
  /** `github.event` as far as the workflow reads it. */
  payload?: Record<string, unknown>
}
