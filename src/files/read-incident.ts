import type { z } from 'zod'
import { incidentFrontMatter, type Incident, type Text, type UnreadFile } from '../model/incident.ts'
import type { Problem } from '../model/problem.ts'
import {
  incidentPhases,
  severities,
  statuses,
  worstStatus,
  type Impact,
  type IncidentPhase,
  type Severity,
} from '../model/status.ts'
import { iso, MINUTE, parseInstant, yearProblem, type Instant } from '../model/time.ts'
import { readFrontMatter, type FrontMatter } from './front-matter.ts'
import { addAll, insertedAt, problemAt } from './problem-at.ts'
import { readAffected, readUpdates, type Reading } from './read-updates.ts'
import { salvage, salvagedTitle, schemaProblems } from './schema-problems.ts'
import { unusedKeyProblems } from './unused-keys.ts'
import { readBlocks, renderBlocks, type Blocks } from './update-blocks.ts'

export interface IncidentFile {
  /** Absent when the file says too little to be placed in time. */
  incident?: Incident
  unread?: UnreadFile
  text: Text
  problems: Problem[]
}

/**
 * Reads one incident from its text. Never throws for what stands in it: what cannot be read becomes a problem,
 * and the incident keeps whatever could be.
 */
export function readIncident(
  source: string,
  file: string,
  digest: string,
  components: ReadonlySet<string>,
): IncidentFile {
  const id = idOf(file)
  const front = readFrontMatter(source, file)
  const reading: Reading = { file, lines: front.lines, components }
  const blocks = readBlocks(front.body, file)
  const problems = [...front.problems, ...nameProblems(file), ...blocks.problems]

  const facts = readHead(incidentFrontMatter, front, file, problems)
  addAll(problems, unusedKeyProblems('incident', front, file, problems))
  const title = headTitle(facts.title, front)
  const started = facts.started ?? oldestMoment(blocks) ?? dateInName(id)
  const { updates, problems: updateProblems } = readUpdates(
    blocks.updates,
    started ?? 0,
    facts.status,
    reading,
  )
  addAll(problems, updateProblems)
  const text = renderBlocks(
    blocks,
    updates.map(({ block }) => block),
  )
  const saysNothing = Object.keys(front.data ?? {}).length === 0 && updates.length === 0
  if (started === undefined || saysNothing)
    return { unread: { id, file, ...(title !== undefined && { title }) }, text, problems }

  const severity = facts.severity ?? impliedSeverity(facts.affected)
  const at = (name: string, index: number) =>
    Array.isArray(facts.affected) ? front.locate(['affected', index]) : front.locate(['affected', name], true)
  const { impact, problems: impactProblems } = readAffected(
    facts.affected,
    severities[severity].implies,
    reading,
    at,
  )
  addAll(problems, impactProblems)

  const stated = updates.find(({ update }) => update.phase in incidentPhases)?.update
  const phase = (stated?.phase ??
    facts.status ??
    (facts.resolved === undefined ? 'investigating' : 'resolved')) as IncidentPhase
  const resolvedAt = phase === 'resolved' ? (facts.resolved ?? stated?.at) : undefined
  problems.push(...contradictions({ started, facts, phase, resolvedAt, statedAt: stated?.at, front, file }))

  const incident: Incident = {
    id,
    file,
    digest,
    readFully: !problems.some(({ level }) => level === 'error'),
    title: title ?? id,
    phase,
    severity,
    startedAt: started,
    affected: impact,
    updates: updates.map(({ update }) => update),
    labels: facts.labels ?? [],
    pinned: facts.pinned ?? false,
    announcement: facts.announcement ?? false,
    ...(resolvedAt !== undefined && { resolvedAt: Math.max(resolvedAt, started) }),
    ...(facts.detected !== undefined && { detectedAt: facts.detected }),
    ...(facts.merged_into !== undefined && { mergedInto: facts.merged_into }),
    ...(facts.split_from !== undefined && { splitFrom: facts.split_from }),
    ...(facts.retracted !== undefined && { retracted: facts.retracted }),
    ...(facts.source !== undefined && { source: facts.source }),
  }
  return { incident, text, problems }
}

/** What a file is called in addresses: its name without folder and ending, and without what an address cannot carry. */
export function idOf(file: string): string {
  const name = nameOf(file)
  if (SAFE_NAME.test(name)) return name
  const safe = name.replaceAll(/[^A-Za-z0-9._-]+/g, '-')
  return safe.replace(/^[^A-Za-z0-9]+/, '').replace(/[.-]+$/, '') || 'unnamed'
}

/** Whether a file is called in addresses as it is on the disk. */
export function isSafelyNamed(file: string): boolean {
  return SAFE_NAME.test(nameOf(file))
}

const SAFE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/

function nameOf(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1).replace(/\.md$/, '')
}

