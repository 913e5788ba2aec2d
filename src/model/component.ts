import { z } from 'zod'
import { checkKindNames, checkKinds, type Check } from './check.ts'
import { id, instant } from './fields.ts'
import { metricsSchema } from './metric.ts'

/** One entry of `check:`: exactly one kind's key, and that kind's options. */
const checkEntry = z.unknown().transform((entry, context) => {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    context.addIssue({
      code: 'custom',
      message: `expected a check, such as http: https://api.example.com/health`,
    })
    return z.NEVER
  }
  const kinds = checkKindNames.filter((kind) => kind in entry)
  const kind = kinds[0]
  if (kind === undefined || kinds.length > 1) {
    const found =
      kinds.length > 1
        ? `found ${kinds.join(' and ')}`
        : `found ${Object.keys(entry).join(', ') || 'nothing'}`
    context.addIssue({
      code: 'custom',
      message: `expected exactly one kind of check (${checkKindNames.join(', ')}), ${found}`,
    })
    return z.NEVER
  }
  const options = checkKinds[kind].options.safeParse(entry)
  if (options.success) return { kind, options: options.data }
  const known = Object.keys(checkKinds[kind].options.shape)
  for (const issue of options.error.issues)
    context.addIssue({ ...issue, params: { known } } as Parameters<typeof context.addIssue>[0])
  return z.NEVER
})

export const groupSchema = z.strictObject({
  id,
  name: z.string().min(1),
  description: z.string().optional(),
  only_show_if_degraded: z.boolean().default(false),
})

export const componentSchema = z.strictObject({
  id,
  name: z.string().min(1).max(120),
  group: id.optional(),
  description: z.string().optional(),
  link: z.url({ protocol: /^https?$/ }).optional(),
  only_show_if_degraded: z.boolean().default(false),
  /** Since when it has been on the page; no figure reaches back further. */
  since: instant.optional(),
  /** One check, or a list of them. */
  check: z.preprocess((some) => (Array.isArray(some) ? some : [some]), z.array(checkEntry)).default([]),
  metrics: metricsSchema.default([]),
})

/** `components.yaml`. */
export const componentsSchema = z.strictObject({
  groups: z.array(groupSchema).default([]),
  components: z.array(componentSchema).default([]),
})

export type Group = z.output<typeof groupSchema>

/** A component, with its checks ready to be made. */
export interface Component extends Omit<z.output<typeof componentSchema>, 'check'> {
  /** False when something of its `check` could not be read: what is not looked at cannot be called well. */
  readFully: boolean
  checks: Check[]
}
