import { describe, expect, it } from 'vitest'
import type { Live, Transition } from '../model/history.ts'
import { siteSchema } from '../model/site.ts'
import type { Status } from '../model/status.ts'
import { iso, MINUTE, parseInstant, SECOND } from '../model/time.ts'
import type { World } from '../model/world.ts'
import { readWorld } from '../files/read-world.ts'
import { worldFolder } from '../testing/write-world.ts'
import { agreedChanges } from './agreed-changes.ts'
import { outages, type Outage } from './outages.ts'
import { proposals } from './proposals.ts'
import { majority } from './quorum.ts'

const began = at('2026-11-21T03:11:20Z')

/** A world as people write it, with the changes of `api` as its history. */
function world(
  changes: [after: string, to: Status, why?: string][],
  files: Record<string, string> = {},
): World {
  const root = worldFolder({
    'site.yaml': 'name: Acme\nurl: https://status.acme.example\n',
    'components.yaml':
      'components:\n  - id: api\n    name: API\n    check: { http: "https://api.acme.example/" }\n',
    ...files,
  })
  return { ...readWorld(root), history: { api: { transitions: transitions(changes), rollups: [] } } }
}

function transitions(changes: [after: string, to: Status, why?: string][]): Transition[] {
  return changes.map(([after, to, why], index) => ({
    component: 'api',
    writer: 'eu-1',
    seq: index + 1,
    from: changes[index - 1]?.[1] ?? 'unknown',
    to,
    after: at(after),
    confirmed: at(after) + MINUTE,
    ...(why !== undefined && { why }),
  }))
}

function at(text: string): number {
  return parseInstant(text) ?? NaN
}

const down: [string, Status, string] = ['2026-11-21T03:11:20Z', 'major_outage', 'status is 503, expected 200']
const up: [string, Status] = ['2026-11-21T03:40:00Z', 'operational']

