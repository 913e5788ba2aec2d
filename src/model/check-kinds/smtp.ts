import { z } from 'zod'
import { defineKind, hostAndPort } from './define-kind.ts'

export const smtp = defineKind(
  ['answer', 'latency', 'certificate'],
  {
    smtp: hostAndPort(),
    /** `tls` from the first byte, `starttls` after the greeting, or `none`; by the port where it is left out. */
    security: z.enum(['none', 'starttls', 'tls']).optional(),
    /** The name to say hello with; the address of the connection where it is left out. */
    helo: z
      .string()
      .regex(/^[\w.:[\]-]+$/, 'expected a name, such as status.example.com')
      .optional(),
    /** `${NAME}` is replaced from the environment in these two. */
    user: z.string().min(1).optional(),
    password: z.string().min(1).optional(),
  },
  (options) => {
    const { user, password } = options
    if ((user === undefined) !== (password === undefined)) {
      const [given, missing] = user === undefined ? ['password', 'user'] : ['user', 'password']
      return { option: given, message: `a login has both: \`${missing}\` is missing` }
    }
    if (user === undefined || smtpSecurity(options) !== 'none') return undefined
    const message = 'a password is not sent in the clear: add `security: starttls` or `security: tls`'
    return { option: 'password', message }
  },
)

/**
 * What those do who use the port: mail programs send by 465 with TLS and by 587 with STARTTLS, and insist on both. Servers
 * hand mail on by 25 with or without STARTTLS, and most take any certificate.
 */
export function smtpSecurity({
  smtp: target,
  security,
}: {
  smtp: string
  security?: 'none' | 'starttls' | 'tls' | undefined
}): 'none' | 'starttls' | 'tls' {
  if (security !== undefined) return security
  if (target.endsWith(':465')) return 'tls'
  return target.endsWith(':25') ? 'none' : 'starttls'
}
