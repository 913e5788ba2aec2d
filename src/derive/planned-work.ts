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
  return maintenance
    .filter(({ affected }) => (affected[component] ?? 'operational') !== 'operational')
    .filter(({ cancelled, updates }) => !cancelled && !updates.some(({ phase }) => phase === 'cancelled'))
    .filter((window) => (announcedAt(window) ?? Infinity) < window.startsAt)
    .map((window) => ({ from: window.startsAt, to: endOf(window) }))
    .filter(({ from, to }) => from < to)
}

/** The time of its oldest update, else midnight UTC of the day in its file's name; `undefined` when neither says. */
export function announcedAt({ id, updates }: Maintenance): Instant | undefined {
  const oldest = updates.at(-1)
  if (oldest) return oldest.at
  const [, year, month, day] = /^(\d{4})-?(\d{2})-?(\d{2})/.exec(id) ?? []
  return parseInstant(`${year}-${month}-${day}T00:00:00Z`)
}

function endOf({ updates, plannedEndsAt, endsAt }: Maintenance): Instant {
  const extendedInTime = updates.some(({ phase, at }) => phase === 'extended' && at <= plannedEndsAt)
  const planned = extendedInTime ? endsAt : Math.min(plannedEndsAt, endsAt)
  const completed = updates.find(({ phase }) => phase === 'completed')
  return completed ? Math.min(completed.at, planned) : planned
}
