import type { Component } from '../model/component.ts'
import type { Live } from '../model/history.ts'
import {
  incidentBranchAt,
  incidentIdAt,
  isSameOutage,
  type Proposal,
  type ProposedUpdate,
} from '../model/proposal.ts'
import {
  isTrouble,
  severityNames,
  severities,
  statuses,
  type Severity,
  type Status,
} from '../model/status.ts'
import { DAY, HOUR, iso, MINUTE, parseInstant, SECOND, type Instant } from '../model/time.ts'
import type { World } from '../model/world.ts'
import { agreedChanges } from './agreed-changes.ts'
import { declaredStatuses, plannedFor } from './component-status.ts'
import { counts, worstImpact } from './incident-state.ts'
import type { Span } from './interval.ts'
import { outages, shakingOf, type Outage, type Step } from './outages.ts'
import { quorumOf } from './quorum.ts'
import { seenBy } from './vantages.ts'

/** How far back a resolved outage is still looked at: long enough for a prober that was away over a week-end. */
const LOOK_BACK = 7 * DAY

/**
 * What the measurements of a world call for: an incident for each outage that lasts longer than `open_after`, and its
 * end once the component has been well for `resolve_after`. Trouble that a person has already posted about, or planned,
 * calls for nothing new. A component that changes too often gets one incident, which says that it is unstable and ends
 * when nothing has changed for as long as `flapping.quiet`.
 */
export function proposals(world: World, now: Instant): Proposal[] {
  const declared = declaredStatuses(world, now)
  const planned = plannedFor(world, now)
  return world.components.flatMap((component) => {
    const { id, name } = component
    const found = measuredOutages(world, component, now)
    return found.flatMap((outage, index) => {
      const newest = index === found.length - 1
      if (!isDue(world, outage, now, newest)) return []
      const joins = newest && {
        after: found[index - 1]?.endedAt ?? -Infinity,
        before: outage.endedAt ?? Infinity,
      }
      const one = proposal(world, name, outage, now, joins || undefined)
      const { state } = one
      const covered =
        state === 'ongoing' && isCovered(world, one, { declared: declared.get(id), planned: planned.has(id) })
      return covered ? [] : [one]
    })
  })
}

/** The stretches of trouble of a component that its vantage points agree on. A time of instability that goes on has no end yet. */
export function measuredOutages(world: World, component: Component, now: Instant): Outage[] {
  const { history, live, site } = world
  const { resolve_after: joinWithin, flapping } = site.incidents
  const looking = { now, intervalMs: site.history.interval, quorum: quorumOf(component.checks) }
  const changes = agreedChanges(component.id, history[component.id], live, looking)
  return outages(component.id, changes, { joinWithin, flapping }).map((outage) => {
    const shaking = shakingOf(outage)
    if (!shaking || now - shaking.lastChange >= flapping.quiet) return outage
    const { component: of, startedAt, detectedAt, steps, unstable } = outage
    return { component: of, startedAt, detectedAt, steps, unstable }
  })
}

/**
 * Whether an outage has lasted long enough to be told, and, if it has ended, whether that can be told yet: always once
 * there is a newer one, so that two are never open.
 */
function isDue({ site, live }: World, outage: Outage, now: Instant, newest: boolean): boolean {
  const { open_after, resolve_after } = site.incidents
  const { component, startedAt, endedAt, endKnownAt = now, unstable } = outage
  const told = unstable.length > 0 || endKnownAt - startedAt > open_after
  if (!told && (endedAt ?? now) - startedAt < open_after) return false
  if (endedAt === undefined) return true
  if (endedAt < now - LOOK_BACK) return false
  if (!newest) return true
  return (
    now - endedAt >= resolve_after &&
    !isBack(live, component, { from: endedAt, to: endedAt + resolve_after }, now)
  )
}

/** Trouble that is seen again but not yet confirmed, and would make the outage go on. */
function isBack(live: readonly Live[], component: string, { from, to }: Span, now: Instant): boolean {
  return seenBy(live, component, now).some(({ state: { pending }, heard }) => {
    const first = parseInstant(pending?.seen[0]?.t ?? '')
    return heard && pending && isTrouble(pending.status) && first !== undefined && first > from && first <= to
  })
}

