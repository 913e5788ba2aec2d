import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { componentSchema, type Component } from '../model/component.ts'
import type { Correction } from '../model/correction.ts'
import type { Transition } from '../model/history.ts'
import type { Incident } from '../model/incident.ts'
import type { Maintenance } from '../model/maintenance.ts'
import { downtimeWeight, siteSchema } from '../model/site.ts'
import { isTrouble, statuses, worstStatus, type Status } from '../model/status.ts'
import { MINUTE, parseInstant, type Instant } from '../model/time.ts'
import type { World } from '../model/world.ts'
import { explainUptime, type Explanation, type Stretch } from './explain.ts'
import type { Span } from './interval.ts'
import { agreedStatus, majority } from './quorum.ts'
import { signals, type Signal } from './timeline.ts'
import { uptimeOf } from './uptime.ts'

const start = parseInstant('2026-11-20T00:00:00Z') ?? NaN
const at = (minute: number): Instant => start + minute * MINUTE
const window: Span = { from: at(0), to: at(300) }

const minute = fc.integer({ min: -20, max: 320 })
const status = fc.constantFrom<Status>('operational', 'degraded', 'partial_outage', 'major_outage')
const stretch = fc.tuple(minute, fc.integer({ min: 1, max: 90 }))

const worlds = fc
  .record({
    writers: fc.array(
      fc.uniqueArray(fc.record({ minute, to: fc.oneof(status, fc.constant<Status>('unknown')) }), {
        maxLength: 8,
        selector: (change) => change.minute,
      }),
      { maxLength: 3 },
    ),
    incidents: fc.array(fc.record({ stretch, status, open: fc.boolean() }), { maxLength: 3 }),
    maintenance: fc.array(fc.record({ stretch, late: fc.boolean() }), { maxLength: 2 }),
    corrections: fc.array(
      fc.record({ stretch, status: fc.option(status), writer: fc.option(fc.integer({ min: 0, max: 2 })) }),
      { maxLength: 2 },
    ),
    since: fc.option(minute),
    excludes: fc.boolean(),
  })
  .map(worldOf)

describe('an explanation', () => {
  it('adds up to the figure, whatever happened', () => {
    fc.assert(
      fc.property(worlds, fc.constantFrom(...signals), ({ world, component }, by) => {
        const explanation = explainUptime(world, component, window, { by })
        const { stretches, uptime, sums } = explanation
        // From the stretches alone, by the formula of docs/uptime.md, in whole milliseconds.
        const counted = stretches.filter(({ weight }) => weight !== undefined)
        const length = counted.reduce((sum, { ms }) => sum + ms, 0)
        const lost = counted.reduce((sum, { ms, weight = 0 }) => sum + ms * Math.round(weight * 1e5), 0)
        expect(uptime.percent).toBe(length === 0 ? undefined : Math.min(percentOf(lost, length * 1e5), 100))
        expect(sums.reduce((sum, { ms }) => sum + ms, 0)).toBe(window.to - window.from)
        const alone = uptimeOf(stretches, window, (each) => downtimeWeight(world.site, each))
        expect(alone).toEqual(uptime)
        expectWhole(explanation)
      }),
      { numRuns: 400 },
    )
  })

  it('gives each stretch a status that follows from what was said of it', () => {
    fc.assert(
      fc.property(worlds, fc.constantFrom(...signals), ({ world, component }, by) => {
        for (const each of explainUptime(world, component, window, { by }).stretches)
          expect([each.status, each.evidence]).toEqual([followsFrom(each, by), each.evidence])
      }),
      { numRuns: 400 },
    )
  })

  it('of both signals is never better than the measured one where that knows, nor than a declared trouble', () => {
    fc.assert(
      fc.property(worlds, ({ world, component }) => {
        const of = (by: Signal) => explainUptime(world, component, window, { by }).stretches
        const [measured, declared, both] = [of('measured'), of('declared'), of('reconciled')]
        for (let m = 0; m < 300; m++) {
          const [seen, said, result] = [measured, declared, both].map(
            (all) => all.find(({ from, to }) => from <= at(m) && at(m) < to)?.status ?? 'unknown',
          ) as [Status, Status, Status]
          if (seen === 'under_maintenance' || said === 'under_maintenance' || result === 'under_maintenance')
            continue
          expect(result).toBe(isTrouble(said) ? worstStatus([seen, said]) : seen)
        }
      }),
    )
  })

  it('says which planned work takes its time out, and why other does not', () => {
    const { world, component } = worldOf({
      writers: [[{ minute: 0, to: 'operational' }]],
      incidents: [],
      maintenance: [
        { stretch: [100, 10], late: true },
        { stretch: [200, 10], late: false },
      ],
      corrections: [],
      since: null,
      excludes: true,
    })
    const { planned, sums } = explainUptime(world, component, window)
    expect(planned.map(({ excused, refusal }) => [excused, refusal])).toEqual([
      [false, 'announced too late'],
      [true, undefined],
    ])
    expect(sums.find((sum) => sum.status === 'under_maintenance')?.ms).toBe(10 * MINUTE)
  })
})

