import { z } from 'zod'
import { defineKind, noLatency } from './define-kind.ts'

export const upstream = defineKind(
  [],
  {
    /** A status page of Statuspage's kind, its `summary.json`, or an Atom or RSS feed of incidents. */
    upstream: z.url({
      protocol: /^https?$/,
      error: 'expected the address of a status page or its feed, with http:// or https://',
    }),
    /** The one component to mirror, by name or id; the page as a whole where it is left out. */
    component: z.string().min(1).max(200).optional(),
  },
  noLatency,
)
