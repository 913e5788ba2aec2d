import { z } from 'zod'
import { duration } from '../fields.ts'
import { commonOptions, defineKind } from './define-kind.ts'

export const heartbeat = defineKind(
  [],
  {
    /** How long after a beat the next must have come. */
    heartbeat: duration.refine((milliseconds) => milliseconds >= 1_000, 'a heartbeat is at least 1s'),
    /** How much longer a late one is only degraded. */
    grace: duration.default(0),
    /** Whoever reports over the network must know it. Only the name of a variable: the file is for everybody to read. */
    token: z
      .string()
      .regex(/^\$\{[A-Z_][A-Z0-9_]*\}$/, 'expected an environment variable, such as ${BACKUP_TOKEN}')
      .optional(),
    // Silence is not over seconds later, and has lasted for a whole deadline before it counts.
    retries: commonOptions.retries.unwrap().default(0),
    confirm: commonOptions.confirm.unwrap().default(1),
  },
  (options) => {
    const idle = (['degraded_over', 'down_over'] as const).find((name) => options[name] !== undefined)
    return idle && { option: idle, message: `a heartbeat has no latency; how late it may come is "grace"` }
  },
)
