import type { Observation } from './contract.ts'

/** An address of a server that asks for a login, taken apart. */
export interface Address {
  scheme: string
  user?: string
  password?: string
  /** Without the brackets of an IPv6 address. */
  host: string
  port: number
  /** What stands after the first slash. */
  database?: string
  parameters: Readonly<Record<string, string>>
}

/**
 * Takes `postgres://user:password@host:5432/database?sslmode=require` apart; `undefined` when it is none of these
 * schemes. `URL` would not do: a password comes from the environment as it is, and may hold `/`, `#` or `@`. So the login
 * goes to the last `@`, and what is not percent-encoding stays as it is.
 */
export function readAddress(
  text: string,
  { schemes, port }: { schemes: readonly string[]; port: number },
): Address | undefined {
  const parts = ADDRESS.exec(text)?.groups
  const scheme = parts?.['scheme']?.toLowerCase()
  if (!parts || scheme === undefined || !schemes.includes(scheme)) return undefined
  const [, user, password] = /^([^:]*)(?::(.*))?$/s.exec(parts['login'] ?? '') ?? []
  const given = Number(parts['port'] ?? port)
  if (given > 65_535) return undefined
  return {
    scheme,
    user: decoded(user),
    password: decoded(password),
    host: (parts['host'] ?? '').replace(/^\[(.*)\]$/, '$1'),
    port: given,
    database: decoded(parts['database']),
    parameters: Object.fromEntries(new URLSearchParams(parts['parameters'] ?? '')),
  }
}

/** What an address holds that nobody may see, encoded and not, beside the environment's variables themselves. */
export function secretsOfAddress(text: string): string[] {
  const login = ADDRESS.exec(text)?.groups?.['login']
  const password = login?.includes(':') ? login.slice(login.indexOf(':') + 1) : undefined
  return [password, decoded(password)].filter((one) => one !== undefined)
}

/** Not shown: after the environment was filled in, it may hold a secret. */
export function unreadableAddress(example: string): Observation {
  return misused(`the address cannot be read; it looks like ${example}`)
}

/** What is wrong with the check itself, so that nothing was learned about its target. */
export function misused(reason: string): Observation {
  return { outcome: 'unknown', reason, code: 'options', final: true }
}

const ADDRESS =
  /^(?<scheme>[a-z][a-z0-9+]*):\/\/(?:(?<login>.*)@)?(?<host>\[[\da-f:.%]+\]|[^\s:/?#@,[\]]+)(?::(?<port>\d{1,5}))?(?:\/(?<database>[^?#]*))?(?:\?(?<parameters>.*))?$/is

function decoded(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
