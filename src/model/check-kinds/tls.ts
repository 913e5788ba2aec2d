import { z } from 'zod'
import { defineKind, hostAndPort } from './define-kind.ts'

export const tls = defineKind(['certificate', 'latency'], {
  tls: hostAndPort(),
  /** The name the certificate must be valid for, where it is not the host. */
  server_name: z.string().optional(),
})
