import { data, Evaluator, Lexer, Parser } from '@actions/expressions'

/**
 * Evaluates one expression, without its `${{ }}`, with GitHub's own engine.
 * Throws the engine's error for a syntax error, an unknown function or a context that is not available at this place.
 */
export function evaluateExpression(source: string, scope: Scope): unknown {
  return JSON.parse(JSON.stringify(evaluate(source, scope), data.replacer) ?? 'null')
}

/** Replaces every `${{ }}` of a value from a workflow, as the text that GitHub would put there. */
export function interpolate(text: string, scope: Scope): string {
  return text.replace(placeholder, (_, source: string) => evaluate(source, scope).coerceString())
}

/** {@link interpolate} for every value of a map. */
export function interpolateAll(values: Record<string, string>, scope: Scope): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, text]) => [name, interpolate(text, scope)]))
}

/**
 * Answers an `if:`. As on GitHub, a condition that asks for no status means `success() && (…)`, and no condition
 * means `success()`.
 */
export function evaluateCondition(condition: string | boolean | undefined, scope: Scope): boolean {
  const source = unwrap(String(condition ?? 'success()'))
  const asked = asksForStatus(source) ? source : `success() && (${source})`
  return evaluate(`!!(${asked})`, scope).coerceString() === 'true'
}

// A quoted string may hold `}}`.
const placeholder = /\$\{\{((?:'[^']*'|[^'])*?)\}\}/g

const statusFunctions = ['success', 'failure', 'cancelled', 'always'] as const

function unwrap(condition: string): string {
  return /^\s*\$\{\{([\s\S]*)\}\}\s*$/.exec(condition)?.[1] ?? condition
}

function asksForStatus(source: string): boolean {
  const { tokens } = new Lexer(source).lex()
  return tokens.some(
    (token, index) =>
      statusFunctions.some((name) => name === token.lexeme.toLowerCase()) &&
      tokens[index + 1]?.lexeme === '(',
  )
}

function evaluate(source: string, { contexts, status }: Scope): data.ExpressionData {
  const functions = statusFunctions.map((name) => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(name === 'always' || name === status),
  }))
  const { tokens } = new Lexer(source.trim()).lex()
  const expression = new Parser(tokens, Object.keys(contexts), status ? functions : []).parse()
  return new Evaluator(
    expression,
    toData(contexts),
    new Map(functions.map((definition) => [definition.name, definition])),
  ).evaluate()
}

function toData(contexts: Contexts): data.Dictionary {
  return JSON.parse(JSON.stringify(contexts), data.reviver) as data.Dictionary
}

/** What an expression may name: `github`, `env`, `steps` and so on, as plain JSON values. */
export type Contexts = Record<string, unknown>

/** The status functions exist in `if:` only, so `status` is absent everywhere else. */
export interface Scope {
  contexts: Contexts
  status?: Status
}

/** `skipped` answers neither `success()` nor `failure()`. */
export type Status = 'success' | 'failure' | 'cancelled' | 'skipped'
