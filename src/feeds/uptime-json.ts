import { z } from 'zod'
import { componentUptime } from '../derive/accounts.ts'
import { regionsOf } from '../derive/regions.ts'
import type { SiteFacts } from '../derive/site-facts.ts'
import { headlineSignal, signals, type Signal } from '../derive/timeline.ts'
import { formatPercent, meanUptime, uptimeWindows, type MeanOf } from '../derive/uptime.ts'
import type { Component } from '../model/component.ts'

const figure = z.strictObject({
  percent: z.number().optional().describe('floored; absent when nothing is known'),
  coverage: z.number().describe('known share of the window, 0 to 1'),
  sufficient: z.boolean().describe('at least 90 % of the window is known'),
})
const windows = z.record(z.string(), figure).describe('by window: 24_hours to 365_days')
const bySignal = z.strictObject({ measured: windows, declared: windows, reconciled: windows })

/** `/api/v1/uptime.json`, every figure by every signal. A changed field is a changed promise. */
const document = z
  .strictObject({
    page: bySignal.extend({ uptime: windows }),
    groups: z.array(bySignal.extend({ id: z.string(), name: z.string(), uptime: windows })),
    components: z.array(
      bySignal.extend({
        id: z.string(),
        name: z.string(),
        group: z.string().optional(),
        counted_by: z.enum(['measured', 'declared']).describe('the signal of its headline figure'),
        regions: z
          .record(z.string(), windows)
          .optional()
          .describe('by what the vantage points of each region measured'),
      }),
    ),
  })
  .describe('The uptime of a status page, its groups and components. See docs/uptime.md.')

/** The JSON Schema of `uptime.json`, as it is published beside it. */
export function uptimeJsonSchema(): unknown {
  return { ...z.toJSONSchema(document), title: 'uptime.json' }
}

/** Every figure of a site at a moment, for machines. `uptime` of groups and the page is made from the headline figures. */
export function uptimeJson({ world, now }: SiteFacts): z.output<typeof document> {
  const regions = regionsOf(world.site)
  const of = (components: Component[], by?: Signal) =>
    byWindow((index) =>
      meanUptime(
        components.flatMap(
          (one) => componentUptime(world, one, now, { ...(by && { by }) })[index]?.uptime ?? [],
        ),
      ),
    )
  const accounts = (components: Component[]) => ({
    measured: of(components, 'measured'),
    declared: of(components, 'declared'),
    reconciled: of(components, 'reconciled'),
  })
  return {
    page: { uptime: of(world.components), ...accounts(world.components) },
    groups: world.groups.map(({ id, name }) => {
      const members = world.components.filter(({ group }) => group === id)
      return { id, name, uptime: of(members), ...accounts(members) }
    }),
    components: world.components.map((component) => ({
      id: component.id,
      name: component.name,
      ...(component.group !== undefined && { group: component.group }),
      counted_by: headlineSignal(world, component),
      ...ownAccounts(component),
      ...(regions.length > 0 &&
        headlineSignal(world, component) === 'measured' && {
          regions: Object.fromEntries(
            regions.map((region) => [region.name, own(component, { by: 'measured', region })]),
          ),
        }),
    })),
  }

  function own(component: Component, account: Parameters<typeof componentUptime>[3]) {
    const figures = componentUptime(world, component, now, account)
    return byWindow((index) => figures[index]?.uptime ?? meanUptime([]))
  }

  function ownAccounts(component: Component) {
    const [measured, declared, reconciled] = signals.map((by) => own(component, { by }))
    return { measured: measured ?? {}, declared: declared ?? {}, reconciled: reconciled ?? {} }
  }
}

function byWindow(figureOf: (index: number) => MeanOf): Record<string, z.output<typeof figure>> {
  return Object.fromEntries(uptimeWindows.map(({ id }, index) => [id, figureJson(figureOf(index))]))
}

function figureJson({ percent, coverage, insufficient }: MeanOf): z.output<typeof figure> {
  return {
    ...(percent !== undefined && { percent: Number(formatPercent(percent)) }),
    coverage: Math.floor(coverage * 1e4 + 1e-9) / 1e4,
    sufficient: !insufficient,
  }
}
