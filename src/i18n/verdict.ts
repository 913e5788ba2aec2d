import type { Freshness, Named, Verdict } from '../derive/views.ts'
import { statuses, type Status } from '../model/status.ts'
import { en, type Messages } from './en.ts'
import { moment } from './format.ts'

/**
 * The sentence at the top of the page. It names what is wrong; it says that all is well only when something was
 * measured, nothing is open, nothing is unread and the data is fresh.
 */
export function verdictSentence(verdict: Verdict, freshness: Freshness, m: Messages = en): string {
  if (!freshness.stale) return sentences(verdict, freshness, m).join(' ')
  return `${m.verdict.notConfirmed} ${lastKnown(verdict, freshness, m)}`.trim()
}

/** The status whose mark and colour stand beside the sentence: never the operational one when that would say too much. */
export function verdictStatus(verdict: Verdict, freshness: Freshness): Status {
  if (freshness.stale) return 'unknown'
  if (verdict.status !== 'operational') return verdict.status
  return isQuiet(verdict) && isKnown(verdict, freshness) ? 'operational' : 'unknown'
}

/** `■ Major outage: Webhooks — Acme status`: the glyph first, as a tab shows little more. */
export function pageTitle(
  verdict: Verdict,
  freshness: Freshness,
  siteName: string,
  m: Messages = en,
): string {
  const glyph = statuses[verdictStatus(verdict, freshness)].glyph
  return m.title.page(`${glyph} ${titleWords(verdict, freshness, m)}`, m.title.site(siteName))
}

function titleWords(verdict: Verdict, freshness: Freshness, m: Messages): string {
  if (freshness.stale) return m.title.notConfirmed
  const worst = verdict.affected[0]
  const loose = verdict.loose[0]
  if (worst && worst.status !== 'unknown')
    return m.title.trouble(m.status(worst.status), names(worst.components, m))
  if (loose !== undefined) return m.title.incident(withoutStop(loose))
  if (verdict.unread > 0) return m.title.unread
  if (!isKnown(verdict, freshness)) return m.title.noData
  if (verdict.status !== 'operational') return m.status(verdict.status)
  return freshness.measured ? m.title.allWell : m.title.nothingReported
}

function lastKnown(verdict: Verdict, freshness: Freshness, m: Messages): string {
  const at =
    freshness.checkedAt === undefined ? undefined : moment(freshness.checkedAt, freshness.builtAt, m).text
  const something = troubles(verdict, m)
  const then =
    something.length > 0 ? something.join(' ') : verdict.affected.length === 0 ? m.verdict.allWellThen : ''
  if (then === '') return at === undefined ? '' : m.verdict.lastCheckedAt(at)
  if (at !== undefined) return m.verdict.lastKnownAt(at, then)
  return something.length > 0 ? m.verdict.lastKnown(then) : ''
}

function sentences(verdict: Verdict, freshness: Freshness, m: Messages): string[] {
  const said = troubles(verdict, m)
  const unknown = verdict.affected.find(({ status }) => status === 'unknown')
  if (unknown && (said.length > 0 || isKnown(verdict, freshness))) {
    said.push(m.verdict.noData(names(unknown.components, m)))
  }
  return said.length > 0 ? said : [quietSentence(verdict, freshness, m)]
}

function quietSentence(verdict: Verdict, freshness: Freshness, m: Messages): string {
  if (verdict.total === 0) return m.verdict.noComponents
  if (!isKnown(verdict, freshness))
    return freshness.measured ? m.verdict.nothingMeasured : m.verdict.nothingPublished
  if (verdict.status !== 'operational') return `${m.status(verdict.status)}.`
  return freshness.measured ? m.verdict.allWell : m.verdict.nothingReported
}

/** What is wrong, as sentences: components first, then incidents without one, then what could not be read. */
function troubles(verdict: Verdict, m: Messages): string[] {
  const said: string[] = []
  // Planned work is not what is wrong: it is named only where nothing else is.
  const wrong = verdict.affected.filter(
    ({ status }) => statuses[status].rank > statuses.under_maintenance.rank,
  )
  const clauses = (wrong.length > 0 ? wrong : verdict.affected).flatMap(({ status, components }) => {
    const clause = m.verdict.clause[status]
    if (!clause || components.length === 0) return []
    const everything = components.length === verdict.total && verdict.total > 1
    return [clause(everything ? m.verdict.all(verdict.total) : names(components, m))]
  })
  if (clauses.length > 0)
    said.push(`${clauses.join(clauses.some((clause) => clause.includes(',')) ? '; ' : ', ')}.`)
  if (verdict.loose.length > 0)
    said.push(m.verdict.openIncidents(few(verdict.loose.map(withoutStop), m), verdict.loose.length))
  if (verdict.unread > 0) said.push(m.verdict.unread(verdict.unread))
  return said
}

const names = (components: Named[], m: Messages): string =>
  few(
    components.map(({ name }) => name),
    m,
  )

/** At most four are named: a sentence that goes on is not read. */
function few(items: string[], m: Messages): string {
  return items.length <= 4 ? m.list(items) : m.list([...items.slice(0, 3), m.more(items.length - 3)])
}

const withoutStop = (title: string): string => title.trim().replace(/[.!?。]+$/, '')

const isQuiet = (verdict: Verdict): boolean =>
  verdict.affected.length === 0 && verdict.loose.length === 0 && verdict.unread === 0

const isKnown = (verdict: Verdict, freshness: Freshness): boolean =>
  verdict.total > 0 &&
  verdict.operational + knownTroubles(verdict) > 0 &&
  (!freshness.measured || freshness.checkedAt !== undefined)

const knownTroubles = (verdict: Verdict): number =>
  verdict.affected.reduce(
    (sum, { status, components }) => (status === 'unknown' ? sum : sum + components.length),
    0,
  )
