import { Line, Unreadable, type ConditionError } from './condition-line.ts'
import { parseJsonPath } from './json-path.ts'
import { parseDuration } from './time.ts'

/** One line of `expect:`, parsed. Grammar: `subject [path or name] operator value`. */
export interface Condition {
  /** The condition as written. */
  text: string
  subject: ConditionSubject
  /** The header's name in lower case or the JSON path, where the subject takes one. */
  path?: string
  operator: ConditionOperator
  /** A number (durations and life left in milliseconds, loss in percent), text, a pattern's source for `matches`, or nothing for `exists`. */
  value?: string | number | boolean | null
}

export type ConditionSubject = keyof typeof subjects
export type ConditionOperator = (typeof operators)[number]

export type { ConditionError }

const operators = ['==', '!=', '<', '<=', '>', '>=', 'contains', 'matches', 'exists'] as const
const ordered = ['<', '<=', '>', '>='] as const
const textual = ['==', '!=', 'contains', 'matches'] as const

/** What each subject takes. A new subject is one entry here and one evaluator in `checks/conditions.ts`. */
const subjects = {
  status: { path: 'none', operators: ['==', '!=', ...ordered], value: 'status', example: 'status == 200' },
  header: {
    path: 'header name',
    operators: [...textual, 'exists'],
    value: 'text',
    example: 'header content-type contains "json"',
  },
  body: { path: 'none', operators: textual, value: 'text', example: 'body contains "ok"' },
  json: { path: 'json path', operators, value: 'json', example: 'json $.database == "up"' },
  latency: { path: 'none', operators: ['<', '<='], value: 'ms', example: 'latency < 800ms' },
  certificate: { path: 'none', operators: ['>', '>='], value: 'd', example: 'certificate > 14d' },
  answer: {
    path: 'none',
    operators: [...textual, 'exists'],
    value: 'text',
    example: 'answer == "192.0.2.1"',
  },
  value: { path: 'none', operators, value: 'json', example: 'value > 0' },
  rows: { path: 'none', operators: ['==', '!=', ...ordered], value: 'number', example: 'rows > 0' },
  expires: { path: 'none', operators: ['>', '>='], value: 'd', example: 'expires > 30d' },
  loss: { path: 'none', operators: ['<', '<='], value: 'percent', example: 'loss < 20%' },
} as const satisfies Record<string, SubjectRule>

/**
 * Reads one line of `expect:`. Pure; never throws.
 * Durations become milliseconds; header names become lower case; a pattern that does not compile is an error.
 */
export function parseCondition(text: string): { condition: Condition } | ConditionError {
  try {
    return { condition: read(text) }
  } catch (error) {
    if (error instanceof Unreadable) return error.problem
    throw error
  }
}

function read(text: string): Condition {
  const line = new Line(text)
  const subject = readSubject(line)
  const rule: SubjectRule = subjects[subject]
  const path = pathReaders[rule.path](line)
  const operator = readOperator(line, subject, rule)
  const condition: Condition = { text, subject, operator }
  if (path !== undefined) condition.path = path
  if (operator !== 'exists') condition.value = readValue(line, rule, operator)
  line.skipSpace()
  if (line.at < text.length) {
    const more = /^(and|or|&&|\|\|)/i.test(line.rest)
    line.fail(
      more
        ? 'expected the end: each condition stands on its own line of `expect`, and all must hold'
        : 'expected the end of the condition',
    )
  }
  return condition
}

function readSubject(line: Line): ConditionSubject {
  const word = line.take(/[A-Za-z_-]+/y)
  const names = Object.keys(subjects) as ConditionSubject[]
  if (word && Object.hasOwn(subjects, word)) return word as ConditionSubject
  const expected = `expected one of ${names.join(', ')}`
  if (!word) return line.fail(`${expected}, as in \`status == 200\``)
  const meant = aliases[word.toLowerCase()] ?? nearest(word.toLowerCase(), names)
  return line.failBack(word, `unknown subject "${word}": ${expected}`, meant)
}

