import { z } from 'zod'
import { defineKind } from './define-kind.ts'

const NAME = /^[A-Z_][A-Z0-9_]*$/

export const script = defineKind(['value', 'latency'], {
  /** A module in the world's own `checks/`; see `checks/script.ts` for what it exports. */
  script: z
    .string()
    .regex(
      /^checks\/(?:[\w-][\w.-]*\/)*[\w-][\w.-]*\.(?:js|mjs|ts|mts)$/,
      'expected a file in checks/ that ends in .mjs, .js or .ts, such as checks/own/queue.mjs',
    ),
  /** Names of the environment variables that the script gets; kept as `{ NAME: '${NAME}' }`, for the runner to fill in. */
  env: z
    .array(z.string().regex(NAME, 'expected names of environment variables, such as QUEUE_URL'))
    .default([])
    .transform((names) => Object.fromEntries(names.map((name) => [name, `\${${name}}`]))),
  /** Data for the script, handed on as it stands. */
  with: z.record(z.string(), z.unknown()).default({}),
})
