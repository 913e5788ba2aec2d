import type { Component } from '../model/component.ts'
import type { Live, LiveComponent } from '../model/history.ts'
import { isTrouble, statuses, worstStatus, type Status } from '../model/status.ts'
import { parseInstant, type Instant } from '../model/time.ts'
import type { World } from '../model/world.ts'
import { currentImpact, isOpen } from './incident-state.ts'
import { maintenanceState } from './maintenance-state.ts'
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
  const seen = world.live.flatMap((live) => {
    const state = live.components[component.id]
    return state ? [{ live, state }] : []
  })
  const fresh = seen.filter(({ live, state }) =>
    isFresh(state.interval_ms ?? live.interval_ms, state.checked_at, now),
  )
  const checkedAt = latest(seen.map(({ state }) => state.checked_at))
  const when = checkedAt === undefined ? {} : { checkedAt }
  const agreed = agreedState(fresh)
  if (!agreed) {
    const last = agreedState(seen)?.status
    return {
      status: 'unknown',
      ...when,
      ...(last !== undefined && last !== 'unknown' && { lastKnown: last }),
    }
  }
  const since = parseInstant(agreed.since)
  return {
    status: agreed.status,
    ...when,
    ...(since !== undefined && { since }),
    ...(agreed.why !== undefined && { why: agreed.why }),
    ...(agreed.ms !== undefined && { latencyMs: agreed.ms }),
  }
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

/** With several vantage points, what more than half of those that know see; of two, the milder. */
function agreedState(seen: Seen[]): Seen['state'] | undefined {
  const knowing = seen.filter(({ state }) => state.status !== 'unknown')
  const ranked = (knowing.length > 0 ? knowing : seen).toSorted(
    (a, b) => statuses[a.state.status].rank - statuses[b.state.status].rank,
  )
  return ranked[Math.floor((ranked.length - 1) / 2)]?.state
}

interface Seen {
  live: Live
  state: LiveComponent
}

/** Two passes may be missed before a measurement says nothing about now. */
const STALE_INTERVALS = 3

function isFresh(intervalMs: number, checkedAt: string | undefined, now: Instant): boolean {
  const at = checkedAt === undefined ? undefined : parseInstant(checkedAt)
  // A clock that runs ahead would keep its last word fresh until ours has caught up.
  return at !== undefined && at <= now + intervalMs && now - at <= STALE_INTERVALS * intervalMs
}

function latest(stamps: (string | undefined)[]): Instant | undefined {
  const moments = stamps.flatMap((stamp) => (stamp === undefined ? [] : (parseInstant(stamp) ?? [])))
  return moments.length > 0 ? Math.max(...moments) : undefined
}
