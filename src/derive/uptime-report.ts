import type { Component } from '../model/component.ts'
import type { World } from '../model/world.ts'
import { explainUptime, type Explanation } from './explain.ts'
import type { Period } from './period.ts'
import { signals, type Account, type Signal } from './timeline.ts'
import { meanUptime, type MeanOf } from './uptime.ts'

/** What a figure can be asked for: one component, a group, or all that the page shows. */
export interface Target {
  kind: 'component' | 'group' | 'page'
  id: string
  name: string
  components: Component[]
}

/** A component, a group, or `page`, by its id; a component comes before a group of the same id. */
export function targetOf(world: World, id: string): Target | undefined {
  const component = world.components.find((one) => one.id === id)
  if (component) return { kind: 'component', id, name: component.name, components: [component] }
  const group = world.groups.find((one) => one.id === id)
  const members = world.components.filter((one) => one.group === id)
  if (group) return { kind: 'group', id, name: group.name, components: members }
  if (id === 'page') return { kind: 'page', id, name: world.site.name, components: world.components }
  return undefined
}

/** The uptime of a target in a period, by its own signal or the one asked for, and beside it by each. */
export function uptimeReport(
  world: World,
  target: Target,
  period: Period,
  account: Account = {},
): UptimeReport {
  const explained = (asked: Account) =>
    target.components.map((component) => explainUptime(world, component, period.window, asked))
  const parts = explained(account)
  const bySignal = signals.map((by) => [by, figureOf(explained({ ...account, by }))] as const)
  return {
    target,
    period,
    parts,
    figure: figureOf(parts),
    bySignal: Object.fromEntries(bySignal) as BySignal,
  }
}

export interface UptimeReport {
  target: Target
  period: Period
  /** One for each component. */
  parts: Explanation[]
  /** Of a component its own; else the mean of those that have data. */
  figure: MeanOf
  bySignal: BySignal
}

type BySignal = Record<Signal, MeanOf>

function figureOf(parts: Explanation[]): MeanOf {
  const [first] = parts
  return parts.length === 1 && first ? first.uptime : meanUptime(parts.map(({ uptime }) => uptime))
}
