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
import { iso, MINUTE, parseInstant, type Instant } from '../model/time.ts'
import { readFrontMatter, type Locate } from './front-matter.ts'
import { readAffected, readUpdates, type Reading } from './read-updates.ts'
import { salvage, schemaProblems } from './schema-problems.ts'
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
  const lines = source.replaceAll('\r\n', '\n').split('\n')
  const reading: Reading = { file, lines, components }
  const problems = [...front.problems, ...nameProblems(file)]
  const blocks = readBlocks(front.body, file)
  problems.push(...blocks.problems)

  const written = incidentFrontMatter.safeParse(front.data ?? {})
  const keys = Object.keys(incidentFrontMatter.shape)
  if (!written.success && front.data)
    problems.push(...schemaProblems(written.error.issues, { file, lines, locate: front.locate, keys }))
  const facts = written.success ? written.data : salvage(incidentFrontMatter.shape, front.data ?? {}, source)

  const started = facts.started ?? oldestMoment(blocks) ?? dateInName(id)
  const { updates, problems: updateProblems } = readUpdates(
    blocks.updates,
    started ?? 0,
    facts.status,
    reading,
  )
  problems.push(...updateProblems)
  const text = renderBlocks(
    blocks,
    updates.map(({ block }) => block),
  )
  if (started === undefined) {
    return { unread: { id, file, ...(facts.title !== undefined && { title: facts.title }) }, text, problems }
  }

  const severity = facts.severity ?? impliedSeverity(facts.affected)
  const at = (name: string, index: number) =>
    Array.isArray(facts.affected) ? front.locate(['affected', index]) : front.locate(['affected', name], true)
  const { impact, problems: impactProblems } = readAffected(
    facts.affected,
    severities[severity].implies,
    reading,
    at,
  )
  problems.push(...impactProblems)

  const stated = updates.find(({ update }) => update.phase in incidentPhases)?.update
  const phase = (stated?.phase ??
    facts.status ??
    (facts.resolved === undefined ? 'investigating' : 'resolved')) as IncidentPhase
  const resolvedAt = phase === 'resolved' ? (facts.resolved ?? stated?.at) : undefined
  problems.push(
    ...contradictions(
      {
        started,
        startedStands: front.data !== undefined && 'started' in front.data,
        facts,
        phase,
        resolvedAt,
        lines,
        file,
        locate: front.locate,
      },
      stated?.at,
    ),
  )

  const incident: Incident = {
    id,
    file,
    digest,
    readFully: !problems.some(({ level }) => level === 'error'),
    title: facts.title ?? id,
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

/** The name of a file without folder and ending. */
export function idOf(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1).replace(/\.md$/, '')
}

/** Midnight UTC of the date that a file's name begins with. */
export function dateInName(id: string): Instant | undefined {
  const [, year, month, day] = /^(\d{4})-?(\d{2})-?(\d{2})(?:[-_]|$)/.exec(id) ?? []
  return year === undefined ? undefined : parseInstant(`${year}-${month ?? ''}-${day ?? ''}T00:00:00Z`)
}

/** A file's name is its address, so it must be one that every system can carry. */
export function nameProblems(file: string): Problem[] {
  const id = idOf(file)
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,150}$/.test(id)) {
    if (dateInName(id) !== undefined) return []
    const message = 'the file name does not begin with a date that exists, such as 2026-11-21-api.md'
    return [{ level: 'warning', file, line: 1, column: 1, message, found: `${id}.md` }]
  }
  const fix = `${id.toLowerCase().replaceAll(/[^a-z0-9._-]+/g, '-')}.md`
  const message = 'the file name becomes an address: only letters, digits, dots, hyphens and underscores'
  return [{ level: 'warning', file, line: 1, column: 1, message, found: `${id}.md`, fix }]
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

function contradictions(
  known: {
    started: Instant
    /** The front matter has it, readable or not. */
    startedStands: boolean
    facts: Facts
    phase: IncidentPhase
    resolvedAt: Instant | undefined
    lines: string[]
    file: string
    locate: Locate
  },
  statedAt: Instant | undefined,
): Problem[] {
  const { started, startedStands, facts, phase, resolvedAt, lines, file, locate } = known
  const at = (key: string) => {
    const where = locate([key])
    return { file, ...where, found: (lines[where.line - 1] ?? '').trim() }
  }
  const problems: Problem[] = []
  if (facts.started === undefined && !startedStands)
    problems.push({
      level: 'warning',
      ...at('title'),
      message: '"started" is missing; taken from the oldest update or the file name',
      fix: `started: ${iso(started)}`,
    })
  if (facts.resolved !== undefined && facts.resolved < started)
    problems.push({
      level: 'error',
      ...at('resolved'),
      message: `it ends (${iso(facts.resolved)}) before it starts (${iso(started)})`,
    })
  else if (resolvedAt !== undefined && resolvedAt < started)
    problems.push({
      level: 'error',
      ...at('started'),
      message: `it is resolved (${iso(resolvedAt)}) before it starts (${iso(started)})`,
    })
  if (facts.status !== undefined && facts.status !== phase)
    problems.push({
      level: 'warning',
      ...at('status'),
      message: `"status" says ${facts.status}, the newest update says ${phase}; the update is shown`,
      fix: `status: ${phase}`,
    })
  if (facts.resolved !== undefined && phase !== 'resolved')
    problems.push({
      level: 'warning',
      ...at('resolved'),
      message: `"resolved" stands here, but the incident is ${phase}`,
    })
  if (
    facts.resolved !== undefined &&
    statedAt !== undefined &&
    phase === 'resolved' &&
    Math.abs(statedAt - facts.resolved) > 15 * MINUTE
  )
    problems.push({
      level: 'warning',
      ...at('resolved'),
      message: `"resolved" and the newest update's time differ: ${iso(statedAt)}`,
      fix: `resolved: ${iso(statedAt)}`,
    })
  return problems
}
