import { downtimeWeight } from '../model/site.ts'
import type { Incident } from '../model/incident.ts'
import type { Maintenance } from '../model/maintenance.ts'
import { parseInstant, utcDay, utcMonth, type Instant } from '../model/time.ts'
import { incidentVersion } from './incident-state.ts'
import { incidentSummary, maintenanceView } from './incident-view.ts'
import type { SiteFacts } from './site-facts.ts'
import { maintenanceState } from './maintenance-state.ts'
import { componentTimeline } from './timeline.ts'
import { formatPercent, uptimeOf } from './uptime.ts'
import type { HistoryView, MonthView } from './views.ts'

/** What happened in one UTC month. */
export interface Month {
  /** `2026-11` */
  month: string
  previous?: string
  next?: string
  incidents: Incident[]
  maintenance: Maintenance[]
  uptime: MonthView['uptime']
  /** Everything that the month's page is made from, short enough to compare. */
  key: unknown
}

/** Every month from the first thing that happened to now, newest first, empty ones included: a gap would be a question. */
export function monthsOf(facts: SiteFacts): Month[] {
  const { world, now } = facts
  const incidents = Map.groupBy(world.incidents, ({ startedAt }) => utcMonth(startedAt))
  const maintenance = Map.groupBy(world.maintenance, ({ startsAt }) => utcMonth(startsAt))
  const months = monthNames([...incidents.keys(), ...maintenance.keys()], now)
  const uptime = monthlyUptime(facts, months)
  return months.map((month, index): Month => {
    const own = { incidents: incidents.get(month) ?? [], maintenance: maintenance.get(month) ?? [] }
    const row = uptime.get(month) ?? []
    const [next, previous] = [months[index - 1], months[index + 1]]
    return {
      month,
      ...own,
      uptime: row,
      ...(previous !== undefined && { previous }),
      ...(next !== undefined && { next }),
      key: [
        // By name, too: two files may say the same, and a file may get another name.
        own.incidents.map((incident) => [incident.id, incidentVersion(incident)]),
        own.maintenance.map((one) => [one.id, one.digest, maintenanceState(one, now)]),
        row,
        previous,
        next,
      ],
    }
  })
}

/** `/history/`: the months, by year. */
export function historyView({ chrome }: SiteFacts, months: readonly Month[]): HistoryView {
  const counts = months.map(({ month, incidents, maintenance }) => ({
    month,
    incidents: incidents.length,
    maintenance: maintenance.length,
  }))
  const years = Map.groupBy(counts, ({ month }) => month.slice(0, 4))
  return { chrome, years: [...years].map(([year, own]) => ({ year, months: own })) }
}

/** `/history/2026-11/`: the days on which something began, newest first. */
export function monthView({ chrome, names, world, now }: SiteFacts, month: Month): MonthView {
  const incidents = Map.groupBy(month.incidents, ({ startedAt }) => utcDay(startedAt))
  const maintenance = Map.groupBy(month.maintenance, ({ startsAt }) => utcDay(startsAt))
  const days = [...new Set([...incidents.keys(), ...maintenance.keys()])].sort().reverse()
  return {
    chrome,
    month: month.month,
    ...(month.previous !== undefined && { previous: month.previous }),
    ...(month.next !== undefined && { next: month.next }),
    days: days.map((day) => ({
      day,
      incidents: (incidents.get(day) ?? []).map((incident) => incidentSummary(incident, names)),
      maintenance: (maintenance.get(day) ?? []).map((one) =>
        maintenanceView(one, world.textOf(one), names, now),
      ),
    })),
    uptime: month.uptime,
  }
}

/** Every month from the earliest of some to this one, and those of them that lie ahead; newest first. */
function monthNames(some: string[], now: Instant): string[] {
  const present = utcMonth(now)
  const months = new Set(some)
  for (let month = some.toSorted()[0] ?? present; month <= present; month = monthAfter(month))
    months.add(month)
  return [...months].sort().reverse()
}

function monthAfter(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number)
  return number === 12
    ? `${String(year + 1).padStart(4, '0')}-01`
    : `${month.slice(0, 4)}-${String(number + 1).padStart(2, '0')}`
}

/** Each component's uptime in each month, from one timeline over all of them. */
function monthlyUptime({ world, now }: SiteFacts, months: string[]): Map<string, MonthView['uptime']> {
  const rows = new Map<string, MonthView['uptime']>(months.map((month) => [month, []]))
  const first = startOfMonth(months.at(-1) ?? utcMonth(now))
  for (const component of world.components) {
    const { timeline } = componentTimeline(world, component, { from: first, to: now })
    for (const month of months) {
      const window = { from: startOfMonth(month), to: Math.min(startOfMonth(monthAfter(month)), now) }
      if (window.from >= window.to) continue
      const uptime = uptimeOf(timeline, window, (status) => downtimeWeight(world.site, status))
      rows.get(month)?.push({
        component: { id: component.id, name: component.name },
        coverage: uptime.coverage,
        insufficient: uptime.insufficient,
        ...(uptime.percent !== undefined && { percent: formatPercent(uptime.percent) }),
      })
    }
  }
  return rows
}

function startOfMonth(month: string): Instant {
  return parseInstant(`${month}-01T00:00:00Z`) ?? 0
}