describe('an outage', () => {
  it('that lasts longer than open_after is proposed under a name that every run agrees on', () => {
    const [proposal] = proposals(world([['2026-11-20T00:00:00Z', 'operational'], down]), began + 3 * MINUTE)
    expect(proposal).toMatchObject({
      branch: 'incident/api/20261121T0311',
      path: 'incidents/2026-11-21-api-0311.md',
      state: 'ongoing',
      labels: ['incident', 'auto', 'component:api'],
      incident: {
        title: 'API: all checks fail',
        severity: 'critical',
        affected: { api: 'major_outage' },
        startedAt: began,
        detectedAt: began + MINUTE,
      },
    })
    expect(proposal?.incident.updates).toEqual([
      {
        at: began + MINUTE,
        phase: 'investigating',
        affected: { api: 'major_outage' },
        text: 'Automatic checks have failed since 03:11 UTC: `status is 503, expected 200`.',
      },
    ])
  })

  it.each([
    ['is younger than open_after', [down], began + MINUTE, {}],
    ['was shorter than open_after', [down, ['2026-11-21T03:12:20Z', 'operational']], began + 10 * MINUTE, {}],
    ['ended more than a week ago', [down, up], began + 9 * 24 * 60 * MINUTE, {}],
    ['has ended, and resolve_after is not over', [down, up], at('2026-11-21T03:41:00Z'), {}],
    [
      'is covered by what a person posted',
      [down],
      began + 5 * MINUTE,
      {
        'incidents/2026-11-21-api.md':
          '---\ntitle: API down\naffected: [api]\nstarted: 2026-11-21T03:12:00Z\n---\n',
      },
    ],
    [
      'falls into planned work',
      [down],
      began + 5 * MINUTE,
      {
        'maintenance/2026-11-20-api.md':
          '---\ntitle: Work\nstarts: 2026-11-21T03:00:00Z\nduration: 1h\naffected: [api]\n---\n',
      },
    ],
  ] as [string, [string, Status, string?][], number, Record<string, string>][])(
    'calls for nothing when it %s',
    (_why, changes, now, files) => {
      expect(proposals(world(changes, files), now)).toEqual([])
    },
  )

  it('is still proposed when the open incident about it is its own', () => {
    const own =
      '---\ntitle: "API: all checks fail"\nseverity: critical\naffected: { api: major_outage }\nstarted: 2026-11-21T03:11:20Z\n---\n'
    expect(
      proposals(world([down], { 'incidents/2026-11-21-api-0311.md': own }), began + 5 * MINUTE),
    ).toHaveLength(1)
  })

  it('gets one update for each change, and is as severe as its worst', () => {
    const changes: [string, Status, string?][] = [
      ['2026-11-21T03:11:20Z', 'degraded', 'slow'],
      ['2026-11-21T03:20:00Z', 'major_outage', 'refused'],
    ]
    const [proposal] = proposals(world(changes), at('2026-11-21T03:30:00Z'))
    expect(proposal?.incident).toMatchObject({ severity: 'critical', affected: { api: 'degraded' } })
    expect(proposal?.incident.updates.map(({ phase, affected }) => [phase, affected])).toEqual([
      ['investigating', { api: 'degraded' }],
      ['update', { api: 'major_outage' }],
    ])
  })

  it.each([
    ['merged when it lasted', '2026-11-21T03:40:00Z', 'merge'],
    ['closed when it was short', '2026-11-21T03:15:00Z', 'close'],
  ])('is resolved once the component has been well for resolve_after, and %s', (_what, end, onResolve) => {
    const [proposal] = proposals(world([down, [end, 'operational']]), at(end) + 2 * MINUTE)
    expect(proposal).toMatchObject({ state: 'resolved', onResolve })
    expect(proposal?.incident.updates.at(-1)).toMatchObject({
      at: at(end),
      phase: 'resolved',
      affected: { api: 'operational' },
    })
  })

  it('is closed and not merged when a person has told of it in an incident of their own', () => {
    const told =
      '---\ntitle: API down\naffected: [api]\nstarted: 2026-11-21T03:12:00Z\nresolved: 2026-11-21T03:41:00Z\nstatus: resolved\n---\n'
    const [proposal] = proposals(
      world([down, up], { 'incidents/2026-11-21-api.md': told }),
      at('2026-11-21T03:45:00Z'),
    )
    expect(proposal).toMatchObject({ state: 'resolved', onResolve: 'close' })
  })

  it('is proposed when the work that excused it runs over', () => {
    const over =
      '---\ntitle: Work\nstarts: 2026-11-21T02:00:00Z\nduration: 1h\naffected: [api]\n---\n\n## 2026-11-21 02:00 UTC in_progress\n'
    expect(
      proposals(world([down], { 'maintenance/2026-11-20-api.md': over }), began + 5 * MINUTE),
    ).toHaveLength(1)
  })

  it('cannot write markup or new lines through the reason for it', () => {
    const [proposal] = proposals(
      world([['2026-11-21T03:11:20Z', 'major_outage', 'a `b` | c\n## 2026-01-01 resolved <script>']]),
      began + 5 * MINUTE,
    )
    expect(proposal?.incident.updates[0]?.text).toContain('`a b c ## 2026-01-01 resolved <script>`')
    expect(proposal?.summary.split('\n')).toHaveLength(5)
  })
})

