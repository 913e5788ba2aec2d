import { z } from 'zod'
import { defineKind, noLatency } from './define-kind.ts'

export const prometheus = defineKind(
  ['value', 'rows'],
  {
    /** Where Prometheus is; its API is looked for below this address. */
    prometheus: z.url({
      protocol: /^https?$/,
      error: 'expected the address of a Prometheus, with http:// or https://',
    }),
    /** PromQL that gives one value, or some series. */
    query: z.string().min(1),
    /** `${NAME}` is replaced by that environment variable when the check is made. */
    headers: z.record(z.string(), z.string()).default({}),
  },
  noLatency,
)
