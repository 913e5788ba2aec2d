import { z } from 'zod'
import { SECOND } from '../time.ts'
import { defineKind } from './define-kind.ts'

/** One ping a second is what every system lets everybody send. */
export const PING_INTERVAL_MS = SECOND
/** How long the reply to the last ping may take; the earlier ones have longer. */
export const LAST_REPLY_MS = 2 * SECOND

export const icmp = defineKind(
  ['loss', 'latency'],
  {
    /** A name or an address; an IPv6 address with brackets or without. */
    icmp: z
      .string()
      .regex(
        /^(?:\[[0-9a-f:.]+\]|[0-9a-f]*:[0-9a-f:.]+|[^\s:/[\]-][^\s:/[\]]*)$/i,
        'expected a host without a port, for example router.example.com or 2001:db8::1',
      ),
    /** How many pings to send, one a second. */
    count: z.int().min(1).max(10).default(3),
  },
  ({ count, timeout }) => {
    const needed = count * PING_INTERVAL_MS + LAST_REPLY_MS
    return timeout < needed
      ? {
          option: 'count',
          message: `${count} pings, one a second, need a \`timeout\` of ${needed / SECOND}s or more`,
        }
      : undefined
  },
)
