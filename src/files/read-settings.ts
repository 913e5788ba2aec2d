import type { z } from 'zod'
import { conditionMisfit, type Check } from '../model/check.ts'
import {
  componentSchema,
  componentsSchema,
  groupSchema,
  type Component,
  type Group,
} from '../model/component.ts'
import { parseCondition, type Condition } from '../model/condition.ts'
import type { Problem } from '../model/problem.ts'
import { siteSchema, type Site, type VantagePoint } from '../model/site.ts'
import { cleanText } from './front-matter.ts'
import { idProblems, placeProblems, takenIds, type Entry, type Source } from './name-problems.ts'
import { missingScript } from './missing-script.ts'
import { nearest } from '../model/nearest.ts'
import { addAll, problemAt, replacedAt } from './problem-at.ts'
import { salvage, schemaProblems } from './schema-problems.ts'
import { unusedKeyProblems } from './unused-keys.ts'
import { readYaml, type YamlFile } from './yaml-file.ts'

/**
 * Reads `site.yaml`. A key that cannot be read falls back to its default, so that the page is built whatever stands
 * here; a site without a name is called "Status".
 */
export function readSite(source: string, file = 'site.yaml'): { site: Site; problems: Problem[] } {
  const { yaml, data, problems } = readSettings(source, file)
  const written = siteSchema.safeParse(data)
  if (!written.success && yaml.whole && yaml.data)
    addAll(problems, schemaProblems(siteSchema, written.error.issues, yaml, file))
  addAll(problems, unusedKeyProblems('site', yaml, file, problems))
  addAll(problems, takenIds('vantage_points', entriesOf(data['vantage_points']), { yaml, file }))
  if (written.success) return { site: withOwnPlaces(written.data), problems }
  const least = { name: 'Status', url: 'http://localhost:4321' }
  const { name, url } = siteSchema.shape
  const named = {
    ...data,
    ...(!name.safeParse(data['name']).success && { name: least.name }),
    ...(!url.safeParse(data['url']).success && { url: least.url }),
  }
  return { site: withOwnPlaces({ ...siteSchema.parse(least), ...salvage(siteSchema, named) }), problems }
}

/** Of two vantage points with the same id the first one counts. */
function withOwnPlaces(site: Site): Site {
  return { ...site, vantage_points: firstOfEach(site.vantage_points.map((entry) => ({ entry }))) }
}

/** What of a list has an id, whatever else is wrong with it. */
function entriesOf(list: unknown): Entry<{ id: string }>[] {
  return readEach(list, (written) => {
    const { id } = record(written)
    return typeof id === 'string' ? { id } : undefined
  })
}

/**
 * Reads `components.yaml`. A component whose entry is partly wrong stays on the page with what is right, and without a
 * check that is wrong, or that has a wrong condition: it could only answer better than was asked. One without a readable
 * id is left out. Either is a problem. `places` are the vantage points that `site.yaml` lists: where it lists any, a check
 * can be made from these only. With `root`, the world's folder, a script that is not there is a problem, too.
 */
