import type { Condition, ConditionOperator, ConditionSubject } from '../src/model/condition.ts'
import { parseJsonPath, valueAt } from '../src/model/json-path.ts'
import type { Instant } from '../src/model/time.ts'
import type { Facts, Finding } from './contract.ts'
import { matchPattern } from './match-pattern.ts'
import { durationWords, lifeWords, shownValue } from './words.ts'

/** What a condition is held against. */
export interface Evidence {
  facts: Facts
  /** Absent where there is nothing to measure. */
  latencyMs?: number
  now: Instant
  /** Blanks out secrets in what is shown. */
  redact: (text: string) => string
}

/**
 * Holds one condition against an answer; `undefined` when it is met. A condition that is not met is `down`, but for a
 * certificate that is still valid and has less life left than wanted: visitors notice nothing yet, so that is `degraded`.
 */
export function evaluate(condition: Condition, evidence: Evidence): Finding | undefined {
  try {
    return evaluators[condition.subject](condition, evidence)
  } catch (error) {
    if (!(error instanceof TooSlow)) throw error
    return {
      state: 'unknown',
      reason: `the pattern in \`${condition.text}\` takes too long on this answer`,
      code: 'pattern',
    }
  }
}

type Evaluator = (condition: Condition, evidence: Evidence) => Finding | undefined

const evaluators = {
  status: (condition, { facts, redact }) => {
    if (facts.status === undefined) return absent('status')
    if (holds(condition, facts.status)) return undefined
    return down(`status is ${facts.status}, ${expected(condition, redact)}`, `http_${facts.status}`)
  },

  header: (condition, { facts, redact }) => {
    const name = condition.path ?? ''
    const found = facts.headers?.[name]
    if (holds(condition, found)) return undefined
    if (found === undefined)
      return down(`header ${name} is missing${butExpected(condition, redact)}`, 'header')
    const shown = SECRET_HEADER.test(name) ? 'something else' : shownValue(found, redact)
    return down(`header ${name} is ${shown}, ${expected(condition, redact)}`, 'header')
  },

  body: (condition, { facts, redact }) => {
    if (!facts.body) return absent('body')
    if (holds(condition, facts.body.text())) return undefined
    const part = facts.body.truncated ? ' in its first 1 MiB' : ''
    return down(
      `body ${bodyFails[condition.operator] ?? 'is not'} ${shownValue(condition.value, redact)}${part}`,
      'body',
    )
  },

  json: (condition, { facts, redact }) => {
    const path = parseJsonPath(condition.path ?? '$')
    const json = facts.body?.json()
    if (!json || 'error' in path) return absent('body')
    if ('problem' in json) return down(`body cannot be read as JSON: ${json.problem}`, 'json')
    const found = valueAt(json.value, path.steps)
    if (holds(condition, found)) return undefined
    return found === undefined
      ? down(`json ${condition.path} is missing${butExpected(condition, redact)}`, 'json')
      : down(`json ${condition.path} is ${shownValue(found, redact)}, ${expected(condition, redact)}`, 'json')
  },

  latency: (condition, { latencyMs }) => {
    if (latencyMs === undefined) return absent('latency')
    if (holds(condition, latencyMs)) return undefined
    const wanted = `${comparisons[condition.operator]} ${durationWords(Number(condition.value))}`
    return down(`latency is ${durationWords(latencyMs)}, expected ${wanted}`, 'latency')
  },

  certificate: (condition, { facts, now }) => {
    if (!facts.certificate)
      return down('there is no certificate: the answer did not come over TLS', 'certificate')
    return lifeLeft(condition, facts.certificate.validTo - now, 'certificate')
  },

  expires: (condition, { facts, now }) =>
    facts.expires === undefined
      ? absent('expires')
      : lifeLeft(condition, facts.expires - now, 'registration'),

  value: (condition, { facts, redact }) => {
    const { value } = facts
    if (holds(condition, value)) return undefined
    return value === undefined
      ? down(`there is no value${butExpected(condition, redact)}`, 'value')
      : down(`value is ${shownValue(value, redact)}, ${expected(condition, redact)}`, 'value')
  },

  rows: (condition, { facts, redact }) => {
    if (facts.rows === undefined) return absent('rows')
    if (holds(condition, facts.rows)) return undefined
    return down(`rows are ${facts.rows}, ${expected(condition, redact)}`, 'rows')
  },

  loss: (condition, { facts }) => {
    if (facts.lossPercent === undefined) return absent('loss')
    if (holds(condition, facts.lossPercent)) return undefined
    const wanted = `${comparisons[condition.operator]} ${String(condition.value)} %`
    return down(`loss is ${facts.lossPercent} %, expected ${wanted}`, 'loss')
  },

  answer: (condition, { facts, redact }) => {
    const { answers } = facts
    if (!answers) return absent('answer')
    // `!=` must hold for every record, all else for one of them.
    const met =
      condition.operator === '!='
        ? answers.every((one) => holds(condition, one))
        : answers.some((one) => holds(condition, one))
    if (met) return undefined
    if (answers.length === 0) return down(`there is no answer${butExpected(condition, redact)}`, 'answer')
    const shown = answers
      .slice(0, 3)
      .map((one) => shownValue(one, redact))
      .join(', ')
    const more = answers.length > 3 ? ` and ${answers.length - 3} more` : ''
    return down(`answer is ${shown}${more}, ${expected(condition, redact)}`, 'answer')
  },
} satisfies Record<ConditionSubject, Evaluator>

