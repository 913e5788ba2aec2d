import { z } from 'zod'
import { defineKind } from './define-kind.ts'

export const http = defineKind(['status', 'header', 'body', 'json', 'latency', 'certificate'], {
  http: z.url({ protocol: /^https?$/, error: 'expected an address that starts with http:// or https://' }),
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).default('GET'),
  /** `${NAME}` is replaced by that environment variable when the check is made. */
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().optional(),
  /** How many redirects to follow; more are a failure. With 0, a redirect is itself the answer. */
  redirects: z.int().min(0).max(20).default(5),
})
