import type { z } from 'zod'
import { checkKindNames, checkKinds } from '../model/check.ts'
import type { Problem } from '../model/problem.ts'
import type { Locate } from './front-matter.ts'
import { nearest } from './nearest.ts'

/**
 * Turns what a schema refused into problems at the place in the file. `lines` are the file's own lines;
 * `known` answers which keys may stand at a path, so that a misspelt one can be named.
 */
export function schemaProblems(
  issues: readonly z.core.$ZodIssue[],
  { file, lines, locate, keys }: { file: string; lines: string[]; locate: Locate; keys: readonly string[] },
): Problem[] {
  return issues.flatMap((issue): Problem[] => {
    const place = (path: PropertyKey[], key?: boolean) => {
      const where = locate(path, key)
      return {
        level: 'error' as const,
        file,
        ...where,
        found: (lines[where.line - 1] ?? '').trim().slice(0, 120),
      }
    }
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => {
        const meant = nearest(key, issue.path.length === 0 ? keys : [...keys, ...nestedKeys])
        const problem = place([...issue.path, key], true)
        const hint = meant === undefined ? `; known here: ${keys.join(', ')}` : `; did you mean "${meant}"?`
        return {
          ...problem,
          message: `unknown key "${key}"${issue.path.length === 0 || meant !== undefined ? hint : ''}`,
          ...(meant !== undefined && { fix: (lines[problem.line - 1] ?? '').replace(key, meant) }),
        }
      })
    const name = issue.path.at(-1)
    const missing = issue.code === 'invalid_type' && issue.message.includes('received undefined')
    if (missing)
      return [
        {
          ...place(issue.path.slice(0, -1)),
          message: `"${String(name)}" is missing`,
          fix: `${String(name)}: …`,
        },
      ]
    const problem = place(issue.path)
    const { message, fix } = explain(issue, String(name), lines[problem.line - 1] ?? '')
    return [{ ...problem, message, ...(fix !== undefined && { fix }) }]
  })
}

/**
 * Takes what is good from a front matter that is not: each field by itself, and the title even from broken YAML,
 * so that a visitor reads at least what it is about.
 */
export function salvage<Shape extends z.ZodRawShape>(
  shape: Shape,
  data: Record<string, unknown>,
  source: string,
): Partial<z.output<z.ZodObject<Shape>>> {
  const facts: Record<string, unknown> = {}
  for (const [key, field] of Object.entries(shape)) {
    if (!Object.hasOwn(data, key)) continue
    const read = (field as z.ZodType).safeParse(data[key])
    if (read.success) facts[key] = read.data
  }
  facts['title'] ??= /^title:[ \t]*["']?(.{1,300}?)["']?[ \t]*$/m.exec(source.slice(0, 10_000))?.[1]
  return facts as Partial<z.output<z.ZodObject<Shape>>>
}

const nestedKeys = [...new Set(checkKindNames.flatMap((kind) => Object.keys(checkKinds[kind].shape)))]

function explain(issue: z.core.$ZodIssue, name: string, line: string): { message: string; fix?: string } {
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String)
    const written = /:\s*["']?([^"'#]*?)["']?\s*(?:#.*)?$/.exec(line)?.[1] ?? ''
    const meant = nearest(written.replaceAll(/[\s-]/g, '_'), values)
    return {
      message: `"${name}" must be one of ${values.join(', ')}`,
      ...(meant !== undefined && written !== '' && { fix: line.replace(written, meant) }),
    }
  }
  if (/offset/.test(issue.message)) return { message: `"${name}": ${issue.message}`, ...dateFix(line) }
  if (issue.code === 'invalid_union') return { message: `"${name}" has neither of the forms it may have` }
  return { message: `"${name}": ${issue.message.replace(/^Invalid input: /, '')}` }
}

const LOCAL_TIME = /(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2})?(?:\.\d+)?\s*["']?\s*$/

/** A date without an offset could be meant in UTC; the corrected line says so, and its author decides. */
function dateFix(line: string): { fix?: string } {
  const [, date, time, seconds = ':00'] = LOCAL_TIME.exec(line) ?? []
  if (date === undefined || time === undefined || Number.isNaN(Date.parse(`${date}T${time}${seconds}Z`)))
    return {}
  return { fix: line.replace(LOCAL_TIME, `${date}T${time}${seconds}Z`) }
}
