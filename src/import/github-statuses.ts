import type { Draft, IncidentHead, MaintenanceHead } from '../model/draft.ts'
import type { Impact, Severity, Status } from '../model/status.ts'
import { entryAddress, UniqueNames } from './addresses.ts'
import { ComponentNames } from './component-names.ts'
import { readEntries, type EntryLine, type WrittenEntry } from './github-entry.ts'
import { endUpdate, isPlanned, startOf, time, updatesOf, windowOf, type Guess } from './github-times.ts'
import type { ImportedWorld } from './importer.ts'
import { wordsOfMarkup } from './plain-text.ts'
import { balanced, Tally } from './report.ts'

/** Imports `incidents.jsonl` of mrshu/github-statuses: one entry a line, each with its updates. */
export function importGithubStatuses(input: string): ImportedWorld {
  const { lines, blank, entries, problems } = readEntries(input)
  const components = new ComponentNames()
  for (const { entry } of entries) for (const name of entry.components ?? []) components.add(name)
  const known: Known = { components, ids: new UniqueNames(), guessed: new Tally(), leftOut: new Tally() }

  const read = entries.map((line) => readEntry(line, known))
  const incidents = read.flatMap(({ incident }) => incident ?? [])
  const maintenance = read.flatMap(({ maintenance }) => maintenance ?? [])
  const files = [...incidents, ...maintenance]
  const addedUpdates = read.filter(({ endAdded }) => endAdded).length
  const site = siteOf(entries.map(({ entry }) => entry))
  known.guessed.add('name and address of the page, from the links: give --name and --site-url', site.url)

  const report = balanced({
    system: 'github-statuses',
    in: {
      lines,
      blank,
      entries: lines - blank,
      incidents: incidents.length,
      maintenance: maintenance.length,
      updates: entries.reduce((sum, { entry }) => sum + entry.updates.length, 0),
    },
    out: {
      files: files.length,
      incidents: incidents.length,
      maintenance: maintenance.length,
      updates: files.reduce((sum, { updates }) => sum + updates.length, 0),
      components: components.list.length,
      addedUpdates,
    },
    guessed: known.guessed.notes,
    leftOut: known.leftOut.notes,
    problems,
  })
  return { site, groups: [], components: components.list, incidents, maintenance, report }
}

/** What all entries of one import share. */
interface Known {
  components: ComponentNames
  ids: UniqueNames
  guessed: Tally
  leftOut: Tally
}

interface ReadEntry {
  incident?: Draft<IncidentHead>
  maintenance?: Draft<MaintenanceHead>
  /** The end was recorded, but nobody posted it. */
  endAdded: boolean
}

/** `none` says that no component was affected; the page still needs a severity. */
const impacts: Record<string, { severity: Severity; status: Status }> = {
  none: { severity: 'minor', status: 'operational' },
  minor: { severity: 'minor', status: 'degraded' },
  major: { severity: 'major', status: 'partial_outage' },
  critical: { severity: 'critical', status: 'major_outage' },
}

function readEntry({ entry, line }: EntryLine, known: Known): ReadEntry {
  const { address, lastPart } = sourceOf(entry)
  const words = wordsOfMarkup(entry.title ?? '').replace(/\s+/g, ' ')
  const guess: Guess = (what, example = lastPart || `line ${String(line)}`) => {
    known.guessed.add(what, example)
  }
  if (address === undefined) guess('no link to the original: the entry has no address')
  const title = titleOf(words, lastPart, guess)
  const stated = time(entry.started_at, guess)
  const updates = updatesOf(entry, stated, guess)
  const resolvedAt = time(entry.resolved_at, guess)
  const isMaintenance = entry.impact === 'maintenance' || (entry.impact == null && isPlanned(updates))
  const end = endUpdate(updates, { phase: isMaintenance ? 'completed' : 'resolved', resolvedAt }, guess)
  const posted = end ? [...updates, end] : updates
  const startedAt = startOf(entry, { stated, posted }, guess)
  const id = known.ids.take(entryAddress(startedAt, title, lastPart))
  noteLeftOut(entry, lastPart || id, known.leftOut)

  const affectedAs = (status: Status) => affectedBy(entry, words, status, known.components, guess)
  const common = { title, ...(address !== undefined && { source: address }) }
  if (isMaintenance) {
    const head = {
      ...common,
      affected: affectedAs('under_maintenance'),
      ...windowOf(posted, startedAt, guess),
    }
    return { maintenance: { id, head, updates: posted }, endAdded: end !== undefined }
  }
  const { severity, status } = impactOf(entry.impact, guess)
  const head = { ...common, severity, affected: affectedAs(status), startedAt }
  return { incident: { id, head, updates: posted }, endAdded: end !== undefined }
}

