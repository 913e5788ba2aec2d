import type { Component } from '../model/component.ts'
import { isTrouble, worstStatus, type Status } from '../model/status.ts'
import { parseInstant, type Instant } from '../model/time.ts'
import type { World } from '../model/world.ts'
import { agreedChanges } from './agreed-changes.ts'
import { currentImpact, isOpen } from './incident-state.ts'
import { maintenanceState } from './maintenance-state.ts'
import { agreedStatus, countOf, quorumOf } from './quorum.ts'
import { seenBy, STALE_INTERVALS, type Seen } from './vantages.ts'
import type { ComponentRow, Freshness } from './views.ts'

/**
 * What people say of each component now: the worst of open incidents, else running maintenance. That something is
 * unharmed is no statement about it.
 */
export function declaredStatuses(world: World, now: Instant): Map<string, Status> {
  const declared = new Map<string, Status>()
  const say = (id: string, status: Status) => {
    if (status !== 'operational') declared.set(id, worstStatus([status, declared.get(id) ?? 'operational']))
  }
  for (const maintenance of world.maintenance)
    if (maintenanceState(maintenance, now).running)
      for (const [id, status] of Object.entries(maintenance.affected)) say(id, status)
  for (const incident of world.incidents)
    if (isOpen(incident, now))
      for (const [id, status] of Object.entries(currentImpact(incident))) say(id, status)
  return declared
}

/** The components whose measured trouble is planned for. Work that runs over its end excuses nothing any more. */
export function plannedFor(world: World, now: Instant): ReadonlySet<string> {
  const planned = world.maintenance.filter((maintenance) => {
    const { running, overrun } = maintenanceState(maintenance, now)
    return running && !overrun
  })
  return new Set(
    planned.flatMap(({ affected }) => Object.keys(affected).filter((id) => affected[id] !== 'operational')),
  )
}

/** What the probes say of a component now; `unknown` when they are late. Absent for a component without checks. */
export function measuredNow(world: World, component: Component, now: Instant): ComponentRow['measured'] {
  const measured = component.checks.length === 0 ? undefined : seenNow(world, component, now)
  // What is left of its checks may find trouble; that all is well only all of them could say.
  if (component.readFully || (measured && isTrouble(measured.status))) return measured
  return { ...measured, status: 'unknown', why: 'a check of it could not be read' }
}

function seenNow(world: World, component: Component, now: Instant): NonNullable<ComponentRow['measured']> {
  const seen = seenBy(world.live, component.id, now)
  const quorum = quorumOf(component.checks)
  const agreement = (some: Seen[]) => agreedStatus(countOf(some.map(({ state }) => state.status)), quorum)
  const heard = seen.filter((one) => one.heard)
  const looks = seen.flatMap(({ checkedAt }) => checkedAt ?? [])
  const when = looks.length === 0 ? {} : { checkedAt: Math.max(...looks) }
  if (!seen.some(({ fresh }) => fresh)) {
    const last = agreement(seen)
    return { status: 'unknown', ...when, ...(last !== 'unknown' && { lastKnown: last }) }
  }
  const status = agreement(heard)
  const spokesman = heard.find(({ state }) => state.status === status)
  const since = agreedSince(world, component, now, { status, heard })
  return {
    status,
    ...when,
    ...(since !== undefined && { since }),
    ...(spokesman?.state.why !== undefined && { why: spokesman.state.why }),
    ...(spokesman?.state.ms !== undefined && { latencyMs: spokesman.state.ms }),
  }
}

/** Since when several agree is told by their history; of one, by its own word. */
function agreedSince(
  { history, live, site }: World,
  { id, checks }: Component,
  now: Instant,
  { status, heard }: { status: Status; heard: Seen[] },
): Instant | undefined {
  const own = heard.filter(({ state }) => state.status === status).map(({ state }) => state.since)
  if (heard.length > 1) {
    const looking = { now, intervalMs: site.history.interval, quorum: quorumOf(checks) }
    const last = agreedChanges(id, history[id], live, looking).at(-1)
    if (last?.to === status) return last.after
  }
  return parseInstant(own[0] ?? '')
}

/**
 * The one status that the page gives a component. Planned work covers what is measured while it is planned to last; else
 * the worse of the two signals, so that neither can hide the other. Both are shown beside it.
 */
export function componentStatus(
  declared: Status | undefined,
  measured: Status | undefined,
  planned: boolean,
): Status {
  if (declared === 'under_maintenance' && planned) return declared
  if (declared === undefined) return measured ?? 'operational'
  return measured === undefined || measured === 'unknown' ? declared : worstStatus([declared, measured])
}

/** When the probes last looked, and whether three of their intervals have passed since. */
export function freshness(world: World, now: Instant): Freshness {
  const measured = world.components.some(({ checks }) => checks.length > 0)
  const looked = world.live
    .map((live) => ({ live, at: parseInstant(live.checked_at) ?? -Infinity }))
    .filter(({ live, at }) => at <= now + live.interval_ms)
    .sort((a, b) => b.at - a.at)[0]
  const intervalMs = Math.max(world.site.history.interval, looked?.live.interval_ms ?? 0)
  const checkedAt = looked?.at
  const stale = measured && (checkedAt === undefined || now - checkedAt > STALE_INTERVALS * intervalMs)
  return { builtAt: now, intervalMs, stale, measured, ...(checkedAt !== undefined && { checkedAt }) }
}
