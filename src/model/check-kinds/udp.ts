import { z } from 'zod'
import { defineKind, hostAndPort } from './define-kind.ts'

/** `hex:` and pairs of digits, with white space between them or not. */
export const HEX_DATAGRAM = /^hex:(?:\s*[0-9a-f]{2})+\s*$/i

export const udp = defineKind(
  ['body', 'latency'],
  {
    udp: hostAndPort(),
    /** The datagram: text in which `${NAME}` is replaced from the environment, or bytes as in `hex:00 01 ff`. */
    send: z
      .string()
      .min(1)
      .refine(
        (text) => !text.startsWith('hex:') || HEX_DATAGRAM.test(text),
        'expected pairs of hexadecimal digits after `hex:`, for example hex:00 01 ff',
      ),
    /** Whether a reply is required. With `false`, all is well unless the host says that nobody listens. */
    reply: z.boolean().default(true),
  },
  ({ reply, expect, degraded_unless, degraded_over, down_over }) => {
    if (reply) return undefined
    const conditions = expect.length + degraded_unless.length
    const judging = conditions > 0 || degraded_over !== undefined || down_over !== undefined
    return judging
      ? {
          option: 'reply',
          message:
            'without a reply there is nothing to hold against `expect`, `degraded_unless`, `degraded_over` or `down_over`: leave them out, or `reply: false`',
        }
      : undefined
  },
)
