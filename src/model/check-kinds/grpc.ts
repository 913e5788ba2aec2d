import { z } from 'zod'
import { defineKind, hostAndPort } from './define-kind.ts'

export const grpc = defineKind(['latency', 'certificate'], {
  grpc: hostAndPort(),
  /** The service to ask after, as `package.Service`; the server as a whole where it is left out. */
  service: z.string().max(200).default(''),
  tls: z.boolean().default(true),
  /** Metadata to send. `${NAME}` is replaced by that environment variable when the check is made. */
  headers: z
    .record(
      z
        .string()
        .regex(
          /^(?!grpc-)[0-9a-z_.-]+$/,
          'expected a metadata key: small letters, digits, `-`, `_` and `.`, and not `grpc-…`',
        ),
      z.string(),
    )
    .default({}),
})
