import { z } from 'zod'

const secret = /^(?:(?:Bearer|Basic) )?\$\{[A-Z_][A-Z0-9_]*\}$/

/** The kinds of places that a live snapshot is put to, by how their addresses begin. */
export const liveTargetKinds = {
  branch: /^branch$/,
  file: /^file:./,
  http: /^https?:\/\/[^/]+/,
  s3: /^s3:\/\/[^/?]+\/[^?]+/,
} as const satisfies Record<string, RegExp>
export type LiveTargetKind = keyof typeof liveTargetKinds

const to = z
  .string()
  .refine((address) => liveTargetKindOf(address) !== undefined, {
    error: 'expected branch, or an address that begins with file:, https:// or s3://',
  })
  .refine((address) => !/^https?:\/\/[^/]*@/.test(address), {
    error: 'no password in an address: name a variable under authorization, as in "Bearer ${LIVE_TOKEN}"',
  })

/** An entry of `history.live_to` in `site.yaml`: an address, or an address with what opens it. */
export const liveTargetSchema = z
  .union([
    to,
    z.strictObject({
      to,
      /** The header of that name, of https only. */
      authorization: z
        .string()
        .regex(secret, 'a secret: name an environment variable, as in "Bearer ${LIVE_TOKEN}"')
        .optional(),
    }),
  ])
  .transform((written): LiveTarget => (typeof written === 'string' ? { to: written } : written))

export interface LiveTarget {
  /** `{writer}` in it stands for the writer's name, `${NAME}` for a variable of the environment. */
  to: string
  authorization?: string | undefined
}

export function liveTargetKindOf(address: string): LiveTargetKind | undefined {
  const kinds = Object.keys(liveTargetKinds) as LiveTargetKind[]
  return kinds.find((kind) => liveTargetKinds[kind].test(address))
}
