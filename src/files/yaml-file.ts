import { isAlias, isMap, isScalar, isSeq, parseDocument, visit, type Document, type Pair } from 'yaml'
import type { Problem } from '../model/problem.ts'
import { problemAt, type Place } from './problem-at.ts'

/** A file, or the head of one, that is keys and values. */
export interface YamlFile {
  /** The values as plain data, as much as could be read; `undefined` where they are no keys and values at all. */
  data: Record<string, unknown> | undefined
  locate: Locate
  /** False where it is not YAML throughout, so that what seems to be missing may stand there. */
  whole: boolean
  lines: string[]
  problems: Problem[]
}

/** Where the value at a path stands; its key with `key: true`. Falls back to the nearest thing around it. */
export type Locate = (path: PropertyKey[], key?: boolean) => Place

/** How many problems of one file's YAML are worth saying: after the first few, one mistake begets the others. */
const MOST_PROBLEMS = 20

/**
 * Reads YAML that must be a mapping, as version 1.2: no dates, no octal. Aliases, merges and tags are refused, and each
 * key may stand once. Never throws, and takes a time that grows with the text: the library's own check for keys that
 * stand twice compares each with each.
 */
export function readYaml(block: string, file: string): YamlFile {
  const lines = block.split('\n')
  const at = placesIn(lines)
  const problems: Problem[] = []
  const add = (where: Place, message: string, fix?: string) => {
    if (problems.length < MOST_PROBLEMS && !problems.some(({ line }) => line === where.line))
      problems.push(problemAt({ file, lines }, where, message, { fix }))
  }
  const document = parseDocument(block, {
    version: '1.2',
    merge: false,
    uniqueKeys: false,
    prettyErrors: false,
  })
  for (const { message, pos } of [...document.errors, ...document.warnings]) {
    const where = openingOf(message, lines) ?? at(pos[0])
    const { what, fix } = explain(message, lines[where.line - 1] ?? '')
    add(where, what, fix)
  }
  const whole = problems.length === 0
  const locate: Locate = (path, key) => at(offsetOf(document, path, key === true))
  const read = (): Record<string, unknown> | undefined => {
    if (document.contents === null || (isScalar(document.contents) && document.contents.value === null))
      return {}
    if (!isMap(document.contents)) {
      add(
        at(document.contents.range?.[0] ?? 0),
        'expected keys and values, such as title: API is down, one on a line',
      )
      return undefined
    }
    refuseTricks(document, (offset, message, fix) => {
      const where = at(offset)
      add(where, message, fix?.(lines[where.line - 1] ?? ''))
    })
    return document.toJS({ maxAliasCount: 0 }) as Record<string, unknown>
  }
  try {
    return { data: read(), locate, whole, lines, problems }
  } catch (error) {
    // The library, like everything that walks a tree, calls itself: some thousand levels are too many.
    if (!(error instanceof RangeError)) throw error
    add({ line: 1, column: 1 }, TOO_DEEP)
    return { data: undefined, locate: () => ({ line: 1, column: 1 }), whole: false, lines, problems }
  }
}

/** Places by offset. The library's own counter loses lines behind some mistakes. */
function placesIn(lines: string[]): (offset: number) => Place {
  const starts = [0]
  for (const line of lines) starts.push((starts.at(-1) ?? 0) + line.length + 1)
  return (offset) => {
    let [low, high] = [0, lines.length - 1]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: Math.min(offset - (starts[low] ?? 0), lines[low]?.length ?? 0) + 1 }
  }
}

const TOO_DEEP = 'brackets or lists stand too deep in one another'

