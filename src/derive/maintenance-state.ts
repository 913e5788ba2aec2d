import type { Maintenance } from '../model/maintenance.ts'
import { maintenancePhases, type MaintenancePhase } from '../model/status.ts'
import type { Instant } from '../model/time.ts'

/** Where planned work stands at a moment, by what was posted and else by the clock. */
export interface MaintenanceState {
  phase: MaintenancePhase
  running: boolean
  /** It was said to have begun, its end has passed, and nobody said that it is over. */
  overrun: boolean
  /** When it ended, or is due to. */
  endsAt: Instant
}

/**
 * Work starts and ends by itself at the times it was planned for. A post overrides the clock: `completed` ends it early
 * or late, and work that was posted as begun runs on past its end until somebody says that it is over.
 */
export function maintenanceState(maintenance: Maintenance, now: Instant): MaintenanceState {
  const said = maintenance.updates.find(({ phase, at }) => phase in maintenancePhases && at <= now)
  const { startsAt, endsAt } = maintenance
  if (maintenance.cancelled || said?.phase === 'cancelled')
    return { phase: 'cancelled', running: false, overrun: false, endsAt }
  if (said?.phase === 'completed')
    return { phase: 'completed', running: false, overrun: false, endsAt: said.at }
  if (!said && maintenance.statedPhase === 'completed')
    return { phase: 'completed', running: false, overrun: false, endsAt }
  // An extension that is announced ahead of time begins nothing.
  const begun =
    said !== undefined && said.phase !== 'scheduled' && (said.phase !== 'extended' || now >= startsAt)
  if (now < startsAt && !begun) return { phase: 'scheduled', running: false, overrun: false, endsAt }
  if (now >= endsAt && !begun) return { phase: 'completed', running: false, overrun: false, endsAt }
  const phase = begun ? (said.phase as MaintenancePhase) : 'in_progress'
  return { phase, running: true, overrun: now >= endsAt, endsAt: Math.max(endsAt, now) }
}
