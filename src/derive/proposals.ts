import type { ComponentHistory, Transition } from '../model/history.ts'
import type { Proposal, ProposedUpdate } from '../model/proposal.ts'
import {
  isTrouble,
  severityNames,
  severities,
  statuses,
  type Severity,
  type Status,
} from '../model/status.ts'
import { DAY, iso, MINUTE, utcDay, type Instant } from '../model/time.ts'
import type { World } from '../model/world.ts'
import { declaredStatuses, plannedFor } from './component-status.ts'
import { counts, worstImpact } from './incident-state.ts'
import { byMajority } from './measured-timeline.ts'

/** One stretch of measured trouble of one component. */
export interface Outage {
  component: string
  /** First failed sample. */
  startedAt: Instant
  /** When enough passes had agreed that it is an outage. */
  detectedAt: Instant
  /** How it went, oldest first. */
  steps: { at: Instant; confirmedAt: Instant; status: Status; why?: string }[]
  /** First good sample after it; absent while it lasts. */
  endedAt?: Instant
}

/** How far back a resolved outage is still looked at: long enough for a prober that was away over a week-end. */
const LOOK_BACK = 7 * DAY

/**
 * What the measurements of a world call for: an incident for each outage that lasts longer than `open_after`, and its
 * end once the component has been well for `resolve_after`. Trouble that a person has already posted about, or planned,
 * calls for nothing new.
 */
export function proposals(world: World, now: Instant): Proposal[] {
  const { open_after, resolve_after } = world.site.incidents
  const declared = declaredStatuses(world, now)
  const planned = plannedFor(world, now)
  return world.components.flatMap((component) => {
    const history = world.history[component.id]
    if (!history) return []
    return outages(component.id, history, resolve_after)
      .filter(
        ({ startedAt, endedAt }) =>
          (endedAt ?? now) - startedAt >= open_after && (endedAt ?? now) >= now - LOOK_BACK,
      )
      .filter(({ endedAt }) => endedAt === undefined || now - endedAt >= resolve_after)
      .map((outage) => proposal(world, component.name, outage))
      .filter(
        ({ incident, state }) =>
          state === 'resolved' ||
          !isCovered(world, {
            component: component.id,
            id: incident.id,
            declared: declared.get(component.id),
            planned: planned.has(component.id),
          }),
      )
  })
}

/** The stretches of trouble in a component's history, oldest first. Trouble that is back within `joinWithin` ms is the same outage. */
export function outages(component: string, history: ComponentHistory, joinWithin: number): Outage[] {
  const found: Outage[] = []
  for (const transition of agreedChanges(history.transitions)) {
    const last = found.at(-1)
    const running = last && last.endedAt === undefined ? last : undefined
    if (isTrouble(transition.to)) {
      const rejoins = last?.endedAt !== undefined && transition.after - last.endedAt < joinWithin
      if (rejoins) delete last.endedAt
      const outage = running ?? (rejoins ? last : undefined)
      if (outage) outage.steps.push(stepOf(transition))
      else found.push(begin(component, transition))
    } else if (running && transition.to !== 'unknown') running.endedAt = transition.after
  }
  return found
}

/**
 * The changes that the writers agree on, oldest first: of one writer its own; of several, those that change what more than
 * half of the writers that know see.
 */
function agreedChanges(transitions: Transition[]): Transition[] {
  const ordered = transitions.toSorted(
    (a, b) => a.after - b.after || a.seq - b.seq || (a.writer < b.writer ? -1 : 1),
  )
  const seen = new Map<string, Status>()
  let agreed: Status = 'unknown'
  return ordered.flatMap((transition) => {
    seen.set(transition.writer, transition.to)
    const from = agreed
    agreed = byMajority(countOf([...seen.values()].filter((status) => status !== 'unknown')))
    if (seen.size > 1 && agreed === from) return []
    return [{ ...transition, from, to: agreed }]
  })
}

function countOf(some: Status[]): Map<Status, number> {
  const counts = new Map<Status, number>()
  for (const status of some) counts.set(status, (counts.get(status) ?? 0) + 1)
  return counts
}

function begin(component: string, transition: Transition): Outage {
  const { after, confirmed } = transition
  return { component, startedAt: after, detectedAt: confirmed, steps: [stepOf(transition)] }
}

function stepOf({ after, confirmed, to, why }: Transition): Outage['steps'][number] {
  return { at: after, confirmedAt: confirmed, status: to, ...(why !== undefined && { why }) }
}

