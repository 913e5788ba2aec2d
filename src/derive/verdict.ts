import { severities, statuses, worstStatus, type Status } from '../model/status.ts'
import type { Instant } from '../model/time.ts'
import type { World } from '../model/world.ts'
import { currentImpact, isOpen } from './incident-state.ts'
import type { ComponentRow, Verdict } from './views.ts'

/** What the page as a whole says: the worst of its components, of open incidents that name none, and of unread files. */
export function verdictOf(world: World, rows: ComponentRow[], now: Instant): Verdict {
  const loose = world.incidents
    .filter((incident) => isOpen(incident, now) && Object.keys(currentImpact(incident)).length === 0)
    .sort((a, b) => severities[b.severity].rank - severities[a.severity].rank)
  const looseStatuses = loose.map(({ severity, phase }): Status =>
    phase === 'monitoring' ? 'under_review' : severities[severity].implies,
  )
  const unreadStatus: Status[] = world.unread.length > 0 ? ['under_review'] : []
  return {
    status: worstStatus([...rows.map(({ status }) => status), ...looseStatuses, ...unreadStatus]),
    affected: affectedByStatus(rows),
    operational: rows.filter(({ status }) => status === 'operational').length,
    total: rows.length,
    loose: loose.map(({ title }) => title),
    unread: world.unread.length,
  }
}

function affectedByStatus(rows: ComponentRow[]): Verdict['affected'] {
  const byStatus = new Map<Status, { id: string; name: string }[]>()
  for (const { id, name, status } of rows)
    if (status !== 'operational') byStatus.set(status, [...(byStatus.get(status) ?? []), { id, name }])
  return [...byStatus]
    .map(([status, components]) => ({ status, components }))
    .sort((a, b) => statuses[b.status].rank - statuses[a.status].rank)
}
