import type { HomeView, IncidentView, MaintenanceView } from '../derive/views.ts'
import type { Instant } from '../model/time.ts'

/** Who says so: for each component that an open incident or running maintenance names, the page that does and since when. */
export function declarations(view: Pick<HomeView, 'open' | 'running'>): Map<string, Declaration> {
  const found = new Map<string, Declaration>()
  for (const { path, notice } of [
    ...view.open.map((notice) => ({ path: `incidents/${notice.id}/`, notice })),
    ...view.running.map((notice) => ({ path: `maintenance/${notice.id}/`, notice })),
  ]) {
    for (const { id } of notice.impacts) {
      // Open incidents come worst first, so the first one that names a component is the one that sets its status.
      if (!found.has(id)) found.set(id, { path, title: notice.title, at: saidAt(notice, id) })
    }
  }
  return found
}

export interface Declaration {
  /** From the site's root. */
  path: string
  title: string
  at: Instant
}

/** The newest update that speaks of the component, or the start when none does. */
function saidAt(notice: IncidentView | MaintenanceView, component: string): Instant {
  const said = notice.updates.find(({ affected }) => affected?.some(({ id }) => id === component))
  return said?.at ?? ('startedAt' in notice ? notice.startedAt : notice.startsAt)
}
