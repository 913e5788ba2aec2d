import { parse } from 'yaml'
import { z } from 'zod'

/**
 * Reads a workflow as far as the runner can execute it. Throws, with the name of the key, for anything else:
 * a test that silently ignores half of a workflow proves nothing.
 */
export function parseWorkflow(text: string): Workflow {
  const result = workflow.safeParse(parse(text))
  if (result.success) return result.data
  throw new Error(`The workflow runner cannot run this workflow.\n${z.prettifyError(result.error)}`)
}

const variables = z.record(z.string(), z.coerce.string())
const permissions = z.record(z.string(), z.enum(['read', 'write', 'none']))

const concurrency = z.union([
  z.string(),
  z.strictObject({ group: z.string(), 'cancel-in-progress': z.union([z.boolean(), z.string()]).optional() }),
])

const stepBase = z.strictObject({
  id: z.string().optional(),
  name: z.string().optional(),
  if: z.union([z.string(), z.boolean()]).optional(),
  env: variables.default({}),
  'continue-on-error': z.union([z.string(), z.boolean()]).default(false),
  'timeout-minutes': z.number().positive().optional(),
})

const actionStep = stepBase.extend({
  kind: z.literal('action'),
  uses: z.string(),
  with: variables.default({}),
})

const commandStep = stepBase.extend({
  kind: z.literal('command'),
  run: z.string(),
  shell: z.literal('bash').optional(),
  'working-directory': z.string().optional(),
})

// With the kind named, a fault in a step is reported by its key.
const step = z.preprocess(
  (written: object) => ({ ...written, kind: 'uses' in written ? 'action' : 'command' }),
  z.discriminatedUnion('kind', [actionStep, commandStep]),
)

const job = z.strictObject({
  name: z.string().optional(),
  needs: z.union([z.string().transform((name) => [name]), z.array(z.string())]).default([]),
  if: z.union([z.string(), z.boolean()]).optional(),
  'runs-on': z.string(),
  // GitHub's own default.
  'timeout-minutes': z.number().positive().default(360),
  permissions: permissions.optional(),
  concurrency: concurrency.optional(),
  environment: z
    .union([z.string(), z.strictObject({ name: z.string(), url: z.string().optional() })])
    .optional(),
  env: variables.default({}),
  outputs: variables.default({}),
  steps: z.array(step).min(1),
})

const listening = z.nullable(
  z.strictObject({
    branches: z.array(z.string()).optional(),
    types: z.array(z.string()).optional(),
    inputs: z
      .record(
        z.string(),
        z.strictObject({
          description: z.string().optional(),
          type: z.literal('string').optional(),
          default: z.string().default(''),
          required: z.boolean().optional(),
        }),
      )
      .optional(),
  }),
)

const workflow = z.strictObject({
  name: z.string().optional(),
  'run-name': z.string().optional(),
  on: z.looseObject({
    schedule: z.array(z.looseObject({ cron: z.string() })).optional(),
    push: listening.optional(),
    pull_request: listening.optional(),
    repository_dispatch: listening.optional(),
    workflow_dispatch: listening.optional(),
  }),
  permissions: permissions.optional(),
  concurrency: concurrency.optional(),
  env: variables.default({}),
  jobs: z.record(z.string(), job),
})

export type Workflow = z.output<typeof workflow>
export type Job = z.output<typeof job>
export type Step = ActionStep | CommandStep
export type ActionStep = z.output<typeof actionStep>
export type CommandStep = z.output<typeof commandStep>
