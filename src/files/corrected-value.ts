import type { z } from 'zod'
import { nearest } from '../model/nearest.ts'
import { replacedAt } from './problem-at.ts'

/** What is wrong with a value, and its line as it was probably meant, where that can be told. */
export function correctedValue(
  issue: z.core.$ZodIssue,
  name: string,
  line: string,
  column: number,
): { message: string; fix?: string | undefined } {
  const written = scalarAt(line, column)
  const bare = written.replace(/^(["'])(.*)\1$/, '$2')
  const corrected = (value: string | undefined) =>
    value === undefined ? undefined : replacedAt(line, column, written, value)
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String)
    const meant = nearest(bare.trim().replaceAll(/[\s-]+/g, '_'), values)
    return { message: `"${name}" must be one of ${values.join(', ')}`, fix: corrected(meant) }
  }
  if (issue.code === 'invalid_union') return { message: `"${name}" has neither of the forms it may have` }
  const said = issue.message.replace(/^Invalid input: /, '').replace(/^Too (?:big|small): /, '')
  const correction = corrections.find(([expected]) => expected.test(said))?.[1]
  return { message: `"${name}": ${said}`, fix: corrected(correction?.(bare, issue)) }
}

/** A value for a key that is missing, to be pasted and then made right. */
export function exampleOf(name: string): string {
  return examples[name] ?? '…'
}

const examples: Record<string, string> = {
  id: 'api',
  url: 'https://status.example.com',
  starts: '2026-11-21T03:00:00Z',
  from: '2026-11-21T10:05:00Z',
  until: '2026-11-21T10:20:00Z',
  after: '30m',
  notify: '[]',
}

/** A scalar as it stands in its line, with its quotes. */
function scalarAt(line: string, column: number): string {
  const rest = line.slice(column - 1)
  const quoted = /^"(?:[^"\\]|\\.)*"|^'(?:[^']|'')*'/.exec(rest)?.[0]
  if (quoted !== undefined) return quoted
  const comment = rest.search(/\s#/)
  const plain = comment < 0 ? rest : rest.slice(0, comment)
  const inBrackets = /[[{]/.test(line.slice(0, column - 1))
  return (inBrackets ? plain.replace(/[,\]}].*$/, '') : plain).trimEnd()
}

/** By what was expected: what the value was probably meant to be. */
const corrections: [RegExp, (written: string, issue: z.core.$ZodIssue) => string | undefined][] = [
  [
    /^expected string, received/,
    (written) => (/^[\w.+-]+$/.test(written) ? JSON.stringify(written) : undefined),
  ],
  [/^expected boolean/, meantBoolean],
  [
    /^expected (?:number|int)\b.*received string/,
    (written) => (/^-?\d+(?:\.\d+)?$/.test(written) ? written : undefined),
  ],
  [
    /^expected array/,
    (written) => (/^[\w. -]+$/.test(written) && Number.isNaN(Number(written)) ? `[${written}]` : undefined),
  ],
  [/^expected number to be/, limitOf],
  [/a duration/, meantDuration],
  [/an offset/, meantInstant],
  [
    /an id of/,
    (written) =>
      written
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '-')
        .replaceAll(/^-|-$/g, '')
        .slice(0, 40) || undefined,
  ],
  [
    /a colour/,
    (written) =>
      /^#[\da-f]{3}$/i.test(written) ? JSON.stringify(written.replaceAll(/[\da-f]/gi, '$&$&')) : undefined,
  ],
  [/a time zone|IANA/, (written) => nearest(written, Intl.supportedValuesOf('timeZone'))],
  [
    /an address|Invalid URL/,
    (written) => (/^[\w-]+(?:\.[\w-]+)+(?:[:/]\S*)?$/.test(written) ? `https://${written}` : undefined),
  ],
]

function meantBoolean(written: string): string | undefined {
  if (/^(?:yes|on|true|y|1)$/i.test(written)) return 'true'
  return /^(?:no|off|false|n|0)$/i.test(written) ? 'false' : undefined
}

function limitOf(_written: string, issue: z.core.$ZodIssue): string | undefined {
  if (issue.code === 'too_big') return String(issue.maximum)
  return issue.code === 'too_small' ? String(issue.minimum) : undefined
}

function meantDuration(written: string): string | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(written) ?? []
  if (number === undefined) return undefined
  if (/^w/i.test(unit)) return `${String(Number(number) * 7)}d`
  const short = /^(?:ms|milli)/i.test(unit) ? 'ms' : unit.slice(0, 1).toLowerCase() || 's'
  return /^(?:ms|[smhd])$/.test(short) ? `${number}${short}` : undefined
}

/** A date without an offset could be meant in UTC; the corrected line says so, and its author decides. */
function meantInstant(written: string): string | undefined {
  const [, date, time = '00:00', seconds = ':00'] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ]+(\d{2}:\d{2})(:\d{2})?(?:\.\d+)?)?$/.exec(written.trim()) ?? []
  if (date === undefined) return undefined
  const at = Date.parse(`${date}T${time}${seconds}Z`)
  // JavaScript reads 30 February as 2 March.
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(date)
    ? `${date}T${time}${seconds}Z`
    : undefined
}