export function readComponents(
  source: string,
  places: VantagePoint[] = [],
  file = 'components.yaml',
  { root }: { root?: string } = {},
): { groups: Group[]; components: Component[]; problems: Problem[] } {
  const { yaml, data, problems } = readSettings(source, file)
  const written = componentsSchema.safeParse(data)
  if (!written.success && yaml.whole && yaml.data)
    addAll(problems, schemaProblems(componentsSchema, written.error.issues, yaml, file))
  addAll(problems, unusedKeyProblems('components', yaml, file, problems))
  const groups = readEach(data['groups'], readGroup)
  const components = readEach(data['components'], (entry, index) => {
    const read = readComponent(entry)
    if (!read) return undefined
    const { check, checksStand, ...rest } = read
    const checks = check.map((one, at) =>
      readCheck(rest.id, one, [index, at], { yaml, file, root }, problems),
    )
    const good = checks.filter((one) => one !== undefined)
    const readFully = checksStand && good.length === checks.length && !isBroken(yaml, index)
    return { ...rest, readFully, checks: good }
  })
  problems.push(...idProblems(groups, components, { yaml, file }))
  for (const { entry, index } of components)
    addAll(problems, placeProblems(entry.checks, index, places, { yaml, file }))
  const known = new Set(groups.map(({ entry }) => entry.id))
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

function readSettings(text: string, file: string) {
  const { source, problems } = cleanText(text, file)
  const yaml = readYaml(source, file)
  return { yaml, data: yaml.data ?? {}, problems: [...problems, ...yaml.problems] }
}

function readEach<T>(list: unknown, read: (entry: unknown, index: number) => T | undefined): Entry<T>[] {
  if (!Array.isArray(list)) return []
  return list.flatMap((written, index) => {
    const entry = read(written, index)
    return entry === undefined ? [] : [{ entry, index }]
  })
}

function readGroup(written: unknown): Group | undefined {
  const { id, ...rest } = salvage(groupSchema, record(written))
  return id === undefined ? undefined : groupSchema.parse({ ...rest, id, name: rest.name ?? id })
}

type WrittenComponent = z.output<typeof componentSchema>

/** `checksStand` is false where a check is written that is none. */
function readComponent(written: unknown): (WrittenComponent & { checksStand: boolean }) | undefined {
  const { check, ...rest } = record(written)
  const good = check !== undefined && componentSchema.shape.check.safeParse(check).success
  const { id, ...read } = salvage(componentSchema, good ? { ...rest, check } : rest)
  if (id === undefined) return undefined
  const keys = Object.keys(componentSchema.shape)
  const misspelt = Object.keys(rest).some((key) => !keys.includes(key) && nearest(key, keys) === 'check')
  const checksStand = (good || check === undefined) && !misspelt
  return { ...componentSchema.parse({ id, name: id }), ...read, checksStand }
}

/** Whether a mistake in the YAML itself, which may hide a check, stands in a component's entry or somewhere above it. */
function isBroken(yaml: YamlFile, index: number): boolean {
  const first = yaml.locate(['components', index]).line
  const next = yaml.locate(['components', index + 1]).line
  const end = next > first ? next : Infinity
  // What is no YAML may take in everything below; a key that stands twice is a matter of its own entry.
  return yaml.problems.some(({ line }) => line < end && (!yaml.whole || line >= first))
}

function record(written: unknown): Record<string, unknown> {
  return typeof written === 'object' && written !== null && !Array.isArray(written) ? { ...written } : {}
}

function readCheck(
  component: string,
  { kind, options }: WrittenComponent['check'][number],
  [componentIndex, checkIndex]: [number, number],
  { yaml, file, root }: Source & { root: string | undefined },
  problems: Problem[],
): Check | undefined {
  const missing = 'script' in options && root !== undefined ? missingScript(root, options.script) : undefined
  // The check stays: what it would tell is unknown, and its probe says so.
  if (missing && 'script' in options) {
    const where = yaml.locate(['components', componentIndex, 'check', checkIndex, 'script'])
    const line = yaml.lines[where.line - 1] ?? ''
    const fix = missing.meant && replacedAt(line, where.column, options.script, missing.meant)
    problems.push(problemAt({ file, lines: yaml.lines }, where, missing.message, { fix }))
  }
  const readConditions = (list: 'expect' | 'degraded_unless') =>
    options[list].flatMap((text, index) => readCondition(text, [list, index]))
  const readCondition = (text: string, place: [string, number]): Condition[] => {
    const where = yaml.locate(['components', componentIndex, 'check', checkIndex, ...place])
    const line = yaml.lines[where.line - 1] ?? ''
    const quote = /["']/.test(line[where.column - 1] ?? '') ? 1 : 0
    const refuse = (column: number, message: string, meant?: string) => {
      const fix = meant === undefined ? undefined : replacedAt(line, where.column, text, meant)
      const found = { line: where.line, column: where.column + quote + column - 1 }
      problems.push(problemAt({ file, lines: yaml.lines }, found, message, { fix }))
      return []
    }
    const read = parseCondition(text)
    if ('error' in read) return refuse(read.column, read.error, read.fix)
    const misfit = conditionMisfit(read.condition, kind)
    return misfit === undefined ? [read.condition] : refuse(1, misfit)
  }
  const [conditions, degradedUnless] = [readConditions('expect'), readConditions('degraded_unless')]
  const written = options.expect.length + options.degraded_unless.length
  if (conditions.length + degradedUnless.length < written) return undefined
  return { id: `${component}/${String(checkIndex)}`, component, kind, options, conditions, degradedUnless }
}

function firstOfEach<T extends { id: string }>(entries: { entry: T }[]): T[] {
  const byId = new Map<string, T>()
  for (const { entry } of entries) if (!byId.has(entry.id)) byId.set(entry.id, entry)
  return [...byId.values()]
}
