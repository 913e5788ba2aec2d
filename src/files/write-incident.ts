import { stringify } from 'yaml'
import type { IncidentHead, MaintenanceHead, NewUpdate } from '../model/draft.ts'
import type { ProposedIncident, ProposedUpdate } from '../model/proposal.ts'
import type { Impact } from '../model/status.ts'
import { iso, type Instant } from '../model/time.ts'
import { readBlocks } from './update-blocks.ts'
import { placeInTime } from './update-headings.ts'
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
 * Adds an update to a file as people wrote it: above the newest where the file runs newest first, below where it runs
 * the other way, and nothing else changes but a `status:` or `resolved:` that would otherwise contradict it.
 */
export function addUpdate(source: string, update: NewUpdate): string {
  const newline = source.includes('\r\n') ? '\r\n' : '\n'
  const lines = source.replaceAll('\r\n', '\n').split('\n')
  const { body } = readFrontMatter(source, '')
  const blocks = readBlocks(body, '')
  const moments = placeInTime(
    blocks.updates.map(({ heading }) => heading),
    update.at,
  )
  const newestFirst = (moments[0] ?? 0) >= (moments.at(-1) ?? 0)
  const after = newestFirst
    ? firstHeading(lines, blocks.updates[0]?.line)
    : endOfUpdates(lines, blocks.updates.at(-1)?.line)
  const before = lines.slice(0, after)
  if ((before.at(-1) ?? '').trim() !== '') before.push('')
  const text = [...before, ...writeUpdate(update).split('\n'), ...lines.slice(after)].join('\n')
  return settle(text, update).replace(/\n+$/, '\n').replaceAll('\n', newline)
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
  return closes(kept) ? kept : kept.replace(OPENS, '$1\\$2')
}

/** Code and HTML that nobody closes run on to the end of the file. */
const OPENS = /^( {0,3})(```|~~~|<)/gm

/** A heading below the text is still a heading. */
function closes(text: string): boolean {
  if (text.search(OPENS) < 0) return true
  return readBlocks(`${text}\n\n## 2000-01-01 00:00 UTC\n`, '').updates.length === 1
}

function firstHeading(lines: string[], line: number | undefined): number {
  return line === undefined ? endOfUpdates(lines, undefined) : line - 1
}

/** Where the oldest-first file's last update ends: at the next section, or at the end. */
function endOfUpdates(lines: string[], lastUpdate: number | undefined): number {
  const from = lastUpdate ?? 0
  const next =
    lastUpdate === undefined ? -1 : lines.findIndex((line, index) => index >= from && /^#{1,2}\s/.test(line))
  if (next >= 0) return next
  let end = lines.length
  while (end > 0 && (lines[end - 1] ?? '').trim() === '') end -= 1
  return end
}

/** A front matter that states the phase would now contradict the newest update. */
function settle(text: string, update: NewUpdate): string {
  if (update.phase === 'update') return text
  const end = text.indexOf('\n---', 3)
  const front = text.slice(0, end).replace(/^status:.*$/m, `status: ${update.phase}`)
  const resolved =
    update.phase === 'resolved'
      ? front.replace(/^resolved:.*$/m, `resolved: ${iso(update.at)}`)
      : front.replace(/\nresolved:.*$/m, '')
  return resolved + text.slice(end)
}
