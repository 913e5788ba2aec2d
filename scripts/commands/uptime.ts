import { Option, type Command } from 'commander'
import { periodNames, readPeriod, type Period } from '../../src/derive/period.ts'
import { regionsOf } from '../../src/derive/regions.ts'
import { worldAt } from '../../src/derive/site-facts.ts'
import { signals, type Signal } from '../../src/derive/timeline.ts'
import { targetOf, uptimeReport, type Target } from '../../src/derive/uptime-report.ts'
import { firstCommits } from '../../src/forge/first-commits.ts'
import { nearest } from '../../src/model/nearest.ts'
import type { World } from '../../src/model/world.ts'
import { openWorld } from '../open-world.ts'
import { instantArgument, jsonOption, rootOption, type RootOption } from '../options.ts'
import { UsageError, visible } from '../say.ts'
import { reportJson } from '../uptime-json.ts'
import { explanationLines, reportLines } from '../uptime-text.ts'

/** `status uptime api 2026-11 --explain`: a figure, and every interval that it is made of. */
export function uptimeCommand(program: Command): void {
  program
    .command('uptime [what] [period]')
    .description(
      'say the uptime of a component, a group or the page, and with --explain the intervals behind it',
    )
    .addOption(rootOption())
    .option('--explain', 'print every interval, who said so and where, the sums and the formula')
    .addOption(new Option('--by <signal>', 'count by this signal').choices([...signals]))
    .option('--region <region>', 'count only what the vantage points of this region measured')
    .option('--now <time>', 'as of this time, such as 2026-11-21T03:11:00Z', instantArgument)
    .addOption(jsonOption())
    .action(async (what: string | undefined, period: string | undefined, options: UptimeOptions) => {
      const { root, explain = false, by, region, json } = options
      const now = options.now ?? Date.now()
      const world = worldAt(openWorld(root), now)
      const asked = askedFor(world, now, what, period)
      const account = {
        ...(by && { by }),
        ...(region !== undefined && { by: by ?? ('measured' as const), writers: writersIn(world, region) }),
      }
      const committed = explain ? await firstCommits(root, 'maintenance') : undefined
      const report = uptimeReport(world, asked.target, asked.period, account)
      if (json) {
        process.stdout.write(`${JSON.stringify(reportJson(report, explain, committed), null, 2)}\n`)
        return
      }
      const lines = [
        ...reportLines(report),
        ...(explain ? report.parts.flatMap((part) => ['', ...explanationLines(part, committed)]) : []),
      ]
      process.stdout.write(`${lines.map(visible).join('\n')}\n`)
    })
}

interface UptimeOptions extends RootOption {
  explain?: true
  by?: Signal
  region?: string
  now?: number
  json?: true
}

/** The page, where nothing is named; a period alone is one of the page. */
function askedFor(
  world: World,
  now: number,
  what: string | undefined,
  period: string | undefined,
): { target: Target; period: Period } {
  const named = what === undefined ? undefined : targetOf(world, what)
  const alone = named === undefined && what !== undefined && period === undefined && readPeriod(what, now)
  const target = named ?? (what === undefined || alone ? targetOf(world, 'page') : undefined)
  if (!target) throw new UsageError(unknownTarget(world, what ?? ''))
  return { target, period: periodOf((alone ? what : period) ?? '90d', now) }
}

function periodOf(name: string, now: number): Period {
  const period = readPeriod(name, now)
  if (!period)
    throw new UsageError(
      `"${name}" is no period. Periods are ${periodNames.slice(0, -3).join(', ')}, and UTC years, months and days such as ${periodNames.slice(-3).join(', ')}.`,
    )
  if ('ahead' in period) throw new UsageError(`${name} lies ahead: there is nothing to count yet.`)
  return period
}

function unknownTarget({ components, groups }: World, what: string): string {
  const known = [...components.map(({ id }) => id), ...groups.map(({ id }) => id), 'page']
  const meant = nearest(what, known)
  const hint =
    meant === undefined
      ? `There are ${known.slice(0, 20).join(', ')}${known.length > 20 ? ', …' : ''}.`
      : `Did you mean "${meant}"?`
  return `"${what}" is no component, group or period of this world. ${hint}`
}

function writersIn(world: World, name: string): ReadonlySet<string> {
  const regions = regionsOf(world.site)
  const region = regions.find((one) => one.name === name)
  if (region) return region.writers
  const known = regions.map((one) => one.name).join(', ')
  throw new UsageError(
    `"${name}" is no region. ${known === '' ? 'site.yaml names no vantage_points.' : `There are ${known}.`}`,
  )
}