describe('the stretches of trouble in a history', () => {
  it.each([
    ['one that lasts', [down], [[began, undefined]]],
    ['one that ended', [down, up], [[began, at(up[0])]]],
    [
      'back within the time: one outage',
      [down, up, ['2026-11-21T03:41:00Z', 'degraded'], ['2026-11-21T03:50:00Z', 'operational']],
      [[began, at('2026-11-21T03:50:00Z')]],
    ],
    [
      'back later: two',
      [down, up, ['2026-11-21T03:50:00Z', 'degraded']],
      [
        [began, at(up[0])],
        [at('2026-11-21T03:50:00Z'), undefined],
      ],
    ],
    [
      'a gap in measuring ends nothing',
      [down, ['2026-11-21T03:20:00Z', 'unknown'], ['2026-11-21T03:30:00Z', 'major_outage']],
      [[began, undefined]],
    ],
    ['none', [up], []],
  ] as [string, [string, Status, string?][], [number, number | undefined][]][])(
    '%s',
    (_name, changes, expected) => {
      const found = stretches(transitions(changes), 2 * MINUTE)
      expect(found.map(({ startedAt, endedAt }) => [startedAt, endedAt])).toEqual(expected)
    },
  )

  it.each([
    [
      'one of two sees trouble: none',
      [
        ['a', '03:00', 'operational'],
        ['b', '03:00', 'operational'],
        ['a', '03:10', 'major_outage'],
      ],
      [],
    ],
    [
      'both see it: one, from when they agree',
      [
        ['a', '03:00', 'operational'],
        ['b', '03:00', 'operational'],
        ['a', '03:10', 'major_outage'],
        ['b', '03:11', 'major_outage'],
      ],
      [['03:11', undefined]],
    ],
    [
      'one of three recovers: it goes on',
      [
        ['a', '03:00', 'major_outage'],
        ['b', '03:00', 'major_outage'],
        ['c', '03:00', 'major_outage'],
        ['a', '03:20', 'operational'],
      ],
      [['03:00', undefined]],
    ],
    [
      'two of three recover: it is over',
      [
        ['a', '03:00', 'major_outage'],
        ['b', '03:00', 'major_outage'],
        ['c', '03:00', 'major_outage'],
        ['a', '03:20', 'operational'],
        ['b', '03:25', 'operational'],
      ],
      [['03:00', '03:25']],
    ],
  ] as [string, [string, string, Status][], [string, string | undefined][]][])(
    'with several vantage points, when %s',
    (_name, seen, expected) => {
      const time = (clock: string | undefined) =>
        clock === undefined ? undefined : at(`2026-11-21T${clock}:00Z`)
      const lines = seen.map(([writer, clock, to], index): Transition => {
        const after = time(clock) ?? NaN
        return {
          component: 'api',
          writer,
          seq: index + 1,
          from: 'unknown',
          to,
          after,
          confirmed: after + MINUTE,
        }
      })
      const found = stretches(lines, MINUTE)
      expect(found.map(({ startedAt, endedAt }) => [startedAt, endedAt])).toEqual(
        expected.map((pair) => pair.map(time)),
      )
    },
  )

  it('are the same whatever order the lines come in', () => {
    const lines = transitions([down, up, ['2026-11-21T05:00:00Z', 'degraded']])
    const forward = stretches(lines, SECOND)
    expect(stretches(lines.toReversed(), SECOND)).toEqual(forward)
  })
})

const { flapping } = siteSchema.parse({ name: 'Acme', url: 'https://status.acme.example' }).incidents

/** What the writers of some lines agree on, all of whom still look. */
function stretches(lines: Transition[], joinWithin: number): Outage[] {
  const now = Math.max(...lines.map(({ confirmed }) => confirmed))
  const looking = { now, intervalMs: MINUTE, quorum: majority }
  const live = [...new Set(lines.map(({ writer }) => writer))].map((writer) => lookedAt(writer, now))
  const changes = agreedChanges('api', { transitions: lines, rollups: [] }, live, looking)
  return outages('api', changes, { joinWithin, flapping })
}

function lookedAt(writer: string, at: number): Live {
  const today = { d: iso(at).slice(0, 10), n: 0, ok: 0, deg: 0, down: 0, unk: 0, gaps: 0, hist: [], ms: [] }
  const api = { status: 'unknown' as const, since: iso(at), checked_at: iso(at), recent: [], seq: 0 }
  return {
    v: 1,
    writer,
    ...{ checked_at: iso(at), next_expected_at: iso(at), interval_ms: MINUTE },
    components: { api: { ...api, today: { ...today, t0: '00:00:00', t1: '00:00:00' } } },
  }
}
