import { z } from 'zod'
import { duration } from '../fields.ts'
import { HOUR } from '../time.ts'
import { defineKind, noLatency } from './define-kind.ts'

const kind = defineKind(
  ['expires'],
  {
    /** The registered domain itself: `acme.example`, not `www.acme.example`. */
    domain: z
      .string()
      .max(253)
      .regex(/^[^\s/:@.]+(?:\.[^\s/:@.]+)+$/, 'expected a domain, for example acme.example'),
    /** The registry's RDAP server; the one that IANA lists for the domain's ending where it is left out. */
    rdap: z
      .url({
        protocol: /^https?$/,
        error: 'expected the address of an RDAP server, with http:// or https://',
      })
      .optional(),
  },
  noLatency,
)

export const domain = {
  ...kind,
  options: kind.options.safeExtend({
    // A registration changes once a year, and registries limit how often one may ask.
    every: duration.default(12 * HOUR),
    expect: z.array(z.string()).default(['expires > 30d']),
  }),
}
