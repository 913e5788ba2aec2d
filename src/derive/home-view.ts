import { isTrouble, worstStatus } from '../model/status.ts'
import { DAY, iso, startOfUtcDay, utcDay } from '../model/time.ts'
import { incidentSummary, incidentView, maintenanceView } from './incident-view.ts'
import { maintenanceState } from './maintenance-state.ts'
import { unconfirmed, type SiteFacts } from './site-facts.ts'
import type { GroupView, HomeView } from './views.ts'

const PAST_DAYS = 14

/** The home page: what is wrong now, what each component does, what is planned, what happened lately. */
export function homeView(facts: SiteFacts): HomeView {
  const { world, now, names } = facts
  const maintenance = world.maintenance.map((one) => ({ one, state: maintenanceState(one, now) }))
  const show = ({ one }: (typeof maintenance)[number]) => maintenanceView(one, world.textOf(one), names, now)
  return {
    chrome: facts.chrome,
    version: facts.version,
    verdict: facts.verdict,
    freshness: facts.freshness,
    open: facts.open.map((incident) => incidentView(incident, world.textOf(incident), names)),
    measuredOnly: unconfirmed(facts).map(({ id, name, measured }) => ({
      component: { id, name },
      status: measured?.status ?? 'unknown',
      since: measured?.since ?? now,
      ...(measured?.why !== undefined && { why: measured.why }),
    })),
    running: maintenance.filter(({ state }) => state.running).map(show),
    unread: world.unread,
    groups: groupViews(facts),
    upcoming: maintenance
      .filter(({ state }) => state.phase === 'scheduled')
      .map(show)
      .reverse(),
    past: pastDays(facts),
  }
}

function groupViews({ world, rows }: SiteFacts): GroupView[] {
  const hidden = new Set(
    world.components.filter((component) => component.only_show_if_degraded).map(({ id }) => id),
  )
  const shown = rows.filter(({ id, status }) => !hidden.has(id) || isTrouble(status))
  const groupOf = new Map(world.components.map(({ id, group }) => [id, group]))
  const inGroup = (group: string | undefined) => shown.filter(({ id }) => groupOf.get(id) === group)
  const status = (components: typeof rows) => worstStatus(components.map((row) => row.status))
  const loose = inGroup(undefined)
  const groups = world.groups.map((group): GroupView => {
    const components = inGroup(group.id)
    return {
      id: group.id,
      name: group.name,
      status: status(components),
      components: group.only_show_if_degraded && !isTrouble(status(components)) ? [] : components,
      ...(group.description !== undefined && { description: group.description }),
    }
  })
  return [{ status: status(loose), components: loose }, ...groups].filter(
    ({ components }) => components.length > 0,
  )
}

function pastDays({ world, now, names }: SiteFacts): HomeView['past'] {
  const today = startOfUtcDay(now)
  const recent = world.incidents.filter(
    ({ startedAt }) => startedAt >= today - (PAST_DAYS - 1) * DAY && startedAt <= now,
  )
  return Array.from({ length: PAST_DAYS }, (_, ago) => {
    const day = utcDay(today - ago * DAY)
    return {
      day,
      incidents: recent
        .filter(({ startedAt }) => iso(startedAt).startsWith(day))
        .map((incident) => incidentSummary(incident, names)),
    }
  })
}
