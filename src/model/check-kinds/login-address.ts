import { z } from 'zod'

/**
 * The address of a server that asks for a login, in one of some schemes. It may be `${NAME}` alone: platforms hand over
 * such addresses whole, login and all. Only its beginning is examined, for the rest may come from the environment too.
 */
export function loginAddress(schemes: readonly string[], example: string) {
  const pattern = new RegExp(`^(?:(?:${schemes.join('|')})://[^\\s/?#]\\S*|\\$\\{[A-Z_][A-Z0-9_]*\\})$`, 'i')
  return z.string().regex(pattern, `expected an address such as ${example}`)
}
