import { z } from 'zod'
import { defineKind } from './define-kind.ts'

export const dns = defineKind(['answer', 'latency'], {
  dns: z.string().min(1),
  record: z.enum(['A', 'AAAA', 'CNAME', 'MX', 'NS', 'TXT', 'SRV', 'CAA']).default('A'),
  /** `address`, `address:port` or `[v6 address]:port` of the name server to ask; the machine's own where it is left out. */
  resolver: z.string().optional(),
})