function proposal(world: World, name: string, outage: Outage): Proposal {
  const { component, startedAt, detectedAt, steps, endedAt } = outage
  const stamp = iso(startedAt)
  const time = `${stamp.slice(11, 13)}${stamp.slice(14, 16)}`
  const id = `${utcDay(startedAt)}-${component}-${time}`
  const worst = steps.reduce<Status>(
    (a, { status }) => (statuses[status].rank > statuses[a].rank ? status : a),
    'degraded',
  )
  const { publish, auto_merge_after } = world.site.incidents
  const lasted = (endedAt ?? startedAt) - startedAt
  return {
    incident: {
      id,
      title: `${name}: ${titleOf[worst] ?? 'trouble'}`,
      severity: severityOf(worst),
      affected: { [component]: steps[0]?.status ?? worst },
      startedAt,
      detectedAt,
      updates: [
        ...steps.map((step, index) => stepUpdate(component, step, index, outage)),
        ...endUpdate(outage),
      ],
    },
    component,
    branch: `incident/${component}/${utcDay(startedAt).replaceAll('-', '')}T${time}`,
    path: `incidents/${id}.md`,
    labels: ['incident', 'auto', `component:${component}`],
    summary: summaryOf(name, outage),
    state: endedAt === undefined ? 'ongoing' : 'resolved',
    publish,
    onResolve: lasted >= auto_merge_after && !isTold(world, outage, id) ? 'merge' : 'close',
  }
}

const titleOf: Partial<Record<Status, string>> = {
  degraded: 'slow or failing in part',
  partial_outage: 'some checks fail',
  major_outage: 'all checks fail',
}

/** The severity whose implied status is the one measured. */
function severityOf(status: Status): Severity {
  return severityNames.find((name) => severities[name].implies === status) ?? 'minor'
}

function stepUpdate(
  component: string,
  step: Outage['steps'][number],
  index: number,
  { startedAt }: Outage,
): ProposedUpdate {
  const first = index === 0
  const text = first
    ? `Automatic checks have failed since ${clock(startedAt)}${reason(step.why)}.`
    : `Automatic checks now find: ${statuses[step.status].word.toLowerCase()}${reason(step.why)}.`
  return {
    at: step.confirmedAt,
    phase: first ? 'investigating' : 'update',
    affected: { [component]: step.status },
    text,
  }
}

function endUpdate({ component, startedAt, endedAt }: Outage): ProposedUpdate[] {
  if (endedAt === undefined) return []
  const text = `Automatic checks pass again since ${clock(endedAt)}, after ${minutes(endedAt - startedAt)}.`
  return [{ at: endedAt, phase: 'resolved', affected: { [component]: 'operational' }, text }]
}

function summaryOf(name: string, { startedAt, detectedAt, steps, endedAt }: Outage): string {
  const rows = steps.map(
    ({ at, status, why }) =>
      `| ${iso(at)} | ${statuses[status].word} | ${why === undefined ? '' : asCode(why)} |`,
  )
  const end = endedAt === undefined ? [] : [`| ${iso(endedAt)} | Operational | |`]
  return [
    `**${name}** as measured: first failed check ${iso(startedAt)}, confirmed ${iso(detectedAt)}.`,
    '',
    '| since | measured | because |',
    '|---|---|---|',
    ...rows,
    ...end,
  ].join('\n')
}

/** What an answer said is foreign text: as code it cannot become markup. */
function reason(why: string | undefined): string {
  return why === undefined ? '' : `: ${asCode(why)}`
}

function asCode(text: string): string {
  return `\`${text.replaceAll(/[`|\s]+/g, ' ').trim()}\``
}

function clock(at: Instant): string {
  return `${iso(at).slice(11, 16)} UTC`
}

function minutes(ms: number): string {
  const count = Math.max(1, Math.round(ms / MINUTE))
  return count === 1 ? 'a minute' : `${String(count)} minutes`
}

/** A person has told of it in an incident of their own: one outage is told once. */
function isTold(
  { incidents }: World,
  { component, startedAt, endedAt = Infinity }: Outage,
  id: string,
): boolean {
  return incidents.some(
    (incident) =>
      incident.id !== id &&
      counts(incident) &&
      worstImpact(incident).some(([harmed]) => harmed === component) &&
      incident.startedAt < endedAt &&
      (incident.resolvedAt ?? Infinity) > startedAt,
  )
}

function isCovered(
  world: World,
  {
    component,
    id,
    declared,
    planned,
  }: { component: string; id: string; declared: Status | undefined; planned: boolean },
): boolean {
  if (declared === undefined) return false
  if (declared === 'under_maintenance') return planned
  return !world.incidents.some((incident) => incident.id === id && component in incident.affected)
}
