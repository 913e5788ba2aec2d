import type { Update } from '../model/incident.ts'
import type { Problem } from '../model/problem.ts'
import { statuses, statusNames, type Impact, type Status } from '../model/status.ts'
import { DAY, parseInstant, startOfUtcDay, yearProblem, type Instant } from '../model/time.ts'
import { wordsOf } from './markdown.ts'
import { nearest } from '../model/nearest.ts'
import { problemAt, replacedAt, type Place } from './problem-at.ts'
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
  const moments = placeInTime(
    blocks.map(({ heading }) => heading),
    started,
  )
  const placed = blocks.map((block, index) => ({ block, at: moments[index] ?? started, index }))
  const newestFirst = (placed[0]?.at ?? 0) >= (placed.at(-1)?.at ?? 0)
  // Updates of the same minute keep the order that the file's own direction gives them.
  placed.sort((a, b) => b.at - a.at || (newestFirst ? a.index - b.index : b.index - a.index))
  const anchors = new Map<string, number>()
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
  locate: (name: string, index: number) => Place,
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

function unknownComponent(name: string, reading: Reading, where: Place): Problem {
  const { lines, components } = reading
  const meant = nearest(name, components)
  const hint = meant === undefined ? '' : ` did you mean "${meant}"?`
  const known = [...components].slice(0, 12).join(', ') + (components.size > 12 ? ', …' : '')
  const fix =
    meant === undefined ? undefined : replacedAt(lines[where.line - 1] ?? '', where.column, name, meant)
  const message = `unknown component "${name.slice(0, 60)}";${hint} known: ${known || 'none'}`
  return problemAt(reading, where, message, { fix })
}

function firstWords(block: UpdateBlock): string {
  const first = block.nodes.find((node) => node.type !== 'html')
  return first ? wordsOf(first) : ''
}

function readFact(
  { key, value, line }: UpdateBlock['facts'][number],
  update: Update,
  reading: Reading,
): Problem[] {
  const problem = (message: string, fix?: string, level?: 'warning') => [
    problemAt(reading, { line, column: 1 }, message, { fix, ...(level && { level }) }),
  ]
  if (value === '') return problem(`"${key}" has no value; give it one or leave its line out`)
  if (key === 'affected') return readAffectedLine(value, update, reading, line)
  if (key === 'automated') {
    const words: Record<string, boolean> = { true: true, yes: true, false: false, no: false }
    const said = Object.hasOwn(words, value) ? words[value] : undefined
    update.automated = said ?? false
    return said === undefined ? problem('"automated" is true or false', 'automated: true') : []
  }
  const at = parseInstant(value) ?? laterTimeOfDay(value, update.at)
  if (at === undefined) {
    const utc = /^\d{4}-\d{2}-\d{2}$/.test(value) ? `${value} 00:00 UTC` : `${value} UTC`
    const meant = parseInstant(utc) ?? laterTimeOfDay(utc, update.at)
    const message = `"${key}" must be a time such as 04:20 UTC or 2026-11-21T04:20:00Z`
    return problem(message, meant === undefined ? undefined : `${key}: ${utc}`)
  }
  const strange = yearProblem(at)
  if (strange !== undefined) return problem(`"${key}": ${strange}`)
  if (key === 'eta') update.eta = at
  else update.nextUpdateBy = at
  return at < update.at ? problem(`"${key}" is before the update itself`, undefined, 'warning') : []
}

/** `04:20 UTC` after an update is the next such time. */
function laterTimeOfDay(text: string, after: Instant): Instant | undefined {
  const heading = /^\d{1,2}:/.test(text) ? readUpdateHeading(text) : undefined
  if (heading?.timeOfDay === undefined || heading.zoneMissing) return undefined
  const at = startOfUtcDay(after) + heading.timeOfDay
  return at < after ? at + DAY : at
}

function readAffectedLine(value: string, update: Update, reading: Reading, line: number): Problem[] {
  const impact: Impact = {}
  const problems: Problem[] = []
  const text = reading.lines[line - 1] ?? ''
  let column = text.indexOf(':') + 2
  for (const piece of value.split(',')) {
    const part = piece.trim()
    if (part === '') continue
    const [name = '', status = ''] = part.split(/\s*[=:]\s*/)
    const where = { line, column: Math.max(text.indexOf(part, column - 1), column - 1) + 1 }
    column = where.column + part.length
    if (!reading.components.has(name)) problems.push(unknownComponent(name, reading, where))
    else if (!isStatus(status)) {
      const meant = nearest(status.replaceAll(/[\s-]+/g, '_'), statusNames)
      const said =
        status === '' ? `"${name}" has no status` : `"${status.slice(0, 60)}" is no status of a component`
      const fix = replacedAt(text, where.column, part, `${name}=${meant ?? 'degraded'}`)
      problems.push(problemAt(reading, where, `${said}; statuses are ${statusNames.join(', ')}`, { fix }))
    } else impact[name] = status
  }
  update.affected = impact
  return problems
}

function isStatus(word: string): word is Status {
  return Object.hasOwn(statuses, word)
}

/** Counted, because a file may hold any number of updates of one minute. */
function unique(anchor: string, taken: Map<string, number>): string {
  const count = (taken.get(anchor) ?? 0) + 1
  taken.set(anchor, count)
  return count === 1 ? anchor : `${anchor}-${String(count)}`
}
