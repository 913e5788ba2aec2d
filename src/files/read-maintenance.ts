import type { Text, UnreadFile } from '../model/incident.ts'
import { maintenanceFrontMatter, type Maintenance } from '../model/maintenance.ts'
import type { Problem } from '../model/problem.ts'
import { iso, type Instant } from '../model/time.ts'
import { readFrontMatter } from './front-matter.ts'
import { readMoment } from './local-time.ts'
import { idOf, nameProblems } from './read-incident.ts'
import { readAffected, readUpdates, type Reading } from './read-updates.ts'
import { salvage, schemaProblems } from './schema-problems.ts'
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
  const lines = source.replaceAll('\r\n', '\n').split('\n')
  const reading: Reading = { file, lines, components }
  const problems = [...front.problems, ...nameProblems(file)]
  const blocks = readBlocks(front.body, file)
  problems.push(...blocks.problems)

  const written = maintenanceFrontMatter.safeParse(front.data ?? {})
  const keys = Object.keys(maintenanceFrontMatter.shape)
  if (!written.success && front.data)
    problems.push(...schemaProblems(written.error.issues, { file, lines, locate: front.locate, keys }))
  const facts = written.success
    ? written.data
    : salvage(maintenanceFrontMatter.shape, front.data ?? {}, source)

  const moment = (key: 'starts' | 'ends' | 'extended_to'): Instant | undefined => {
    const value = facts[key]
    if (value === undefined) return undefined
    const read = readMoment(value, facts.timezone)
    if ('at' in read) return read.at
    const where = front.locate([key])
    const fix = read.fix === undefined ? undefined : `${key}: ${read.fix}`
    problems.push({
      level: 'error',
      file,
      ...where,
      message: `"${key}": ${read.error}`,
      found: value,
      ...(fix !== undefined && { fix }),
    })
    return undefined
  }
  const startsAt = moment('starts')
  const ends = moment('ends')
  const extendedTo = moment('extended_to')
  const plannedEndsAt =
    ends ?? (startsAt !== undefined && facts.duration !== undefined ? startsAt + facts.duration : undefined)
  if (written.success && facts.ends === undefined && facts.duration === undefined)
    problems.push({
      level: 'error',
      file,
      ...front.locate(['starts'], true),
      message: 'either "ends" or "duration" must be given',
      fix: 'duration: 1h',
    })

  const { updates, problems: updateProblems } = readUpdates(
    blocks.updates,
    startsAt ?? 0,
    facts.status,
    reading,
  )
  problems.push(...updateProblems)
  const text = renderBlocks(
    blocks,
    updates.map(({ block }) => block),
  )
  if (startsAt === undefined || plannedEndsAt === undefined)
    return { unread: { id, file, ...(facts.title !== undefined && { title: facts.title }) }, text, problems }

  const endsAt = extendedTo ?? plannedEndsAt
  if (endsAt < startsAt)
    problems.push({
      level: 'error',
      file,
      ...front.locate(['ends']),
      message: `it ends (${iso(endsAt)}) before it starts (${iso(startsAt)})`,
    })
  if (facts.repeat !== undefined)
    problems.push({
      level: 'warning',
      file,
      ...front.locate(['repeat']),
      message: 'repeated windows are not worked out yet; only the first is shown',
    })
  const at = (name: string, index: number) =>
    Array.isArray(facts.affected) ? front.locate(['affected', index]) : front.locate(['affected', name], true)
  const { impact, problems: impactProblems } = readAffected(facts.affected, 'under_maintenance', reading, at)
  problems.push(...impactProblems)

  const maintenance: Maintenance = {
    id,
    file,
    digest,
    readFully: !problems.some(({ level }) => level === 'error'),
    title: facts.title ?? id,
    startsAt,
    endsAt: Math.max(endsAt, startsAt),
    plannedEndsAt: Math.max(plannedEndsAt, startsAt),
    affected: impact,
    emergency: facts.emergency ?? false,
    cancelled: (facts.cancelled !== undefined && facts.cancelled !== false) || facts.status === 'cancelled',
    updates: updates.map(({ update }) => update),
    labels: facts.labels ?? [],
    ...(facts.impact !== undefined && { impact: facts.impact }),
    ...(facts.reason !== undefined && { reason: facts.reason }),
    ...(facts.source !== undefined && { source: facts.source }),
  }
  return { maintenance, text, problems }
}
