/** What became of `${NAME}` in some options. */
export type Expanded<T> = { options: T; secrets: string[] } | { missing: string }

/**
 * Replaces `${NAME}` in the named options (text, or texts by name) with the environment's values. Values go in as they
 * are, and nothing in them is replaced again. All of them count as secrets. An empty variable is a missing one: that is
 * how CI systems hand over a secret that was never set.
 */
export function expandEnv<T extends object>(
  options: T,
  keys: readonly (keyof T)[],
  env: Record<string, string | undefined>,
): Expanded<T> {
  const secrets = new Set<string>()
  const missing = new Set<string>()
  const expand = (text: string) =>
    text.replaceAll(VARIABLE, (whole, name: string) => {
      const value = env[name]
      if (!value) {
        missing.add(name)
        return whole
      }
      secrets.add(value)
      return value
    })

  const expanded = { ...options }
  for (const key of keys) expanded[key] = expandText(options[key], expand)
  const [first] = missing
  return first === undefined ? { options: expanded, secrets: [...secrets] } : { missing: first }
}

const VARIABLE = /\$\{([A-Z_][A-Z0-9_]*)\}/g

function expandText<V>(value: V, expand: (text: string) => string): V
function expandText(value: unknown, expand: (text: string) => string): unknown {
  if (typeof value === 'string') return expand(value)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, expandText(text, expand)]))
}