/** Takes out of a document what could make one thing stand for another, and says so. */
function refuseTricks(
  document: Document,
  refuse: (offset: number, message: string, fix?: (line: string) => string) => void,
): void {
  visit(document, {
    Alias: (_key, node) => {
      refuse(node.range?.[0] ?? 0, `aliases are not allowed here: write out what *${node.source} stands for`)
      return document.createNode(null)
    },
    Map: (_key, node) => {
      const seen = new Set<string>()
      node.items = node.items.filter((pair) => {
        const name = nameOf(pair)
        const offset = keyOffset(pair) ?? 0
        if (isAlias(pair.key) || (pair.key !== null && !isScalar(pair.key)))
          refuse(offset, 'a key must be a plain word')
        else if (name === '__proto__') refuse(offset, '"__proto__" cannot be a key')
        else if (seen.has(name))
          refuse(offset, `the key "${name}" stands here a second time; the first one counts`)
        else {
          seen.add(name)
          return true
        }
        return false
      })
    },
    Scalar: (_key, node) => {
      // Escapes such as "\u0000" bring in what the file itself was cleaned of.
      if (typeof node.value !== 'string' || !UNSHOWABLE.test(node.value)) return
      node.value = node.value.replaceAll(new RegExp(UNSHOWABLE, 'gu'), '\uFFFD')
      refuse(node.range?.[0] ?? 0, 'an escape for a character that cannot be shown', (line) =>
        line.replaceAll(/\\(?:0|a|b|e|v|f|x[01][\da-f]|u(?:00[01][\da-f]|d[89a-f][\da-f]{2}))/gi, ''),
      )
    },
  })
}

const UNSHOWABLE = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F\uFFFE\uFFFF]|\p{Surrogate}/u

function nameOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : ''
}

function keyOffset(pair: Pair): number | undefined {
  return (pair.key as { range?: [number, number, number] | null } | null)?.range?.[0]
}

const indexes = new WeakMap<object, Map<string, Pair>>()

/** A mapping's pairs by name, made once: a file may have as many problems as keys. */
function pairsOf(node: { items: Pair[] }): Map<string, Pair> {
  const known = indexes.get(node)
  if (known) return known
  const index = new Map(node.items.map((pair) => [nameOf(pair), pair]))
  indexes.set(node, index)
  return index
}

function offsetOf(document: Document, path: PropertyKey[], key: boolean): number {
  let node: unknown = document.contents
  let offset = document.contents?.range?.[0] ?? 0
  for (const [index, step] of path.entries()) {
    if (isMap(node)) {
      const pair = pairsOf(node).get(String(step))
      if (!pair) {
        // Where a list may be written as its only entry, that entry stands in the list's own place.
        if (step === 0) continue
        return offset
      }
      const value = (pair.value as { range?: [number, number, number] | null } | null)?.range?.[0]
      const last = index === path.length - 1
      const next = pair.value
      const inner = last || isMap(next) || isSeq(next) || path[index + 1] === 0
      offset = (last && key ? undefined : inner ? value : undefined) ?? keyOffset(pair) ?? offset
      node = next
      continue
    }
    if (!isSeq(node)) return offset
    node = node.items[Number(step)]
    offset = (node as { range?: [number, number, number] | null } | undefined)?.range?.[0] ?? offset
  }
  return offset
}

/** The library sees at the end of the file that a quote was never closed; its author has to look where it opens. */
function openingOf(message: string, lines: string[]): Place | undefined {
  const quote = /^Missing closing (["'])/.exec(message)?.[1]
  if (quote === undefined) return undefined
  const open = quote === '"' ? /(?:^|[\s[{,])"(?:[^"\\]|\\.)*$/ : /(?:^|[\s[{,])'[^']*$/
  const index = lines.findIndex((line) => open.test(line))
  const line = lines[index]
  return line === undefined
    ? undefined
    : { line: index + 1, column: line.search(open) + 1 + Number(!line.startsWith(quote)) }
}

function explain(message: string, line: string): { what: string; fix?: string } {
  if (/^\s*\t/.test(line) || message.includes('Tabs are not allowed'))
    return {
      what: 'YAML is indented with spaces, not with tabs',
      fix: line.replaceAll('\t', '  ').trimEnd(),
    }
  if (message.includes('call stack')) return { what: TOO_DEEP }
  if (/Nested mappings are not allowed|mapping values/.test(message)) {
    const [, name, value] = /^(\s*(?:- )?[\w-]+):\s+(.*)$/.exec(line) ?? []
    return {
      what: 'a value that holds a colon must be in quotes',
      ...(name !== undefined && value !== undefined && { fix: `${name}: ${JSON.stringify(value)}` }),
    }
  }
  const quote = /^Missing closing (["'])/.exec(message)?.[1]
  if (quote !== undefined)
    return { what: `the closing ${quote} is missing`, fix: `${line.trimEnd()}${quote}` }
  return { what: `this is not YAML: ${message.split('\n')[0]?.replace(/[.:]$/, '') ?? ''}` }
}
