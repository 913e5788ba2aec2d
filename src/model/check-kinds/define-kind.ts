import { z } from 'zod'
import type { ConditionSubject } from '../condition.ts'
import { duration } from '../fields.ts'

/**
 * A kind of check as `components.yaml` writes it: what its answers give conditions to be about, and its own options (the
 * kind's own key, which holds the target, first) beside those that every kind takes, which it may give other defaults. `misfit` says which option does not go
 * with the others, and why; `undefined` when all do.
 */
export function defineKind<const S extends readonly ConditionSubject[], O extends z.ZodRawShape>(
  subjects: S,
  options: O,
  misfit?: (options: OptionsOf<O>) => Misfit | undefined,
): { subjects: S; options: z.ZodObject<O & typeof commonOptions, z.core.$strict> } {
  const schema = z.strictObject({ ...options, ...commonOptions, ...options })
  if (!misfit) return { subjects, options: schema }
  return {
    subjects,
    options: schema.superRefine((found, context) => {
      const problem = misfit(found)
      if (problem) context.addIssue({ code: 'custom', path: [problem.option], message: problem.message })
    }),
  }
}

/** Of a kind that asks somebody else about the target: how long that took says nothing about it. */
export function noLatency(options: { degraded_over?: number; down_over?: number }): Misfit | undefined {
  const option = (['degraded_over', 'down_over'] as const).find((name) => options[name] !== undefined)
  return (
    option && { option, message: 'it is not the target that is asked here, so there is no latency to judge' }
  )
}

/** An option that does not go with the others. */
export interface Misfit {
  option: string
  message: string
}

type OptionsOf<O extends z.ZodRawShape> = z.output<z.ZodObject<O & typeof commonOptions, z.core.$strict>>

/** Fields that every kind of check takes. */
export const commonOptions = {
  /** How often the check is made; the probe loop's own interval where it is left out. */
  every: duration.optional(),
  /** The longest one attempt may take, from looking up the name to the last byte read. */
  timeout: duration.default(10_000),
  /** Further attempts within the same pass when one fails, so that one lost packet is not an outage. */
  retries: z.int().min(0).max(5).default(2),
  /** How many passes in a row must agree before a change of state counts. */
  confirm: z.int().min(1).max(10).default(2),
  /** Vantage points (writer names) that make this check; every one where it is left out. */
  from: z.array(z.string()).optional(),
  /** How many vantage points must agree that it is down. */
  quorum: z.int().min(1).optional(),
  degraded_over: duration.optional(),
  down_over: duration.optional(),
  /** Conditions that the answer must meet: `status == 200`, `json $.database == "up"`, `certificate > 14d`. */
  expect: z.array(z.string()).default([]),
  /** Conditions without which it works and is degraded. */
  degraded_unless: z.array(z.string()).default([]),
}

/** A target written `host:port`, an IPv6 address in brackets. */
export function hostAndPort() {
  return z
    .string()
    .regex(/^(\[[0-9a-fA-F:.]+\]|[^\s:/]+):\d{1,5}$/, 'expected host:port, for example db.example.com:5432')
    .refine((target) => Number(target.split(':').at(-1)) <= 65_535, 'a port is at most 65535')
}
