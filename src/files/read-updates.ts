import type { Update } from '../model/incident.ts'
import type { Problem } from '../model/problem.ts'
import { statusNames, type Impact, type Status } from '../model/status.ts'
import { DAY, parseInstant, startOfUtcDay, type Instant } from '../model/time.ts'
import { wordsOf } from './markdown.ts'
import { nearest } from './nearest.ts'
import { phaseOfFirstWords, placeInTime, readUpdateHeading, updateAnchor } from './update-headings.ts'
import type { UpdateBlock } from './update-blocks.ts'

/** Where a file's words come from and who they may speak of. */
export interface Reading {
  file: string
  lines: string[]
  /** Ids of the components there are. */
  components: ReadonlySet<string>
}

/**
 * Places a file's updates in time and reads their facts. Newest first, each with the block it came from.
 * `newestPhase` is what the front matter says of the newest, for a heading that names no phase.
 */
export function readUpdates(
  blocks: UpdateBlock[],
  started: Instant,
  newestPhase: Update['phase'] | undefined,
  reading: Reading,
): { updates: { update: Update; block: UpdateBlock }[]; problems: Problem[] } {
  const problems: Problem[] = []
  const readable = blocks.filter((block) => {
    problems.push(...headingProblems(block, reading))
    return !block.heading.impossible
  })
  const moments = placeInTime(
    readable.map(({ heading }) => heading),
    started,
  )
  const placed = readable.map((block, index) => ({ block, at: moments[index] ?? started, index }))
  const newestFirst = (placed[0]?.at ?? 0) >= (placed.at(-1)?.at ?? 0)
  // Updates of the same minute keep the order that the file's own direction gives them.
  placed.sort((a, b) => b.at - a.at || (newestFirst ? a.index - b.index : b.index - a.index))
  const anchors = new Set<string>()
  const updates = placed.map(({ block, at }, index) => {
    const stated = block.heading.phase
    const silent = stated === undefined || stated === 'update'
    const phase =
      (index === 0 && silent ? newestPhase : undefined) ??
      stated ??
      phaseOfFirstWords(firstWords(block)) ??
      'update'
    const update: Update = { id: '', at, phase, automated: false }
    for (const fact of block.facts) problems.push(...readFact(fact, update, reading))
    return { update, block }
  })
  // Oldest first, so that a later update of the same minute does not take an earlier one's permalink.
  for (const { update } of [...updates].reverse()) update.id = unique(updateAnchor(update.at), anchors)
  return { updates, problems }
}

/** Reads `affected:` of a front matter, list or map, against the components there are. */
export function readAffected(
  affected: string[] | Record<string, Status> | undefined,
  implied: Status,
  reading: Reading,
  locate: (name: string, index: number) => { line: number; column: number },
): { impact: Impact; problems: Problem[] } {
  const entries = Array.isArray(affected)
    ? affected.map((name): [string, Status] => [name, implied])
    : Object.entries(affected ?? {})
  const impact: Impact = {}
  const problems: Problem[] = []
  entries.forEach(([name, status], index) => {
    if (reading.components.has(name)) impact[name] = status
    else problems.push(unknownComponent(name, reading, locate(name, index)))
  })
  return { impact, problems }
}

function unknownComponent(
  name: string,
  { file, lines, components }: Reading,
  where: { line: number; column: number },
): Problem {
  const meant = nearest(name, components)
  const line = lines[where.line - 1] ?? ''
  const known = [...components].slice(0, 12).join(', ')
  return {
    level: 'error',
    file,
    ...where,
    message: `unknown component "${name}"${meant === undefined ? '' : `; did you mean "${meant}"?`}; known: ${known}${components.size > 12 ? ', …' : ''}`,
    found: line.trim(),
    ...(meant !== undefined && { fix: line.replace(name, meant) }),
  }
}

function firstWords(block: UpdateBlock): string {
  const first = block.nodes.find((node) => node.type !== 'html')
  return first ? wordsOf(first) : ''
}

function headingProblems({ heading, headingText, line }: UpdateBlock, { file, lines }: Reading): Problem[] {
  const found = (lines[line - 1] ?? '').trim()
  const place = { level: 'error' as const, file, line, column: 1, found }
  if (heading.impossible)
    return [{ ...place, message: `the date or time in "${headingText}" does not exist` }]
  if (!heading.zoneMissing) return []
  const fix = found.replace(/(\d{1,2}:\d{2}(?::\d{2})?)/, '$1 UTC')
  return [{ ...place, message: 'a time without UTC or an offset; it is read as UTC', fix }]
}

function readFact(fact: UpdateBlock['facts'][number], update: Update, reading: Reading): Problem[] {
  const found = reading.lines[fact.line - 1] ?? ''
  const place = {
    level: 'error' as const,
    file: reading.file,
    line: fact.line,
    column: 1,
    found: found.trim(),
  }
  if (fact.key === 'automated') {
    update.automated = fact.value === 'true' || fact.value === 'yes'
    return []
  }
  if (fact.key === 'affected') return readAffectedLine(fact.value, update, reading, fact.line)
  const at = parseInstant(fact.value) ?? laterTimeOfDay(fact.value, update.at)
  if (at === undefined)
    return [
      {
        ...place,
        message: `"${fact.key}" must be a time such as 04:20 UTC or 2026-11-21T04:20:00Z`,
        fix: `${fact.key}: 04:20 UTC`,
      },
    ]
  if (fact.key === 'eta') update.eta = at
  else update.nextUpdateBy = at
  return []
}

/** `04:20 UTC` after an update is the next such time. */
function laterTimeOfDay(text: string, after: Instant): Instant | undefined {
  const heading = readUpdateHeading(text)
  if (heading?.timeOfDay === undefined || heading.zoneMissing) return undefined
  const at = startOfUtcDay(after) + heading.timeOfDay
  return at < after ? at + DAY : at
}

function readAffectedLine(value: string, update: Update, reading: Reading, line: number): Problem[] {
  const impact: Impact = {}
  const problems: Problem[] = []
  const text = reading.lines[line - 1] ?? ''
  for (const part of value
    .split(',')
    .map((piece) => piece.trim())
    .filter(Boolean)) {
    const [name = '', status = ''] = part.split(/\s*[=:]\s*/)
    const where = { line, column: text.indexOf(part) + 1 }
    if (!reading.components.has(name)) problems.push(unknownComponent(name, reading, where))
    else if (!(statusNames as string[]).includes(status)) {
      const meant = nearest(status, statusNames)
      problems.push({
        level: 'error',
        file: reading.file,
        ...where,
        message: `"${status}" is no status of a component; statuses are ${statusNames.join(', ')}`,
        found: text.trim(),
        fix: text.replace(part, `${name}=${meant ?? 'degraded'}`),
      })
    } else impact[name] = status as Status
  }
  update.affected = impact
  return problems
}

function unique(anchor: string, taken: Set<string>): string {
  let name = anchor
  for (let count = 2; taken.has(name); count++) name = `${anchor}-${String(count)}`
  taken.add(name)
  return name
}
