import type { z } from 'zod'
import type { Check } from '../model/check.ts'
import {
  componentSchema,
  componentsSchema,
  groupSchema,
  type Component,
  type Group,
} from '../model/component.ts'
import { parseCondition } from '../model/condition.ts'
import type { Problem } from '../model/problem.ts'
import { siteSchema, type Site } from '../model/site.ts'
import { readYaml, type Locate } from './front-matter.ts'
import { nearest } from './nearest.ts'
import { schemaProblems } from './schema-problems.ts'

/**
 * Reads `site.yaml`. A key that cannot be read falls back to its default, so that the page is built whatever stands
 * here; a site without a name is called "Status".
 */
export function readSite(source: string, file = 'site.yaml'): { site: Site; problems: Problem[] } {
  const yaml = readYaml(source, file)
  const written = siteSchema.safeParse(yaml.data ?? {})
  if (written.success) return { site: written.data, problems: yaml.problems }
  const lines = source.split('\n')
  const keys = Object.keys(siteSchema.shape)
  const problems = [...yaml.problems]
  if (yaml.data)
    problems.push(...schemaProblems(written.error.issues, { file, lines, locate: yaml.locate, keys }))
  const good: Record<string, unknown> = { name: 'Status', url: 'http://localhost:4321' }
  for (const [key, field] of Object.entries(siteSchema.shape)) {
    const value = yaml.data?.[key]
    if (value !== undefined && field.safeParse(value).success) good[key] = value
  }
  return { site: siteSchema.parse(good), problems }
}

/**
 * Reads `components.yaml`. A component whose entry is partly wrong stays on the page with its name and without its
 * checks; one without a readable id and name is left out. Either is a problem.
 */
export function readComponents(
  source: string,
  file = 'components.yaml',
): { groups: Group[]; components: Component[]; problems: Problem[] } {
  const yaml = readYaml(source, file)
  const lines = source.split('\n')
  const problems = [...yaml.problems]
  const keys = Object.keys(componentSchema.shape)
  const written = componentsSchema.safeParse(yaml.data ?? {})
  if (!written.success && yaml.data)
    problems.push(...schemaProblems(written.error.issues, { file, lines, locate: yaml.locate, keys }))

  const groups = readEach(yaml.data?.['groups'], (entry) => groupSchema.safeParse(entry).data)
  const place = { file, lines, locate: yaml.locate }
  const components = readEach(yaml.data?.['components'], (entry, index) => {
    const read = componentSchema.safeParse(entry)
    if (!read.success) return nameOnly(entry)
    const { check, ...rest } = read.data
    return { ...rest, checks: check.map((one, at) => readCheck(rest.id, one, [index, at], place, problems)) }
  })
  problems.push(...crossProblems(groups, components, place))
  const known = new Set(groups.map(({ id }) => id))
  return {
    groups: firstOfEach(groups),
    components: firstOfEach(components).map((component) =>
      component.group === undefined || known.has(component.group)
        ? component
        : { ...component, group: undefined },
    ),
    problems,
  }
}

interface Place {
  file: string
  lines: string[]
  locate: Locate
}

function readEach<T>(list: unknown, read: (entry: unknown, index: number) => T | undefined): T[] {
  if (!Array.isArray(list)) return []
  return list.flatMap((entry, index) => read(entry, index) ?? [])
}

function nameOnly(entry: unknown): Component | undefined {
  const { id, name, group, description } = (entry ?? {}) as Record<string, unknown>
  const full = componentSchema.safeParse({ id, name, group, description })
  const short = full.success ? full : componentSchema.safeParse({ id, name })
  if (!short.success) return undefined
  const { check: _none, ...rest } = short.data
  return { ...rest, checks: [] }
}

type WrittenCheck = z.output<typeof componentSchema>['check'][number]

function readCheck(
  component: string,
  { kind, options }: WrittenCheck,
  [componentIndex, checkIndex]: [number, number],
  { file, lines, locate }: Place,
  problems: Problem[],
): Check {
  const conditions = options.expect.flatMap((text, index) => {
    const read = parseCondition(text)
    if ('condition' in read) return [read.condition]
    const list = locate(['components', componentIndex, 'check', checkIndex, 'expect', index])
    const single = locate(['components', componentIndex, 'check', 'expect', index])
    const where = single.line > list.line ? single : list
    const line = lines[where.line - 1] ?? ''
    problems.push({
      level: 'error',
      file,
      line: where.line,
      column: where.column + read.column - 1,
      message: read.error,
      found: line.trim(),
      ...(read.fix !== undefined && { fix: line.replace(text, read.fix) }),
    })
    return []
  })
  return { id: `${component}/${String(checkIndex)}`, component, kind, options, conditions }
}

function crossProblems(groups: Group[], components: Component[], { file, lines, locate }: Place): Problem[] {
  const problems: Problem[] = []
  const problem = (path: PropertyKey[], message: string, fix?: (line: string) => string): void => {
    const where = locate(path)
    const line = lines[where.line - 1] ?? ''
    problems.push({
      level: 'error',
      file,
      ...where,
      message,
      found: line.trim(),
      ...(fix && { fix: fix(line) }),
    })
  }
  const groupIds = new Set(groups.map(({ id }) => id))
  for (const [list, entries] of [
    ['groups', groups],
    ['components', components],
  ] as const) {
    const seen = new Set<string>()
    entries.forEach(({ id }, index) => {
      if (seen.has(id))
        problem([list, index, 'id'], `the id "${id}" is taken; the second is left out`, (line) =>
          line.replace(id, `${id}-2`),
        )
      seen.add(id)
    })
  }
  components.forEach(({ group }, index) => {
    if (group === undefined || groupIds.has(group)) return
    const meant = nearest(group, groupIds)
    const hint =
      meant === undefined ? `known: ${[...groupIds].join(', ') || 'none'}` : `did you mean "${meant}"?`
    problem(
      ['components', index, 'group'],
      `unknown group "${group}"; ${hint}`,
      meant === undefined ? undefined : (line) => line.replace(group, meant),
    )
  })
  return problems
}

function firstOfEach<T extends { id: string }>(entries: T[]): T[] {
  const byId = new Map<string, T>()
  for (const entry of entries) if (!byId.has(entry.id)) byId.set(entry.id, entry)
  return [...byId.values()]
}
