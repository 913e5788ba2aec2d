import type { Maintenance } from '../model/maintenance.ts'
import { parseInstant, type Instant } from '../model/time.ts'
import { flatten, type Span, type Timeline } from './interval.ts'

/** The timeline with the known time inside `windows` under maintenance. Unknown time stays unknown. */
export function withMaintenance(timeline: Timeline, windows: readonly Span[]): Timeline {
  const [first] = timeline
  const last = timeline.at(-1)
  if (!first || !last || windows.length === 0) return timeline
  const planned = windows.map(({ from, to }) => ({ from, to, status: 'under_maintenance' as const }))
  return flatten([...timeline, ...planned], { from: first.from, to: last.to }, (running) => {
    if (running.has('unknown')) return 'unknown'
    if (running.has('under_maintenance')) return 'under_maintenance'
    return running.keys().next().value ?? 'unknown'
  })
}

/**
 * The time that planned work may take out of a component's account: only work that was announced before it began, so
 * that no outage can be declared planned afterwards. It ends when it was completed, at the latest when it was planned
 * to end; an extension counts when it was announced before that. Cancelled work takes nothing out, and neither does
 * work that leaves the component operational.
 */
export function excusedWindows(component: string, maintenance: readonly Maintenance[]): Span[] {
  return plannedWindows(component, maintenance)
    .filter(({ excused }) => excused)
    .map(({ from, to }) => ({ from, to }))
}

/** All planned work on a component, and of each whether it takes its time out of the account, and why not. */
export function plannedWindows(component: string, maintenance: readonly Maintenance[]): PlannedWindow[] {
  return maintenance
    .filter(({ affected }) => (affected[component] ?? 'operational') !== 'operational')
    .map((one): PlannedWindow => {
      const announcement = announcementOf(one)
      const span = { from: one.startsAt, to: endOf(one) }
      const refusal = refusalOf(one, announcement?.at, span)
      return {
        ...span,
        id: one.id,
        file: one.file,
        excused: refusal === undefined,
        ...(announcement && { announced: announcement }),
        ...(refusal !== undefined && { refusal }),
      }
    })
}

export interface PlannedWindow extends Span {
  id: string
  file: string
  /** Its time is in neither part of the fraction. */
  excused: boolean
  announced?: Announcement
  /** Why its time counts as whatever was measured or declared. */
  refusal?: 'cancelled' | 'announced too late' | 'announced at no known time' | 'over before it began'
}

/** When planned work was announced, and what says so. */
export interface Announcement {
  at: Instant
  says: 'its oldest update' | "the day in its file's name"
}

/** The time of its oldest update, else midnight UTC of the day in its file's name; `undefined` when neither says. */
export function announcementOf({ id, updates }: Maintenance): Announcement | undefined {
  const oldest = updates.at(-1)
  if (oldest) return { at: oldest.at, says: 'its oldest update' }
  const [, year, month, day] = /^(\d{4})-?(\d{2})-?(\d{2})/.exec(id) ?? []
  const at = parseInstant(`${year}-${month}-${day}T00:00:00Z`)
  return at === undefined ? undefined : { at, says: "the day in its file's name" }
}

function refusalOf(
  { cancelled, updates, startsAt }: Maintenance,
  announcedAt: Instant | undefined,
  { from, to }: Span,
): PlannedWindow['refusal'] {
  if (cancelled || updates.some(({ phase }) => phase === 'cancelled')) return 'cancelled'
  if (announcedAt === undefined) return 'announced at no known time'
  if (announcedAt >= startsAt) return 'announced too late'
  return from < to ? undefined : 'over before it began'
}

function endOf({ updates, plannedEndsAt, endsAt }: Maintenance): Instant {
  const extendedInTime = updates.some(({ phase, at }) => phase === 'extended' && at <= plannedEndsAt)
  const planned = extendedInTime ? endsAt : Math.min(plannedEndsAt, endsAt)
  const completed = updates.find(({ phase }) => phase === 'completed')
  return completed ? Math.min(completed.at, planned) : planned
}
