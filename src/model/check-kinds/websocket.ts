import { z } from 'zod'
import { defineKind } from './define-kind.ts'

export const websocket = defineKind(['body', 'json', 'latency', 'certificate'], {
  websocket: z.url({ protocol: /^wss?$/, error: 'expected an address that starts with ws:// or wss://' }),
  /** `${NAME}` is replaced by that environment variable when the check is made. */
  headers: z.record(z.string(), z.string()).default({}),
  /** The subprotocols to offer, the preferred one first; the server must take one of them. */
  protocols: z
    .array(
      z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, 'expected the name of a subprotocol, such as graphql-ws'),
    )
    .refine((names) => new Set(names).size === names.length, 'a subprotocol can be offered once only')
    .default([]),
  /** Text to send once the connection stands; a message must then come back. */
  send: z.string().optional(),
})
