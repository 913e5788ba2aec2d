import type { Text, UnreadFile } from '../model/incident.ts'
import { maintenanceFrontMatter, type Maintenance } from '../model/maintenance.ts'
import type { Problem } from '../model/problem.ts'
import { iso, yearProblem, type Instant } from '../model/time.ts'
import { readFrontMatter } from './front-matter.ts'
import { readMoment } from './local-time.ts'
import { addAll, insertedAt, problemAt, replacedAt, type Place } from './problem-at.ts'
import { headTitle, idOf, nameProblems, readHead } from './read-incident.ts'
import { readAffected, readUpdates, type Reading } from './read-updates.ts'
import { unusedKeyProblems } from './unused-keys.ts'
import { readBlocks, renderBlocks } from './update-blocks.ts'

export interface MaintenanceFile {
  maintenance?: Maintenance
  unread?: UnreadFile
  text: Text
  problems: Problem[]
}

/** Reads one planned window from its text, as `readIncident` reads an incident. Without a start and an end there is no window. */
export function readMaintenance(
  source: string,
  file: string,
  digest: string,
  components: ReadonlySet<string>,
): MaintenanceFile {
  const id = idOf(file)
  const front = readFrontMatter(source, file)
  const { lines } = front
  const reading: Reading = { file, lines, components }
  const blocks = readBlocks(front.body, file)
  const problems = [...front.problems, ...nameProblems(file), ...blocks.problems]
  const facts = readHead(maintenanceFrontMatter, front, file, problems)
  addAll(problems, unusedKeyProblems('maintenance', front, file, problems))
  const title = headTitle(facts.title, front)
  const problem = (where: Place, message: string, rest: { level?: 'warning'; fix?: string } = {}) => {
    problems.push(problemAt(reading, where, message, rest))
  }

  const moment = (key: 'starts' | 'ends' | 'extended_to'): Instant | undefined => {
    const value = facts[key]
    if (value === undefined) return undefined
    const read = readMoment(value, facts.timezone)
    if ('at' in read) return read.at
    // A zone that could not be read is a problem of its own, which this one follows from.
    if (facts.timezone === undefined && front.data?.['timezone'] !== undefined) return undefined
    const where = front.locate([key])
    const fix =
      read.fix === undefined
        ? undefined
        : replacedAt(lines[where.line - 1] ?? '', where.column, value, read.fix)
    problem(where, `"${key}": ${read.error}`, { ...(fix !== undefined && { fix }) })
    return undefined
  }
  const startsAt = moment('starts')
  const ends = moment('ends')
  const extendedTo = moment('extended_to')
  const afterDuration = (): Instant | undefined => {
    if (startsAt === undefined || facts.duration === undefined) return undefined
    const end = startsAt + facts.duration
    const strange = yearProblem(end)
    if (strange === undefined) return end
    problem(front.locate(['duration']), `"duration" is too long: ${strange}`)
    return undefined
  }
  const plannedEndsAt = ends ?? afterDuration()
  if (front.whole && front.data && !('ends' in front.data) && !('duration' in front.data)) {
    const where = front.locate([])
    const fix = insertedAt(lines[where.line - 1] ?? '', where.column, 'duration: 1h')
    problem(where, 'either "ends" or "duration" must be given', { fix })
  }
  if (facts.ends !== undefined && facts.duration !== undefined)
    problem(front.locate(['duration']), '"ends" stands here too, and counts', { level: 'warning' })

  const { updates, problems: updateProblems } = readUpdates(
    blocks.updates,
    startsAt ?? 0,
    facts.status,
    reading,
  )
  addAll(problems, updateProblems)
  const text = renderBlocks(
    blocks,
    updates.map(({ block }) => block),
  )
  if (startsAt === undefined || plannedEndsAt === undefined)
    return { unread: { id, file, ...(title !== undefined && { title }) }, text, problems }

  const endsAt = extendedTo ?? plannedEndsAt
  for (const [key, end] of [
    ['ends', plannedEndsAt],
    ['extended_to', extendedTo],
  ] as const)
    if (end !== undefined && end < startsAt)
      problem(front.locate([key]), `it ends (${iso(end)}) before it starts (${iso(startsAt)})`)
  const at = (name: string, index: number) =>
    Array.isArray(facts.affected) ? front.locate(['affected', index]) : front.locate(['affected', name], true)
  const { impact, problems: impactProblems } = readAffected(facts.affected, 'under_maintenance', reading, at)
  addAll(problems, impactProblems)

  const maintenance: Maintenance = {
    id,
    file,
    digest,
    readFully: !problems.some(({ level }) => level === 'error'),
    title: title ?? id,
    startsAt,
    endsAt: Math.max(endsAt, startsAt),
    plannedEndsAt: Math.max(plannedEndsAt, startsAt),
    affected: impact,
    emergency: facts.emergency ?? false,
    cancelled: (facts.cancelled !== undefined && facts.cancelled !== false) || facts.status === 'cancelled',
    updates: updates.map(({ update }) => update),
    labels: facts.labels ?? [],
    ...(facts.status !== undefined && { statedPhase: facts.status }),
    ...(facts.impact !== undefined && { impact: facts.impact }),
    ...(facts.reason !== undefined && { reason: facts.reason }),
    ...(facts.source !== undefined && { source: facts.source }),
  }
  return { maintenance, text, problems }
}