function percentOf(lost: number, whole: number): number {
  return lost === 0 ? 100 : Math.min((100 * (whole - lost)) / whole, 100 - 2 ** -46)
}

function expectWhole({ stretches }: Explanation): void {
  expect([stretches[0]?.from, stretches.at(-1)?.to]).toEqual([window.from, window.to])
  for (const [i, { from, to, ms }] of stretches.entries()) {
    expect([ms, ms > 0]).toEqual([to - from, true])
    expect(stretches[i + 1]?.from ?? window.to).toBe(to)
  }
}

/** A second account of the rules, from what was said alone. */
function followsFrom({ evidence, beforeSince, status: shown }: Stretch, by: Signal): Status {
  if (beforeSince) return 'unknown'
  if (evidence.some((each) => each.by === 'planned')) return 'under_maintenance'
  const declared = evidence.filter((each) => each.by === 'declared').map((each) => each.status)
  const seen = evidence.filter((each) => each.by !== 'declared' && each.status !== 'unknown')
  const counts = new Map(
    [...Map.groupBy(seen, (each) => each.status)].map(([each, all]) => [each, all.length] as const),
  )
  const measured = seen.length === 0 ? 'unknown' : agreedStatus(counts, majority)
  if (by === 'measured') return measured
  const said = declared.reduce<Status>((a, b) => (statuses[a].rank > statuses[b].rank ? a : b), 'operational')
  if (by === 'declared') return evidence.length === 0 && shown === 'unknown' ? shown : said
  return isTrouble(said) ? worstStatus([said, measured]) : measured
}

interface Story {
  writers: { minute: number; to: Status }[][]
  incidents: { stretch: [number, number]; status: Status; open: boolean }[]
  maintenance: { stretch: [number, number]; late: boolean }[]
  corrections: { stretch: [number, number]; status: Status | null; writer: number | null }[]
  since: number | null
  excludes: boolean
}

function lookedUntil(writer: string): World['history'][string]['rollups'][number] {
  const counts = { n: 1, ok: 1, deg: 0, down: 0, unk: 0, gaps: 0 }
  return { v: 1, d: '2026-11-20', ...counts, t0: '00:00:00', t1: '04:45:00', writer }
}

function worldOf(story: Story): { world: World; component: Component } {
  const component = {
    ...componentSchema.parse({ id: 'api', name: 'API' }),
    checks: [],
    readFully: true,
    ...(story.since !== null && { since: at(story.since) }),
  } as Component
  const transitions = story.writers.flatMap((changes, writer) =>
    changes
      .toSorted((a, b) => a.minute - b.minute)
      .map((change, i): Transition => ({
        component: 'api',
        writer: `w${String(writer)}`,
        seq: i + 1,
        from: 'unknown',
        to: change.to,
        after: at(change.minute),
        confirmed: at(change.minute),
        source: { file: `history/transitions/w${String(writer)}.2026/api.11.ndjson`, line: i + 1 },
      })),
  )
  const file = (folder: string, i: number) => ({
    id: `2026-11-0${String(i + 1)}-x`,
    file: `${folder}/2026-11-0${String(i + 1)}-x.md`,
    digest: '',
    readFully: true,
    title: 'x',
    labels: [],
  })
  const incidents = story.incidents.map(({ stretch: [from, long], status: affected, open }, i): Incident => ({
    ...file('incidents', i),
    phase: open ? 'investigating' : 'resolved',
    severity: 'major',
    startedAt: at(from),
    affected: { api: affected },
    updates: [],
    pinned: false,
    announcement: false,
    ...(!open && { resolvedAt: at(from + long) }),
  }))
  const maintenance = story.maintenance.map(({ stretch: [from, long], late }, i): Maintenance => ({
    ...file('maintenance', i),
    startsAt: at(from),
    endsAt: at(from + long),
    plannedEndsAt: at(from + long),
    affected: { api: 'under_maintenance' },
    emergency: false,
    cancelled: false,
    updates: [{ id: 'x', at: at(late ? from : from - 1), phase: 'scheduled', automated: false }],
  }))
  const corrections = story.corrections.map(
    ({ stretch: [from, long], status: counts, writer }, i): Correction => ({
      id: String(i),
      file: `corrections/${String(i)}.md`,
      digest: '',
      components: ['api'],
      from: at(from),
      until: at(from + long),
      countsAs: counts ?? 'unknown',
      reason: 'x',
      ...(writer !== null && { writer: `w${String(writer)}` }),
    }),
  )
  const uptime = { weights: { degraded: 0.12345 }, exclude_maintenance: story.excludes }
  const world: World = {
    site: siteSchema.parse({ name: 'Acme', url: 'https://status.acme.example', uptime }),
    groups: [],
    components: [component],
    incidents: incidents.sort((a, b) => b.startedAt - a.startedAt),
    maintenance,
    corrections,
    unread: [],
    // Each looked until 04:45, a quarter of an hour before the window ends.
    history: { api: { transitions, rollups: ['w0', 'w1', 'w2'].map(lookedUntil) } },
    metrics: {},
    live: [],
    problems: [],
    textOf: () => ({ intro: { html: '', plain: '' }, updates: [], sections: [] }),
  }
  return { world, component }
}
