import type { Component } from '../model/component.ts'
import type { Live, LiveComponent } from '../model/history.ts'
import { isTrouble, statuses, type Status } from '../model/status.ts'
import { parseInstant, type Instant } from '../model/time.ts'
import type { World } from '../model/world.ts'
import { longestPause } from './booking.ts'
import type { VantageView } from './views.ts'

/** What one writer knows of a component now. */
export interface Seen {
  writer: string
  state: LiveComponent
  /** When it last could tell; absent when it never could. */
  checkedAt?: Instant
  /** Two passes may be missed before a measurement says nothing about now. */
  fresh: boolean
  /** It has a voice among several: its pause, if it is one, would still count as measured. */
  heard: boolean
}

/** What each writer knows of a component now, in the order of their names. */
export function seenBy(live: readonly Live[], component: string, now: Instant): Seen[] {
  return live.flatMap((snapshot) => {
    const state = snapshot.components[component]
    if (!state) return []
    const checkedAt = parseInstant(state.checked_at ?? '')
    const interval = state.interval_ms ?? snapshot.interval_ms
    // A clock that runs ahead would keep its last word fresh until ours has caught up.
    const ago = checkedAt === undefined || checkedAt > now + interval ? Infinity : now - checkedAt
    return {
      writer: snapshot.writer,
      state,
      ...(checkedAt !== undefined && { checkedAt }),
      fresh: ago <= STALE_INTERVALS * interval,
      heard: ago <= longestPause(interval),
    }
  })
}

export const STALE_INTERVALS = 3

/**
 * The places that look at a component and what each sees by itself, in the order of `site.yaml`, those that it does not
 * list at the end by name. Empty where it is one place only. A writer that is neither listed nor heard of is no place any more.
 */
export function vantages(world: World, component: Component, now: Instant): VantageView[] {
  const seen = new Map(seenBy(world.live, component.id, now).map((one) => [one.writer, one]))
  const listed = world.site.vantage_points.filter(
    ({ id }) => seen.has(id) || component.checks.some(({ options }) => options.from?.includes(id) ?? true),
  )
  const known = new Set(world.site.vantage_points.map(({ id }) => id))
  const others = [...seen.values()].filter(({ writer, heard }) => heard && !known.has(writer))
  const places = [...listed, ...others.map(({ writer }) => ({ id: writer, name: writer, region: undefined }))]
  if (places.length < 2) return []
  return places.map(({ id, name, region }) => ({
    id,
    name,
    ...(region !== undefined && { region }),
    ...stateOf(seen.get(id)),
  }))
}

/** The places that see a component worse than it counts: shown, and not counted. */
export function dissent(agreed: Status, places: readonly VantageView[]): VantageView[] {
  if (agreed === 'unknown') return []
  return places.filter(({ status }) => isTrouble(status) && statuses[status].rank > statuses[agreed].rank)
}

function stateOf(seen: Seen | undefined): Omit<VantageView, 'id' | 'name' | 'region'> {
  if (!seen) return { status: 'unknown' }
  const { state, checkedAt, heard } = seen
  const when = checkedAt === undefined ? {} : { checkedAt }
  if (!heard) return { status: 'unknown', ...when }
  const since = parseInstant(state.since)
  return {
    status: state.status,
    ...when,
    ...(since !== undefined && { since }),
    ...(state.why !== undefined && { why: state.why }),
    ...(state.ms !== undefined && { latencyMs: state.ms }),
  }
}
