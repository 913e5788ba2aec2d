import { stringify } from 'yaml'
import type { IncidentHead, MaintenanceHead, NewUpdate } from '../model/draft.ts'
import type { ProposedIncident, ProposedUpdate } from '../model/proposal.ts'
import type { Impact } from '../model/status.ts'
import { iso, parseInstant, type Instant } from '../model/time.ts'
import { readBlocks } from './update-blocks.ts'
import { placeInTime, type UpdateHeading } from './update-headings.ts'
import { readFrontMatter } from './front-matter.ts'

export type { IncidentHead, NewUpdate } from '../model/draft.ts'

/** A whole incident file, updates newest first. `updates`: of those with the same time, the earlier one stands first. */
export function writeIncident(head: IncidentHead, updates: NewUpdate[]): string {
  const front = {
    title: head.title,
    severity: head.severity,
    ...(Object.keys(head.affected).length > 0 && { affected: head.affected }),
    started: iso(head.startedAt),
    ...(head.detectedAt !== undefined && { detected: iso(head.detectedAt) }),
    ...(head.labels && head.labels.length > 0 && { labels: head.labels }),
    ...(head.source !== undefined && { source: head.source }),
  }
  return `${frontMatterOf(front)}\n${newestFirst(updates).map(writeUpdate).join('\n')}`
}

/** A whole file of planned work, as {@link writeIncident} writes an incident's. */
export function writeMaintenance(head: MaintenanceHead, updates: NewUpdate[]): string {
  const front = {
    title: head.title,
    starts: iso(head.startsAt),
    ends: iso(head.endsAt),
    ...(Object.keys(head.affected).length > 0 && { affected: head.affected }),
    ...(head.cancelled === true && { cancelled: true }),
    ...(head.labels && head.labels.length > 0 && { labels: head.labels }),
    ...(head.source !== undefined && { source: head.source }),
  }
  return `${frontMatterOf(front)}\n${newestFirst(updates).map(writeUpdate).join('\n')}`
}

/** A YAML block between its fences. */
export function frontMatterOf(data: Record<string, unknown>): string {
  return `---\n${stringify(data, { lineWidth: 0 })}---\n`
}

/** One update as a block of a file, with an empty line at its end. */
export function writeUpdate(update: NewUpdate): string {
  const facts = [
    update.affected && Object.keys(update.affected).length > 0 && `affected: ${writeImpact(update.affected)}`,
    update.nextUpdateBy !== undefined && `next_update_by: ${iso(update.nextUpdateBy)}`,
    update.automated && 'automated: true',
  ].filter((fact) => typeof fact === 'string')
  const heading = `## ${headingTime(update.at)} ${update.phase}`
  return `${[heading, ...facts].join('\n')}\n\n${keepText(update.text)}\n`
}

/**
 * Adds an update to a file as people wrote it, at its place in time, whichever way the file runs. Every other byte stays
 * as it is, but for a `status:` or `resolved:` that would contradict the update when it is the newest.
 */
export function addUpdate(source: string, update: NewUpdate): string {
  const front = readFrontMatter(source, '')
  const { updates, sections } = readBlocks(front.body, '')
  const headings = updates.map(({ heading }) => heading)
  const moments = placeInTime(headings, startOf(front.data, headings) ?? update.at)
  const runsDown = (moments[0] ?? 0) >= (moments.at(-1) ?? 0)
  const next = moments.findIndex((at) => (runsDown ? at <= update.at : at > update.at))
  const below = sections.find(({ line }) => line > (updates.at(-1)?.line ?? 0))
  const edits = [insertion(source, update, updates[next]?.line ?? below?.line)]
  const newest = moments.every((at) => at <= update.at)
  if (newest && update.phase !== 'update') edits.push(...settlements(source, update))
  return applied(source, edits)
}

/**
 * Makes a file say what is measured: writes it when there is none, adds the updates that are not in it yet, and leaves
 * every word of people's alone. `undefined` when nothing has to change.
 */
export function reviseIncident(current: string | undefined, incident: ProposedIncident): string | undefined {
  if (current === undefined) return writeIncident(incident, incident.updates.map(automated))
  let text = current
  for (const update of incident.updates) if (!stands(text, update)) text = addUpdate(text, automated(update))
  return text === current ? undefined : text
}

function automated(update: ProposedUpdate): NewUpdate {
  return { ...update, automated: true }
}

/** The probes write each update once, under a heading that only this moment and phase have. */
function stands(text: string, update: ProposedUpdate): boolean {
  return text.includes(`## ${headingTime(update.at)} ${update.phase}`)
}

/** Reversed before sorting, because readers of a file that runs newest first take the upper of two equal times as the newer. */
function newestFirst(updates: NewUpdate[]): NewUpdate[] {
  return [...updates].reverse().sort((a, b) => b.at - a.at)
}

