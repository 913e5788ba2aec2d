import { z } from 'zod'
import type { Problem } from '../model/problem.ts'
import { correctedValue, exampleOf } from './corrected-value.ts'
import { nearest } from '../model/nearest.ts'
import { insertedAt, problemAt, replacedAt } from './problem-at.ts'
import type { YamlFile } from './yaml-file.ts'

/** Turns what a schema refused into problems at their places in the file. */
export function schemaProblems(
  schema: z.ZodType,
  issues: readonly z.core.$ZodIssue[],
  yaml: YamlFile,
  file: string,
): Problem[] {
  const source = { file, lines: yaml.lines }
  const at = (path: PropertyKey[], key?: boolean) => {
    const where = yaml.locate(path, key)
    return { where, line: yaml.lines[where.line - 1] ?? '' }
  }
  return leavesOf(issues).flatMap((issue): Problem[] => {
    if (issue.code === 'unrecognized_keys' || issue.code === 'invalid_key') {
      const keys = issue.code === 'invalid_key' ? [String(issue.path.at(-1))] : issue.keys
      const parent = issue.code === 'invalid_key' ? issue.path.slice(0, -1) : issue.path
      const known = knownKeys(schema, parent, issue)
      return keys.map((key) => {
        const { where, line } = at([...parent, key], true)
        const meant = nearest(key, known)
        const hint = meant === undefined ? `known here: ${known.join(', ')}` : `did you mean "${meant}"?`
        const fix = meant === undefined ? undefined : replacedAt(line, where.column, key, meant)
        return problemAt(source, where, `unknown key "${key.slice(0, 60)}"; ${hint}`, { fix })
      })
    }
    const name = String(issue.path.findLast((step) => typeof step === 'string') ?? issue.path.at(-1) ?? '')
    const value = valueAt(yaml.data, issue.path)
    if (value === undefined && typeof issue.path.at(-1) === 'string') {
      const { where, line } = at(issue.path.slice(0, -1))
      const fix = insertedAt(line, where.column, `${name}: ${exampleOf(name)}`)
      return [problemAt(source, where, `"${name}" is missing`, { fix })]
    }
    const { where, line } = at(issue.path)
    if (value === null && issue.code !== 'custom')
      return [problemAt(source, where, `"${name}" has no value; give it one or leave its line out`)]
    const { message, fix } = correctedValue(issue, name, line, where.column)
    return [problemAt(source, where, message, { fix })]
  })
}

/**
 * Reads data that a schema refuses as far as it is good: what it refuses is left out, as deep down as it can be. What
 * lacks something it must have is read field by field.
 */
export function salvage<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  data: Record<string, unknown>,
): Partial<z.output<z.ZodObject<Shape>>> {
  const copy = structuredClone(data)
  // What was hidden behind the first refusals may be refused in its turn.
  for (let round = 0; round < 3; round++) {
    const read = schema.safeParse(copy)
    if (read.success) return read.data
    const refused = leavesOf(read.error.issues).flatMap((issue) =>
      issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path],
    )
    for (const path of refused.reverse()) remove(copy, path)
  }
  const facts: Record<string, unknown> = {}
  for (const [key, field] of Object.entries(schema.shape)) {
    if (!Object.hasOwn(copy, key)) continue
    const read = (field as z.ZodType).safeParse(copy[key])
    if (read.success) facts[key] = read.data
  }
  return facts as Partial<z.output<z.ZodObject<Shape>>>
}

/** The title in a head of any kind, or else the first heading of the body, so that a visitor reads at least what it is about. */
export function salvagedTitle(head: string, body: string): string | undefined {
  const title =
    /^[-\t {]*["']?title["']?[ \t]*[:=](.*)$/m.exec(head.slice(0, 10_000))?.[1] ??
    /^# (.*)$/m.exec(body.slice(0, 10_000))?.[1]
  const words = title
    ?.trim()
    .replace(/^["']/, '')
    .replace(/["',}]{1,3}$/, '')
    .trim()
    .slice(0, 300)
  return words === '' ? undefined : words
}

/** Of a value that may have several forms, what is wrong with the form that it has. */
function leavesOf(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  return issues.flatMap((issue) => {
    if (issue.code !== 'invalid_union') return [issue]
    const forms = issue.errors.filter((errors) => errors.every(({ path }) => path.length > 0))
    const [form] = forms
    if (!form || forms.length > 1) return [issue]
    return leavesOf(form.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })))
  })
}

function remove(data: unknown, path: PropertyKey[]): void {
  const parent = valueAt(data, path.slice(0, -1))
  const last = path.at(-1)
  if (Array.isArray(parent) && typeof last === 'number') parent.splice(last, 1)
  else if (isRecord(parent) && last !== undefined && Object.hasOwn(parent, last))
    Reflect.deleteProperty(parent, last)
  // What lacks something is no use without it.
  else if (path.length > 1) remove(data, path.slice(0, -1))
}

function valueAt(data: unknown, path: PropertyKey[]): unknown {
  let value = data
  for (const step of path) {
    if (Array.isArray(value)) value = value[Number(step)]
    else if (isRecord(value) && Object.hasOwn(value, step)) value = value[String(step)]
    // A list may be written as its only entry.
    else if (step !== 0) return undefined
  }
  return value
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The keys that may stand at a path. A check's own schema is known only to the issue, because its kind decides it. */
function knownKeys(schema: z.ZodType, path: PropertyKey[], issue: z.core.$ZodIssue): string[] {
  const told = (issue as { params?: { known?: string[] } }).params?.known
  if (told) return told
  let here: unknown = schema
  for (const step of path) here = unwrapped(child(unwrapped(here), step))
  here = unwrapped(here)
  if (here instanceof z.ZodObject) return Object.keys(here.shape)
  if (here instanceof z.ZodRecord && here.keyType instanceof z.ZodEnum)
    return here.keyType.options.map(String)
  return []
}

function child(schema: unknown, step: PropertyKey): unknown {
  if (schema instanceof z.ZodObject) return (schema.shape as Record<PropertyKey, unknown>)[step]
  if (schema instanceof z.ZodArray) return schema.element
  return schema instanceof z.ZodRecord ? schema.valueType : undefined
}

function unwrapped(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return unwrapped(schema.unwrap())
  return schema
}