/** Midnight UTC of the date that a file's name begins with. */
export function dateInName(id: string): Instant | undefined {
  const [, year, month, day] = /^(\d{4})-?(\d{2})-?(\d{2})(?:[-_]|$)/.exec(id) ?? []
  if (year === undefined) return undefined
  const at = parseInstant(`${year}-${month ?? ''}-${day ?? ''}T00:00:00Z`)
  return at === undefined || yearProblem(at) !== undefined ? undefined : at
}

/** A file's name is its address, so it must be one that every system can carry. */
export function nameProblems(file: string): Problem[] {
  const name = nameOf(file)
  const problem = (level: Problem['level'], message: string): Problem[] => [
    { level, file, line: 1, column: 1, message, found: `${name}.md` },
  ]
  const rule = 'the file name becomes an address: only letters, digits, dots, hyphens and underscores'
  if (!isSafelyNamed(file)) return problem('error', `${rule}; rename it to ${idOf(file)}.md`)
  if (name.length > LONGEST_NAME)
    return problem('warning', `the file name becomes an address: at most ${String(LONGEST_NAME)} letters`)
  if (dateInName(name) !== undefined) return []
  return problem('warning', 'the file name does not begin with a date that exists, such as 2026-11-21-api.md')
}

const LONGEST_NAME = 150

/** Reads the front matter of any kind of entry, as far as it is good. */
export function readHead<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  front: FrontMatter,
  file: string,
  problems: Problem[],
): Partial<z.output<z.ZodObject<Shape>>> {
  if (!front.data) return {}
  const written = schema.safeParse(front.data)
  if (written.success) return written.data
  // Where it is not YAML throughout, what else seems to be wrong may follow from that.
  const known = new Set(front.problems.map(({ line }) => line))
  const more = front.whole ? schemaProblems(schema, written.error.issues, front, file) : []
  addAll(
    problems,
    more.filter(({ line }) => !known.has(line)),
  )
  return salvage(schema, front.data)
}

/** What a visitor reads that an entry is about, even where its front matter is broken. */
export function headTitle(title: string | undefined, front: FrontMatter): string | undefined {
  return front.whole && title !== undefined
    ? title
    : (salvagedTitle(front.lines.join('\n'), front.body) ?? title)
}

type Facts = Partial<z.output<typeof incidentFrontMatter>>

function oldestMoment(blocks: Blocks): Instant | undefined {
  const moments = blocks.updates.flatMap(({ heading }) => (heading.at === undefined ? [] : [heading.at]))
  return moments.length > 0 ? Math.min(...moments) : undefined
}

function impliedSeverity(affected: Facts['affected']): Severity {
  const worst = worstStatus(Array.isArray(affected) ? [] : Object.values((affected ?? {}) as Impact))
  if (statuses[worst].rank >= statuses.major_outage.rank) return 'critical'
  return statuses[worst].rank >= statuses.partial_outage.rank ? 'major' : 'minor'
}

interface Reckoning {
  started: Instant
  facts: Facts
  phase: IncidentPhase
  resolvedAt: Instant | undefined
  /** When the newest update that names a phase was written. */
  statedAt: Instant | undefined
  front: FrontMatter
  file: string
}

function contradictions({ started, facts, phase, resolvedAt, statedAt, front, file }: Reckoning): Problem[] {
  const problems: Problem[] = []
  const add = (key: string, level: Problem['level'], message: string, fix?: string) => {
    problems.push(problemAt({ file, lines: front.lines }, front.locate([key]), message, { level, fix }))
  }
  const { resolved, status } = facts
  if (front.whole && front.data && !('started' in front.data)) {
    const { line, column } = front.locate([])
    const fix = insertedAt(front.lines[line - 1] ?? '', column, `started: ${iso(started)}`)
    const message = '"started" is missing; taken from the oldest update or the file name'
    problems.push(
      problemAt({ file, lines: front.lines }, { line, column }, message, { level: 'warning', fix }),
    )
  }
  if (resolved !== undefined && resolved < started)
    add('resolved', 'error', `it ends (${iso(resolved)}) before it starts (${iso(started)})`)
  else if (resolvedAt !== undefined && resolvedAt < started)
    add('started', 'error', `it is resolved (${iso(resolvedAt)}) before it starts (${iso(started)})`)
  if (facts.detected !== undefined && facts.detected < started)
    add('detected', 'warning', `it is detected (${iso(facts.detected)}) before it starts (${iso(started)})`)
  if (status !== undefined && status !== phase) {
    const message = `"status" says ${status}, the newest update says ${phase}; the update is shown`
    add('status', 'warning', message, `status: ${phase}`)
  }
  if (resolved === undefined || resolved < started) return problems
  if (phase !== 'resolved') add('resolved', 'warning', `"resolved" stands here, but the incident is ${phase}`)
  else if (statedAt !== undefined && Math.abs(statedAt - resolved) > 15 * MINUTE) {
    const message = `"resolved" and the newest update's time differ: ${iso(statedAt)}`
    add('resolved', 'warning', message, `resolved: ${iso(statedAt)}`)
  }
  return problems
}
