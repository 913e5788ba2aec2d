import { createHash } from 'node:crypto'
import { incidentVersion } from './incident-state.ts'
import { maintenanceState } from './maintenance-state.ts'
import type { SiteFacts } from './site-facts.ts'

/** Changes when what the page says changes, and not when it is only built again. */
export function stateVersion(facts: Omit<SiteFacts, 'version'>): string {
  const { world, now, rows, verdict, freshness, open } = facts
  const said = [
    verdict,
    freshness.stale,
    rows.map(({ id, status, declared, measured, dissent = [], unstable }) => [
      ...[id, status, declared, measured?.status],
      ...(unstable ? ['unstable'] : []),
      ...dissent.map((place) => [place.id, place.status]),
    ]),
    [...world.incidents.slice(0, 50), ...open].map((incident) => [incident.id, incidentVersion(incident)]),
    world.unread.map(({ id }) => id),
    world.maintenance.slice(0, 50).map((one) => [one.id, one.digest, maintenanceState(one, now).phase]),
  ]
  return createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 12)
}
