import { expect, it } from 'vitest'
import { triggerWorkflow, type WorkflowEvent } from './trigger.ts'
import { parseWorkflow } from './workflow.ts'

const workflow = parseWorkflow(`
on:
  schedule: [{ cron: '7 * * * *' }]
  push: { branches: [main] }
  repository_dispatch: { types: [probe] }
  workflow_dispatch: { inputs: { loop: { type: string, default: '0' }, every: {} } }
jobs: { one: { runs-on: ubuntu-24.04, steps: [{ run: echo }] } }
`)

it.each<[string, WorkflowEvent, Record<string, string>]>([
  ['a schedule', { name: 'schedule' }, {}],
  ['a push to its branch', { name: 'push', branch: 'main' }, {}],
  ['a push to main, when no branch is said', { name: 'push' }, {}],
  ['its dispatch from outside', { name: 'repository_dispatch', type: 'probe' }, {}],
  ['a dispatch without inputs', { name: 'workflow_dispatch' }, { loop: '0', every: '' }],
  ['a dispatch with one', { name: 'workflow_dispatch', inputs: { loop: '50m' } }, { loop: '50m', every: '' }],
])('%s starts it', (_, event, inputs) => {
  expect(triggerWorkflow(workflow, event)).toEqual(inputs)
})

it.each<[string, WorkflowEvent, string]>([
  ['a pull request', { name: 'pull_request' }, 'the event is pull_request'],
  ['a push elsewhere', { name: 'push', branch: 'incident/api' }, 'pushes to incident/api are not among main'],
  ['another dispatch', { name: 'repository_dispatch', type: 'deploy' }, 'the type deploy is not among probe'],
  [
    'a dispatch with an unknown input',
    { name: 'workflow_dispatch', inputs: { x: '' } },
    'Unexpected inputs provided: ["x"]',
  ],
])('%s does not', (_, event, message) => {
  expect(() => triggerWorkflow(workflow, event)).toThrow(message)
})
