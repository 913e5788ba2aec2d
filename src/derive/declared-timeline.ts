import type { Incident } from '../model/incident.ts'
import { worstStatus } from '../model/status.ts'
import type { Instant } from '../model/time.ts'
import { counts, impactSteps } from './incident-state.ts'
import type { Evidence } from './evidence.ts'
import { clip, flatten, type Timeline } from './interval.ts'

/**
 * A component's status from `since` on as people declared it: the worst of the incidents that were running, and
 * operational when there was none.
 */
export function declaredTimeline(
  component: string,
  incidents: readonly Incident[],
  { since, to }: { since: Instant; to: Instant },
): Timeline {
  return clip(wholeTimeline(component, incidents), { from: since, to })
}

/** From all eternity to all eternity, worked out once for a world: each component has many figures and months. */
function wholeTimeline(component: string, incidents: readonly Incident[]): Timeline {
  const timelines = whole.get(incidents) ?? new Map<string, Timeline>()
  whole.set(incidents, timelines)
  const known = timelines.get(component)
  if (known) return known
  const ever = { from: -Infinity, to: Infinity }
  const timeline = flatten(declaredEvidence(component, incidents), ever, (running) =>
    worstStatus(running.keys()),
  )
  timelines.set(component, timeline)
  return timeline
}

const whole = new WeakMap<readonly Incident[], Map<string, Timeline>>()

/** What each incident that counts said of a component, and when. */
export function declaredEvidence(component: string, incidents: readonly Incident[]): Evidence[] {
  return evidenceByComponent(incidents).get(component) ?? []
}

/**
 * What the incidents that count say of each component. Not those that were retracted or merged into another (that one
 * counts), nor announcements. Worked out once for a world: each component has many figures.
 */
function evidenceByComponent(incidents: readonly Incident[]): ReadonlyMap<string, Evidence[]> {
  const known = worked.get(incidents)
  if (known) return known
  const spans = new Map<string, Evidence[]>()
  for (const incident of incidents.filter(counts)) {
    const steps = impactSteps(incident)
    for (const component of new Set(steps.flatMap(({ impact }) => Object.keys(impact)))) {
      const own = declaredSpans(component, incident.file, steps, endOf(incident))
      const others = spans.get(component)
      if (others) others.push(...own)
      else spans.set(component, own)
    }
  }
  worked.set(incidents, spans)
  return spans
}

const worked = new WeakMap<readonly Incident[], ReadonlyMap<string, Evidence[]>>()

/**
 * What one incident says of a component over time: `affected` from its start, then what each update says of it; an
 * update that does not name it changes nothing. Ends when the incident is resolved.
 */
function declaredSpans(
  component: string,
  file: string,
  steps: ReturnType<typeof impactSteps>,
  end: Instant = Infinity,
): Evidence[] {
  const source = { file }
  return steps.flatMap(({ at, impact }, i): Evidence | Evidence[] => {
    const to = Math.min(steps[i + 1]?.at ?? end, end)
    return at < to ? { from: at, to, status: impact[component] ?? 'operational', by: 'declared', source } : []
  })
}

/** When it was over; an incident that says it is resolved but not when was over with its newest update. */
function endOf(incident: Incident): Instant | undefined {
  if (incident.resolvedAt !== undefined) return incident.resolvedAt
  if (incident.phase !== 'resolved') return undefined
  return incident.updates[0]?.at ?? incident.startedAt
}