function headingTime(at: Instant): string {
  return `${iso(at)
    .replace('T', ' ')
    .replace(/(:\d{2})?(?:\.\d+)?Z$/, (_, seconds: string) => (seconds === ':00' ? '' : seconds))} UTC`
}

function writeImpact(impact: Impact): string {
  return Object.entries(impact)
    .map(([id, status]) => `${id}=${status}`)
    .join(', ')
}

/** Text that came from elsewhere must not open a block of its own: headings, rules under text, and fact lines become plain. */
function keepText(text: string): string {
  const kept = text
    .replaceAll(/\r\n?/g, '\n')
    .trim()
    .split('\n')
    .map((line) =>
      /^ {0,3}(?:#{1,2}(?:\s|$)|=+\s*$|-+\s*$)/.test(line) ? line.replace(/[#=-]/, '\\$&') : line,
    )
    .join('\n')
    .replace(/^(affected|next_update_by|eta|automated):/, '$1\\:')
  return closes(kept) ? kept : kept.replace(OPENS, '$1\\$2')
}

/** What could run on to the end of the file, or give a meaning to words elsewhere in it. */
const OPENS = /^( {0,3})(```|~~~|<|\[)/gm

/** A heading below the text is still a heading, and the only one. */
function closes(text: string): boolean {
  if (text.search(OPENS) < 0) return true
  const { updates, sections, definitions } = readBlocks(`${text}\n\n## 2000-01-01 00:00 UTC\n`, '')
  return updates.length === 1 && sections.length === 0 && definitions.length === 0
}

function startOf(data: Record<string, unknown> | undefined, headings: UpdateHeading[]): Instant | undefined {
  const { started, starts } = data ?? {}
  const said = [started, starts].find((value) => typeof value === 'string')
  const dated = headings.flatMap(({ at }) => at ?? [])
  return (
    (said === undefined ? undefined : parseInstant(said)) ??
    (dated.length > 0 ? Math.min(...dated) : undefined)
  )
}

/** A stretch of a text and what stands there instead. */
interface Edit {
  from: number
  to: number
  text: string
}

function applied(source: string, edits: Edit[]): string {
  return [...edits]
    .sort((a, b) => b.from - a.from)
    .reduce((text, { from, to, text: by }) => text.slice(0, from) + by + text.slice(to), source)
}

/** Before a line, or at the end; with an empty line on either side. */
function insertion(source: string, update: NewUpdate, line: number | undefined): Edit {
  const newline = /\r\n?|\n/.exec(source)?.[0] ?? '\n'
  const lines = linesOf(source)
  const from = (line === undefined ? undefined : lines[line - 1]?.from) ?? source.length
  const above = source.slice(0, from)
  const gap =
    above === '' || /(?:^|\r\n?|\n)[ \t]*(?:\r\n?|\n)$/.test(above)
      ? ''
      : /[\r\n]$/.test(above)
        ? '\n'
        : '\n\n'
  const text = `${gap}${writeUpdate(update)}${from < source.length ? '\n' : ''}`
  return { from, to: from, text: text.replaceAll('\n', newline) }
}

/** A front matter that states the phase would now contradict the newest update. */
function settlements(source: string, update: NewUpdate): Edit[] {
  const lines = linesOf(source)
  const end = lines.findIndex(({ text }, index) => index > 0 && text.startsWith('---'))
  if (lines[0]?.text !== '---' || end < 0) return []
  const stated = (key: string) => lines.slice(0, end).find(({ text }) => text.startsWith(`${key}:`))
  const replaced = (key: string, value: string): Edit[] => {
    const line = stated(key)
    if (!line) return []
    const comment = /[ \t]+#.*$/.exec(line.text)?.[0] ?? ''
    return [{ from: line.from, to: line.from + line.text.length, text: `${key}: ${value}${comment}` }]
  }
  const resolved = stated('resolved')
  return [
    ...replaced('status', update.phase),
    ...(update.phase === 'resolved' ? replaced('resolved', iso(update.at)) : []),
    ...(update.phase !== 'resolved' && resolved
      ? [{ from: resolved.from, to: resolved.next, text: '' }]
      : []),
  ]
}

interface Line {
  text: string
  from: number
  /** Where the line below begins. */
  next: number
}

/** The lines of a text, numbered as its readers number them. */
function linesOf(source: string): Line[] {
  const lines: Line[] = []
  let from = source.startsWith('\uFEFF') ? 1 : 0
  for (const { index, 0: end } of source.matchAll(/\r\n?|\n/g)) {
    lines.push({ text: source.slice(from, index), from, next: index + end.length })
    from = index + end.length
  }
  return [...lines, { text: source.slice(from), from, next: source.length }]
}