const pathReaders = {
  none: () => undefined,
  'header name': (line: Line): string => {
    const name = line.take(/[A-Za-z0-9_.-]+/y)
    const example = `expected a header's name, as in \`${subjects.header.example}\``
    if (!name) return line.fail(example)
    const isOperator = (operators as readonly string[]).includes(name)
    if (isOperator && !/^\s*([=!<>]|contains|matches|exists)/.test(line.rest)) line.failBack(name, example)
    return name.toLowerCase()
  },
  'json path': (line: Line): string => {
    line.skipSpace()
    const path = parseJsonPath(line.text, line.at)
    if ('error' in path) {
      // `json database == "up"` and `json .database == "up"`: only the start is missing.
      const bare = /^\.?([A-Za-z_][\w.[\]-]*)/.exec(line.rest)
      const isName = bare?.[1] !== undefined && !(operators as readonly string[]).includes(bare[1])
      return line.failAt(path.column, path.error, isName ? line.replaced(bare[0], `$.${bare[1]}`) : undefined)
    }
    const from = line.at
    line.at = path.end
    return line.text.slice(from, path.end)
  },
} satisfies Record<PathKind, (line: Line) => string | undefined>

function readOperator(line: Line, subject: ConditionSubject, rule: SubjectRule): ConditionOperator {
  const word = line.take(/[=!<>~]+|[A-Za-z]+/y)
  const expected = `expected ${listed(rule.operators)} after \`${subject}\`, as in \`${rule.example}\``
  if (!word) return line.fail(expected)
  const operator = rule.operators.find((one) => one === word)
  if (operator) return operator
  const known = (operators as readonly string[]).includes(word)
  if (known) return line.failBack(word, `\`${subject}\` cannot be compared with \`${word}\`: ${expected}`)
  const meant = aliases[word.toLowerCase()]
  const fits = rule.operators.some((one) => one === meant)
  return line.failBack(word, `unknown operator "${word}": ${expected}`, fits ? meant : undefined)
}

function readValue(line: Line, rule: SubjectRule, operator: ConditionOperator): Condition['value'] {
  line.skipSpace()
  if (operator === 'matches') return valueReaders.pattern(line)
  if (rule.value === 'json' && (ordered as readonly string[]).includes(operator))
    return valueReaders.number(line)
  return valueReaders[rule.value](line)
}

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![^\s])/y
const DURATION = /\d+(?:\.\d+)?\s*(?:ms|s|min|m|h|d)(?![^\s])/y