function sourceOf(entry: WrittenEntry): { address?: string; lastPart: string } {
  const url = URL.parse(entry.url ?? '')
  const id = String(entry.id ?? '')
  if (!url || !/^https?:$/.test(url.protocol)) return { lastPart: id }
  return { address: url.href, lastPart: url.pathname.split('/').findLast((part) => part !== '') ?? id }
}

// As long as the model lets a title be.
const LONGEST_TITLE = 300

function titleOf(words: string, lastPart: string, guess: Guess): string {
  if (words === '') guess('title: none was recorded')
  if (words.length <= LONGEST_TITLE) return words || `Untitled ${lastPart}`.trim()
  guess(`title: cut at ${String(LONGEST_TITLE)} characters`, words)
  return `${words.slice(0, LONGEST_TITLE - 1).toWellFormed()}…`
}

function impactOf(impact: string | null | undefined, guess: Guess): { severity: Severity; status: Status } {
  const known = impact != null && Object.hasOwn(impacts, impact) ? impacts[impact] : undefined
  if (impact === 'none')
    guess('severity: the impact was "none", minor is assumed and components stay operational')
  if (known) return known
  guess(
    `severity: ${impact == null ? 'no impact was recorded' : `"${impact}" is no known impact`}, minor is assumed`,
  )
  return { severity: 'minor', status: 'degraded' }
}

function affectedBy(
  entry: WrittenEntry,
  title: string,
  status: Status,
  components: ComponentNames,
  guess: Guess,
): Impact {
  const recorded = (entry.components ?? []).flatMap((name) => components.idOf(name) ?? [])
  if (recorded.length > 0 && entry.components_source != null)
    guess(`components: the record itself marks them as guessed (${entry.components_source})`)
  const named = recorded.length > 0 ? recorded : components.namedIn(title)
  if (recorded.length === 0)
    guess(
      named.length > 0
        ? 'components: none were recorded, taken from the title'
        : 'components: none were recorded and the title names none, nothing is affected',
    )
  return Object.fromEntries(named.map((id) => [id, status]))
}

/** Fields that are imported, or say again what another says. */
const used = new Set([
  ...['id', 'entry_id', 'title', 'url', 'published_at', 'updated_at', 'started_at', 'resolved_at', 'impact'],
  ...['components', 'components_source', 'updates', 'status_sequence', 'duration_minutes'],
])

function noteLeftOut(entry: WrittenEntry, where: string, leftOut: Tally): void {
  for (const [field, value] of Object.entries(entry)) {
    const says = value !== null && value !== undefined
    const same = { downtime_start: entry.started_at, downtime_end: entry.resolved_at }[field] === value
    if (says && !same && !used.has(field)) leftOut.add(field, where)
  }
}

function siteOf(entries: WrittenEntry[]): { name: string; url: string } {
  const url = entries
    .map((entry) => URL.parse(entry.url ?? ''))
    .find((address) => /^https?:$/.test(address?.protocol ?? ''))
  if (!url) return { name: 'Imported status page', url: 'https://status.example.com' }
  return { name: url.hostname.replace(/^www\./, ''), url: url.origin }
}