/** What still works and ends soon is degraded; what has ended is down. `left` in milliseconds. */
function lifeLeft(
  condition: Condition,
  left: number,
  what: 'certificate' | 'registration',
): Finding | undefined {
  if (holds(condition, left)) return undefined
  if (left <= 0) return down(`${what} expired ${lifeWords(-left)} ago`, what)
  const wanted = `${comparisons[condition.operator]} ${lifeWords(Number(condition.value))}`
  return {
    state: 'degraded',
    reason: `${what} expires in ${lifeWords(left)}, expected ${wanted}`,
    code: what,
  }
}

/** Whether a condition holds for a value; something absent meets only `!=`. */
function holds({ operator, value }: Condition, found: unknown): boolean {
  if (found === undefined) return operator === '!='
  return operations[operator](found, value)
}

const operations = {
  '==': (found, value) => found === value,
  '!=': (found, value) => found !== value,
  '<': (found, value) => typeof found === 'number' && found < Number(value),
  '<=': (found, value) => typeof found === 'number' && found <= Number(value),
  '>': (found, value) => typeof found === 'number' && found > Number(value),
  '>=': (found, value) => typeof found === 'number' && found >= Number(value),
  contains: (found, value) =>
    Array.isArray(found) ? found.includes(value) : typeof found === 'string' && found.includes(String(value)),
  matches: (found, value) => {
    if (typeof found !== 'string') return false
    const matched = matchPattern(String(value), found)
    if (matched === 'too slow') throw new TooSlow()
    return matched
  },
  exists: () => true,
} satisfies Record<ConditionOperator, (found: unknown, value: Condition['value']) => boolean>

const comparisons: Record<ConditionOperator, string> = {
  '==': '',
  '!=': 'anything but',
  '<': 'less than',
  '<=': 'at most',
  '>': 'more than',
  '>=': 'at least',
  contains: 'it to contain',
  matches: 'it to match',
  exists: 'it to be there',
}

/** A body is never shown, so what it is not stands alone. */
const bodyFails: Partial<Record<ConditionOperator, string>> = {
  '==': 'is not',
  '!=': 'is',
  contains: 'does not contain',
  matches: 'does not match',
}

/** Headers whose values are never shown: they carry sessions and keys. */
const SECRET_HEADER = /cookie|auth|token|secret|key/

function expected({ operator, value }: Condition, redact: (text: string) => string): string {
  return ['expected', comparisons[operator], shownValue(value, redact)].filter(Boolean).join(' ')
}

function butExpected(condition: Condition, redact: (text: string) => string): string {
  return condition.operator === 'exists' ? '' : `, ${expected(condition, redact)}`
}

function down(reason: string, code: string): Finding {
  return { state: 'down', reason, code }
}

/** The reader of `components.yaml` refuses such a condition; whoever got past it has written a check that cannot be made. */
function absent(subject: ConditionSubject): Finding {
  return {
    state: 'unknown',
    reason: `this kind of check has no ${subject} for a condition`,
    code: 'condition',
  }
}

class TooSlow extends Error {}
