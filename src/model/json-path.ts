/** The steps of a path into a JSON value: object keys as text, list places as numbers. */
export type JsonPath = readonly (string | number)[]

/**
 * Reads a path such as `$.a.b[0]["x y"]` that starts at `from` (0-based) in `text`, up to the first character that
 * cannot belong to it. `end` is the 0-based place after the path; `column` is 1-based in `text`.
 */
export function parseJsonPath(
  text: string,
  from = 0,
): { steps: JsonPath; end: number } | { error: string; column: number } {
  if (text[from] !== '$') {
    return { error: 'expected a path that starts with $, as in $.database', column: from + 1 }
  }
  const steps: (string | number)[] = []
  let at = from + 1
  while (text[at] === '.' || text[at] === '[') {
    STEP.lastIndex = at
    const step = STEP.exec(text)
    if (!step) return { error: stepExpected(text[at] === '.'), column: at + 2 }
    const [whole, name, place, quoted] = step
    const key = name ?? (place === undefined ? unquote(quoted) : Number(place))
    if (key === undefined) return { error: stepExpected(false), column: at + 2 }
    steps.push(key)
    at += whole.length
  }
  return { steps, end: at }
}

/** What stands at the path, or `undefined` when nothing does. A list and a text also have a `length`. */
export function valueAt(value: unknown, path: JsonPath): unknown {
  let found = value
  for (const step of path) {
    if (typeof found === 'string' && step === 'length') return found.length
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined
    found = (found as Record<string | number, unknown>)[step]
  }
  return found
}

const STEP = /\.([\p{L}_$][\p{L}\p{N}_$-]*)|\[(\d{1,9})\]|\[("(?:[^"\\]|\\.)*")\]/uy

function stepExpected(afterDot: boolean): string {
  return afterDot
    ? 'expected a name after the dot; a name with other characters goes in brackets, as in ["x y"]'
    : 'expected a place in a list, as in [0], or a name in quotes, as in ["x y"], and a closing bracket'
}

function unquote(quoted: string | undefined): string | undefined {
  try {
    return quoted === undefined ? undefined : String(JSON.parse(quoted))
  } catch {
    return undefined
  }
}
