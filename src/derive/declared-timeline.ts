import type { Incident } from '../model/incident.ts'
import { worstStatus } from '../model/status.ts'
import type { Instant } from '../model/time.ts'
import { counts, impactSteps } from './incident-state.ts'
import { flatten, type Interval, type Timeline } from './interval.ts'

/**
 * A component's status from `since` on as people declared it: the worst of the incidents that were running, and
 * operational when there was none.
 */
export function declaredTimeline(
  component: string,
  incidents: readonly Incident[],
  { since, to }: { since: Instant; to: Instant },
): Timeline {
  const spans = (byComponent(incidents).get(component) ?? [])
    .filter((incident) => incident.startedAt < to && (endOf(incident) ?? to) > since)
    .flatMap((incident) => declaredSpans(component, incident, to))
  return flatten(spans, { from: since, to }, (running) => worstStatus(running.keys()))
}

/**
 * The incidents that count, by the components that they name. Not those that were retracted or merged into another
 * (that one counts), nor announcements. Worked out once for a world: each component has many figures.
 */
function byComponent(incidents: readonly Incident[]): Map<string, Incident[]> {
  const known = indexes.get(incidents)
  if (known) return known
  const index = new Map<string, Incident[]>()
  for (const incident of incidents.filter(counts)) {
    const impacts = [incident.affected, ...incident.updates.map(({ affected }) => affected ?? {})]
    for (const component of new Set(impacts.flatMap((impact) => Object.keys(impact)))) {
      const own = index.get(component)
      if (own) own.push(incident)
      else index.set(component, [incident])
    }
  }
  indexes.set(incidents, index)
  return index
}

const indexes = new WeakMap<readonly Incident[], Map<string, Incident[]>>()

/**
 * What one incident says of a component over time: `affected` from its start, then what each update says of it; an
 * update that does not name it changes nothing. Ends when the incident is resolved.
 */
function declaredSpans(component: string, incident: Incident, now: Instant): Interval[] {
  const end = Math.min(endOf(incident) ?? now, now)
  const steps = impactSteps(incident)
  return steps.map(({ at, impact }, i) => ({
    from: at,
    to: Math.min(steps[i + 1]?.at ?? end, end),
    status: impact[component] ?? 'operational',
  }))
}

/** When it was over; an incident that says it is resolved but not when was over with its newest update. */
function endOf(incident: Incident): Instant | undefined {
  if (incident.resolvedAt !== undefined) return incident.resolvedAt
  if (incident.phase !== 'resolved') return undefined
  return incident.updates[0]?.at ?? incident.startedAt
}