const valueReaders = {
  status: (line: Line): number => {
    const number = line.take(NUMBER)
    const status = Number(number)
    if (number && Number.isInteger(status) && status >= 100 && status <= 599) return status
    if (number) line.at -= number.length
    const quoted = /^["']?([1-5]\d\d)["']?$/.exec(line.rest.trim())
    const fix = quoted?.[1] && line.replaced(line.rest.trim(), quoted[1])
    return line.fail('expected a status code, a whole number from 100 to 599 without quotes', fix)
  },
  number: (line: Line): number => {
    const number = line.take(NUMBER)
    if (number) return Number(number)
    const quoted = /^["'](-?\d+(?:\.\d+)?)["']$/.exec(line.rest.trim())
    const fix = quoted?.[1] && line.replaced(line.rest.trim(), quoted[1])
    return line.fail('expected a number without quotes', fix)
  },
  percent: (line: Line): number => {
    const percent = line.take(/\d+(?:\.\d+)?\s*%(?![^\s])/y)
    if (percent) return parseFloat(percent)
    const bare = /^["']?(\d+(?:\.\d+)?)\s*%?["']?$/.exec(line.rest.trim())
    return line.fail(
      'expected a percentage such as 20%',
      bare?.[1] && line.replaced(line.rest.trim(), `${bare[1]}%`),
    )
  },
  ms: (line: Line): number => readDuration(line, 'ms', '800ms or 2s'),
  d: (line: Line): number => readDuration(line, 'd', '14d'),
  text: (line: Line): string => readQuoted(line, (quoted) => String(JSON.parse(quoted))),
  pattern: (line: Line): string => {
    const column = line.at + 1
    const source = readQuoted(line, (quoted) => quoted.slice(1, -1).replaceAll('\\"', '"'))
    try {
      new RegExp(source)
      return source
    } catch (error) {
      return line.failAt(column, error instanceof Error ? error.message : String(error))
    }
  },
  json: (line: Line): Condition['value'] => {
    const word = line.take(/(?:true|false|null)(?![^\s])/y) ?? line.take(NUMBER)
    return word ? (JSON.parse(word) as number | boolean | null) : valueReaders.text(line)
  },
} satisfies Record<ValueKind | 'pattern', (line: Line) => Condition['value']>

function readDuration(line: Line, unit: 'ms' | 'd', example: string): number {
  const word = line.take(DURATION)
  const milliseconds = word === undefined ? undefined : parseDuration(word)
  if (milliseconds !== undefined) return milliseconds
  const bare = /^["']?(\d+(?:\.\d+)?)\s*(ms|s|min|m|h|d)?\w*["']?$/.exec(line.rest.trim())
  const fix = bare && line.replaced(line.rest.trim(), `${bare[1]}${bare[2] ?? unit}`)
  return line.fail(`expected a duration such as ${example}`, fix ?? undefined)
}

/** Reads text in double quotes; escapes are JSON's, except in patterns, where only `\"` is one. */
function readQuoted(line: Line, unquote: (quoted: string) => string): string {
  const quoted = line.take(/"(?:[^"\\]|\\.)*"/y)
  if (quoted) {
    try {
      return unquote(quoted)
    } catch {
      return line.failBack(quoted, 'expected JSON\'s escapes in text: \\" \\\\ \\n \\t \\u00e9')
    }
  }
  if (line.rest.startsWith('"'))
    return line.fail('expected a closing double quote', `${line.text.trimEnd()}"`)
  const single = /^'(.*)'\s*$/.exec(line.rest)
  const word = single ? single[1] : line.rest.trim()
  const fix = word ? line.replaced(line.rest.trim(), JSON.stringify(word)) : undefined
  return line.fail('expected text in double quotes', fix)
}

/** What people write who mean one of ours. */
const aliases: Record<string, string> = {
  code: 'status',
  status_code: 'status',
  headers: 'header',
  text: 'body',
  response_time: 'latency',
  cert: 'certificate',
  answers: 'answer',
  '=': '==',
  '===': '==',
  is: '==',
  eq: '==',
  equals: '==',
  '!==': '!=',
  '<>': '!=',
  not: '!=',
  '=<': '<=',
  '=>': '>=',
  contain: 'contains',
  includes: 'contains',
  has: 'contains',
  '~': 'matches',
  '=~': 'matches',
  match: 'matches',
  exist: 'exists',
  expiry: 'expires',
  expiration: 'expires',
  packet_loss: 'loss',
  result: 'value',
  count: 'rows',
}

function nearest(word: string, names: readonly string[]): string | undefined {
  return names.find((name) => isOneSlipAway(word, name))
}

/** Whether one letter more, less, other, or two swapped turn one word into the other. */
function isOneSlipAway(word: string, name: string): boolean {
  let start = 0
  while (start < name.length && word[start] === name[start]) start++
  const [a, b] = [word.slice(start), name.slice(start)]
  return (
    a.slice(1) === b.slice(1) ||
    a.slice(1) === b ||
    a === b.slice(1) ||
    (a[0] === b[1] && a[1] === b[0] && a.slice(2) === b.slice(2))
  )
}

function listed(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(words.length === 2 ? ' or ' : ', ')
}

type PathKind = 'none' | 'header name' | 'json path'
type ValueKind = 'status' | 'number' | 'text' | 'json' | 'ms' | 'd' | 'percent'

interface SubjectRule {
  path: PathKind
  operators: readonly ConditionOperator[]
  value: ValueKind
  example: string
}
