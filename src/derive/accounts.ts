import type { Component } from '../model/component.ts'
import { downtimeWeight } from '../model/site.ts'
import type { Status } from '../model/status.ts'
import type { Instant } from '../model/time.ts'
import type { World } from '../model/world.ts'
import type { Region } from './regions.ts'
import { componentTimeline, headlineSignal, type Signal } from './timeline.ts'
import { uptimeOf, uptimeWindows, windowEnding, type Uptime, type UptimeWindow } from './uptime.ts'

export type WindowUptime = { window: UptimeWindow; uptime: Uptime }

/** A component's uptime over every window that is shown, from one timeline: its headline, or that of another signal or of one region. */
export function componentUptime(
  world: World,
  component: Component,
  now: Instant,
  { by = headlineSignal(world, component), region }: { by?: Signal; region?: Region } = {},
): WindowUptime[] {
  const known = remembered(world, now)
  const key = [component.id, by, ...(region ? [region.name] : [])].join(' ')
  const found = known.get(key)
  if (found) return found
  const longest = windowEnding(now, { days: 365 })
  const { timeline } = componentTimeline(world, component, longest, { by, writers: region?.writers })
  const weightOf = (status: Status) => downtimeWeight(world.site, status)
  const figures = uptimeWindows.map((window) => ({
    window,
    uptime: uptimeOf(timeline, windowEnding(now, window), weightOf),
  }))
  known.set(key, figures)
  return figures
}

/** Pages and feeds ask for the same figures. Only the last moment that was asked for is kept. */
function remembered(world: World, now: Instant): Map<string, WindowUptime[]> {
  const known = worked.get(world)
  if (known?.now === now) return known.figures
  const figures = new Map<string, WindowUptime[]>()
  worked.set(world, { now, figures })
  return figures
}

const worked = new WeakMap<World, { now: Instant; figures: Map<string, WindowUptime[]> }>()
