import type { Component, Group } from './component.ts'
import type { Correction } from './correction.ts'
import type { ComponentHistory, Live } from './history.ts'
import type { Incident, Text, UnreadFile } from './incident.ts'
import type { Maintenance } from './maintenance.ts'
import type { MetricHistory } from './metric.ts'
import type { Problem } from './problem.ts'
import type { Site } from './site.ts'

/** Everything a world's folder says. What the project shows or does is a function of this and of `now`. */
export interface World {
  site: Site
  groups: Group[]
  components: Component[]
  /** Newest start first. */
  incidents: Incident[]
  /** Newest start first. */
  maintenance: Maintenance[]
  /** Of what was measured, in the order of their files' names. */
  corrections: Correction[]
  unread: UnreadFile[]
  history: Record<string, ComponentHistory>
  /** The finished days of each metric, by `<component>.<metric>`. */
  metrics: Record<string, MetricHistory>
  /** One per writer that has looked. */
  live: Live[]
  problems: Problem[]
  /** The words of one of this world's incidents or maintenance windows. */
  textOf: (file: { file: string }) => Text
}