function proposal(
  world: World,
  name: string,
  outage: Outage,
  now: Instant,
  joins: Proposal['joins'] | undefined,
): Proposal {
  const { component, startedAt, detectedAt, steps, endedAt, unstable } = outage
  const id = incidentIdAt(component, startedAt)
  const worst = steps.reduce<Status>(
    (a, { status }) => (statuses[status].rank > statuses[a].rank ? status : a),
    'degraded',
  )
  const { publish, auto_merge_after } = world.site.incidents
  const lasted = (endedAt ?? startedAt) - startedAt
  const named: Proposal = {
    incident: {
      id,
      title: unstable.length > 0 ? `${name} is unstable` : `${name}: ${titleOf[worst] ?? 'trouble'}`,
      severity: severityOf(worst),
      affected: { [component]: steps[0]?.status ?? worst },
      startedAt,
      detectedAt,
      updates: updatesOf(world, outage, now),
    },
    component,
    branch: incidentBranchAt(component, startedAt),
    path: `incidents/${id}.md`,
    labels: ['incident', 'auto', `component:${component}`],
    summary: summaryOf(world, name, outage, now),
    state: endedAt === undefined ? 'ongoing' : 'resolved',
    publish,
    onResolve: 'close',
    ...(joins && { joins }),
  }
  return lasted >= auto_merge_after && !isTold(world, outage, named)
    ? { ...named, onResolve: 'merge' }
    : named
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

/** How the outage went, each change once; of an unstable time, that it began and how it was left. */
function updatesOf(world: World, outage: Outage, now: Instant): ProposedUpdate[] {
  const { component, startedAt, steps, endedAt, unstable } = outage
  const { quiet, within } = world.site.incidents.flapping
  const told = steps.filter(({ shaken }) => !shaken).map((step) => stepUpdate(component, step, outage))
  const shaky = unstable.flatMap(({ since, lastChange, over }): ProposedUpdate[] => {
    const changes = world.site.incidents.flapping.changes + 1
    const begun: ProposedUpdate = {
      at: since,
      phase: 'update',
      affected: { [component]: 'degraded' },
      text: `Automatic checks find it unstable: ${String(changes)} changes within ${spell(within)}. What it does from one minute to the next is on the page as measured; this is over when nothing has changed for ${spell(quiet)}.`,
    }
    const settledAt = lastChange + quiet
    const last = steps.findLast(({ at }) => at <= lastChange)
    const goesOn = (over || now >= settledAt) && last && (endedAt ?? Infinity) > settledAt
    if (!goesOn) return [begun]
    const text = `Nothing has changed for ${spell(quiet)}: automatic checks find: ${statuses[last.status].word.toLowerCase()}${reason(last.why)}.`
    return [begun, { at: settledAt, phase: 'update', affected: { [component]: last.status }, text }]
  })
  const [first, ...rest] = [...told, ...shaky].sort((a, b) => a.at - b.at)
  const going = first ? [{ ...first, phase: 'investigating' as const }, ...rest] : []
  if (endedAt === undefined) return going
  const calm = shakingOf(outage) ? `, and nothing has changed for ${spell(quiet)}` : ''
  const text = `Automatic checks pass again since ${clock(endedAt)}, after ${minutes(endedAt - startedAt)}${calm}.`
  // What was confirmed late is told late, and the end comes after all else.
  const at = Math.max(endedAt, going.at(-1)?.at ?? endedAt)
  return [...going, { at, phase: 'resolved', affected: { [component]: 'operational' }, text }]
}

function stepUpdate(component: string, step: Step, { startedAt, steps }: Outage): ProposedUpdate {
  const text =
    step === steps[0]
      ? `Automatic checks have failed since ${clock(startedAt)}${reason(step.why)}.`
      : `Automatic checks now find: ${statuses[step.status].word.toLowerCase()}${reason(step.why)}.`
  return { at: step.confirmedAt, phase: 'update', affected: { [component]: step.status }, text }
}

/** As many rows as help somebody who decides; an unstable component has had more. */
const LONGEST_TABLE = 12

function summaryOf(world: World, name: string, outage: Outage, now: Instant): string {
  const { startedAt, detectedAt, steps, endedAt } = outage
  const { within, quiet } = world.site.incidents.flapping
  const shaking = shakingOf(outage)
  const unstable =
    shaking && now - shaking.lastChange < quiet
      ? `**${name}** is unstable: ${String(shaking.changes)} changes within ${spell(within)}, the last at ${clock(shaking.lastChange)}. `
      : ''
  const rows = steps
    .slice(-LONGEST_TABLE)
    .map(
      ({ at, status, why }) =>
        `| ${iso(at)} | ${statuses[status].word} | ${why === undefined ? '' : asCode(why)} |`,
    )
  const left = steps.length - rows.length
  const end = endedAt === undefined ? [] : [`| ${iso(endedAt)} | Operational | |`]
  return [
    `${unstable}**${name}** as measured: first failed check ${iso(startedAt)}, confirmed ${iso(detectedAt)}.`,
    '',
    '| since | measured | because |',
    '|---|---|---|',
    ...(left > 0 ? [`| ${iso(startedAt)} | ${String(left)} earlier changes | |`] : []),
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

/** `an hour`, `30 minutes`, `40 seconds`. */
function spell(ms: number): string {
  if (ms === HOUR) return 'an hour'
  return ms < MINUTE ? `${String(Math.round(ms / SECOND))} seconds` : minutes(ms)
}

/** A person has told of it in an incident of their own: one outage is told once. */
function isTold(
  { incidents }: World,
  { component, startedAt, endedAt = Infinity }: Outage,
  proposed: Proposal,
): boolean {
  return incidents.some(
    (incident) =>
      !isSameOutage(proposed, incident.id) &&
      counts(incident) &&
      worstImpact(incident).some(([harmed]) => harmed === component) &&
      incident.startedAt < endedAt &&
      (incident.resolvedAt ?? Infinity) > startedAt,
  )
}

function isCovered(
  world: World,
  proposed: Proposal,
  { declared, planned }: { declared: Status | undefined; planned: boolean },
): boolean {
  if (declared === undefined) return false
  if (declared === 'under_maintenance') return planned
  return !world.incidents.some(
    (incident) => isSameOutage(proposed, incident.id) && proposed.component in incident.affected,
  )
}
