import { describe, expect, it } from 'vitest'
import type { Component } from '../model/component.ts'
import type { ComponentHistory, Live, Transition } from '../model/history.ts'
import type { Incident, Update } from '../model/incident.ts'
import type { Maintenance } from '../model/maintenance.ts'
import { siteSchema } from '../model/site.ts'
import type { Status } from '../model/status.ts'
import { MINUTE, parseInstant, type Instant } from '../model/time.ts'
import type { World } from '../model/world.ts'
import { declaredTimeline } from './declared-timeline.ts'
import type { Timeline } from './interval.ts'
import { measuredTimeline } from './measured-timeline.ts'
import { excusedWindows, withMaintenance } from './planned-work.ts'
import { componentTimeline } from './timeline.ts'

const window = { from: at('00:00'), to: at('12:00') }

describe('what was measured', () => {
  const measured = (
    transitions: Transition[],
    live: Live[] = [],
    rollups: ComponentHistory['rollups'] = [],
  ) => spoken(measuredTimeline('api', { transitions, rollups }, live, { ...window, intervalMs: 2 * MINUTE }))

  it('is unknown where nobody has looked', () => {
    expect(measured([])).toEqual(['00:00 unknown'])
    expect(spoken(measuredTimeline('api', undefined, [], { ...window, intervalMs: MINUTE }))).toEqual([
      '00:00 unknown',
    ])
  })

  it('is known from the first sample to half an interval after the last', () => {
    expect(
      measured([change(1, 'operational', '02:00')], [snapshot('main', '11:00', 'operational', '02:00')]),
    ).toEqual(['00:00 unknown', '02:00 operational', '11:01 unknown'])
  })

  it('is unknown after a change whose successor is missing', () => {
    const lines = [
      change(1, 'operational', '02:00'),
      change(3, 'operational', '06:00'),
      change(4, 'degraded', '07:00'),
    ]
    expect(measured(lines, [snapshot('main', '08:00', 'degraded', '07:00')])).toEqual([
      '00:00 unknown',
      '06:00 operational',
      '07:00 degraded',
      '08:01 unknown',
    ])
  })

  it('reaches to the last rollup, or the last change, where there is no snapshot', () => {
    const rollup = {
      v: 1,
      d: '2026-11-21',
      n: 9,
      ok: 9,
      deg: 0,
      down: 0,
      unk: 0,
      t0: '00:00:00',
      t1: '05:00:00',
      gaps: 0,
      writer: 'main',
    } as const
    expect(measured([change(1, 'operational', '02:00')], [], [rollup])).toEqual([
      '00:00 unknown',
      '02:00 operational',
      '05:01 unknown',
    ])
    expect(measured([change(1, 'operational', '02:00')])).toEqual([
      '00:00 unknown',
      '02:00 operational',
      '02:01 unknown',
    ])
  })

  it('takes from the snapshot what the history does not have yet', () => {
    const live = snapshot('main', '11:59', 'major_outage', '06:00', 2)
    expect(measured([change(1, 'operational', '00:00')], [live])).toEqual([
      '00:00 operational',
      '06:00 major_outage',
    ])
  })

  it.each<[rule: string, statuses: Status[], together: Status]>([
    ['one writer decides alone', ['major_outage'], 'major_outage'],
    ['of two the milder', ['major_outage', 'operational'], 'operational'],
    ['two that agree', ['major_outage', 'major_outage'], 'major_outage'],
    ['one of three alone is not believed', ['operational', 'major_outage', 'operational'], 'operational'],
    ['two of three are', ['major_outage', 'operational', 'major_outage'], 'major_outage'],
    ['of three that differ the middle one', ['operational', 'degraded', 'major_outage'], 'degraded'],
    ['of four the third worst', ['operational', 'degraded', 'partial_outage', 'major_outage'], 'degraded'],
  ])('with several writers: %s', (_rule, statuses, together) => {
    const transitions = statuses.map((status, i) => ({ ...change(1, status, '00:00'), writer: `w${i}` }))
    const live = statuses.map((status, i) => snapshot(`w${i}`, '11:59', status, '00:00'))
    expect(measured(transitions, live)).toEqual([`00:00 ${together}`])
  })

  it('asks only the writers that know', () => {
    const transitions = [
      change(1, 'operational', '00:00'),
      { ...change(1, 'major_outage', '00:00'), writer: 'far' },
    ]
    const live = [
      snapshot('main', '05:59', 'operational', '00:00'),
      snapshot('far', '11:59', 'major_outage', '00:00'),
    ]
    expect(measured(transitions, live)).toEqual(['00:00 operational', '06:00 major_outage'])
  })
})

describe('what was declared', () => {
  const declared = (...incidents: Incident[]) =>
    spoken(declaredTimeline('api', incidents, { since: window.from, to: window.to }))

  it.each<[rule: string, incidents: Incident[], timeline: string[]]>([
    ['nothing is operational', [], ['00:00 operational']],
    [
      'an incident lasts from its start to its end',
      [incident('03:00', '04:00', 'degraded')],
      ['00:00 operational', '03:00 degraded', '04:00 operational'],
    ],
    [
      'an open one lasts until now',
      [incident('03:00', undefined, 'degraded')],
      ['00:00 operational', '03:00 degraded'],
    ],
    [
      'updates override it',
      [
        incident(
          '03:00',
          '06:00',
          'degraded',
          update('04:00', { api: 'major_outage' }),
          update('05:00', { api: 'operational' }),
        ),
      ],
      ['00:00 operational', '03:00 degraded', '04:00 major_outage', '05:00 operational'],
    ],
    [
      'updates about others do not',
      [incident('03:00', '06:00', 'degraded', update('04:00', { web: 'major_outage' }))],
      ['00:00 operational', '03:00 degraded', '06:00 operational'],
    ],
    [
      'an update can bring it in',
      [incident('03:00', '06:00', undefined, update('04:00', { api: 'degraded' }))],
      ['00:00 operational', '04:00 degraded', '06:00 operational'],
    ],
    [
      'an update after the end does not lengthen it',
      [incident('03:00', '04:00', 'degraded', update('05:00', { api: 'degraded' }))],
      ['00:00 operational', '03:00 degraded', '04:00 operational'],
    ],
    [
      'the worst of two that overlap',
      [incident('03:00', '06:00', 'degraded'), incident('04:00', '05:00', 'major_outage')],
      ['00:00 operational', '03:00 degraded', '04:00 major_outage', '05:00 degraded', '06:00 operational'],
    ],
    [
      'a resolved one without a time ended with its newest update',
      [{ ...incident('03:00', undefined, 'degraded', update('04:00', {})), phase: 'resolved' }],
      ['00:00 operational', '03:00 degraded', '04:00 operational'],
    ],
    [
      'a retracted one is left out',
      [{ ...incident('03:00', '04:00', 'degraded'), retracted: 'false alarm' }],
      ['00:00 operational'],
    ],
    [
      'one merged into another is left out',
      [{ ...incident('03:00', '04:00', 'degraded'), mergedInto: 'other' }],
      ['00:00 operational'],
    ],
    [
      'an announcement is left out',
      [{ ...incident('03:00', '04:00', 'degraded'), announcement: true }],
      ['00:00 operational'],
    ],
    [
      'one that began earlier counts from the start',
      [{ ...incident('00:00', '04:00', 'degraded'), startedAt: window.from - MINUTE }],
      ['00:00 degraded', '04:00 operational'],
    ],
  ])('%s', (_rule, incidents, timeline) => {
    expect(declared(...incidents)).toEqual(timeline)
  })
})

describe('planned work', () => {
  const planned = (change: Partial<Maintenance>) =>
    spoken(
      withMaintenance(
        [{ ...window, status: 'major_outage' }],
        excusedWindows('api', [{ ...maintenance('04:00', '06:00'), ...change }]),
      ),
    )
  const excused = ['00:00 major_outage', '04:00 under_maintenance', '06:00 major_outage']
  const refused = ['00:00 major_outage']

  it.each<[rule: string, change: Partial<Maintenance>, timeline: string[]]>([
    [
      'announced in its first update',
      { updates: [said('05:00', 'in_progress'), said('03:59', 'scheduled')] },
      excused,
    ],
    ['announced as it began', { updates: [said('04:00', 'in_progress')] }, refused],
    ['announced afterwards', { updates: [said('07:00', 'completed')] }, refused],
    ['announced by the day in its name', { id: '2026-11-20-upgrade' }, excused],
    ['announced by the day in a short name', { id: '20261121_upgrade' }, excused],
    ['named for a later day', { id: '2026-11-22-upgrade' }, refused],
    ['announced nowhere', { id: 'upgrade' }, refused],
    ['cancelled', { cancelled: true }, refused],
    [
      'cancelled by an update',
      { updates: [said('03:30', 'cancelled'), said('03:00', 'scheduled')] },
      refused,
    ],
    ['for another component', { affected: { web: 'under_maintenance' } }, refused],
    ['without effect on it', { affected: { api: 'operational' } }, refused],
    [
      'completed early',
      { updates: [said('05:00', 'completed'), said('03:00', 'scheduled')] },
      ['00:00 major_outage', '04:00 under_maintenance', '05:00 major_outage'],
    ],
    ['completed late', { updates: [said('08:00', 'completed'), said('03:00', 'scheduled')] }, excused],
    [
      'extended in time',
      { endsAt: at('07:00'), updates: [said('05:30', 'extended'), said('03:00', 'scheduled')] },
      ['00:00 major_outage', '04:00 under_maintenance', '07:00 major_outage'],
    ],
    [
      'extended too late',
      { endsAt: at('07:00'), updates: [said('06:30', 'extended'), said('03:00', 'scheduled')] },
      excused,
    ],
    ['extended without saying when', { endsAt: at('07:00') }, excused],
  ])('%s', (_rule, change, timeline) => {
    expect(planned(change)).toEqual(timeline)
  })

  it('does not make known what is unknown', () => {
    const timeline: Timeline = [
      { from: at('00:00'), to: at('05:00'), status: 'unknown' },
      { from: at('05:00'), to: at('12:00'), status: 'operational' },
    ]
    expect(spoken(withMaintenance(timeline, [{ from: at('04:00'), to: at('06:00') }]))).toEqual([
      '00:00 unknown',
      '05:00 under_maintenance',
      '06:00 operational',
    ])
  })
})

describe("the log that a component's figures come from", () => {
  const trouble = incident('03:00', '04:00', 'major_outage')

  it('is what people declared, where it has neither checks nor history', () => {
    const { source, timeline } = componentTimeline(world({ incidents: [trouble] }), component({}), window)
    expect([source, ...spoken(timeline)]).toEqual([
      'declared',
      '00:00 unknown',
      '03:00 major_outage',
      '04:00 operational',
    ])
  })

  it('begins with the component, where it says when that was', () => {
    const { timeline } = componentTimeline(
      world({ incidents: [trouble] }),
      component({ since: at('01:00') }),
      window,
    )
    expect(spoken(timeline)).toEqual([
      '00:00 unknown',
      '01:00 operational',
      '03:00 major_outage',
      '04:00 operational',
    ])
  })

  it('is empty where nobody ever declared anything', () => {
    const { timeline } = componentTimeline(world({}), component({}), window)
    expect(spoken(timeline)).toEqual(['00:00 unknown'])
  })

  it('is empty before a component that comes later than the window', () => {
    const { timeline } = componentTimeline(world({}), component({ since: at('13:00') }), window)
    expect(spoken(timeline)).toEqual(['00:00 unknown'])
  })

  it('is what was measured, where it has checks, though nothing was measured yet', () => {
    const check = {
      id: 'api/0',
      component: 'api',
      kind: 'tcp',
      options: {},
      conditions: [],
    } as unknown as Component['checks'][number]
    const { source, timeline } = componentTimeline(
      world({ incidents: [trouble] }),
      component({ checks: [check] }),
      window,
    )
    expect([source, ...spoken(timeline)]).toEqual(['measured', '00:00 unknown'])
  })

  it('is what was measured, where it has history, and begins no earlier than the component', () => {
    const history = { api: { transitions: [change(1, 'operational', '02:00')], rollups: [] } }
    const live = [snapshot('main', '11:59', 'operational', '02:00')]
    const { source, timeline } = componentTimeline(
      world({ history, live, incidents: [trouble] }),
      component({ since: at('03:00') }),
      window,
    )
    expect([source, ...spoken(timeline)]).toEqual(['measured', '00:00 unknown', '03:00 operational'])
  })

  it.each([
    [true, ['00:00 unknown', '03:00 major_outage', '03:30 under_maintenance', '05:00 operational']],
    [false, ['00:00 unknown', '03:00 major_outage', '04:00 operational']],
  ])('leaves planned work out of the account: %s', (exclude_maintenance, expected) => {
    const site = siteSchema.parse({
      name: 'Acme',
      url: 'https://status.acme.example',
      uptime: { exclude_maintenance },
    })
    const { timeline } = componentTimeline(
      world({ site, incidents: [trouble], maintenance: [maintenance('03:30', '05:00')] }),
      component({}),
      window,
    )
    expect(spoken(timeline)).toEqual(expected)
  })
})

/** `03:00 degraded` for each interval: when it begins and what it is. */
function spoken(timeline: Timeline): string[] {
  return timeline.map(({ from, status }) => `${new Date(from).toISOString().slice(11, 16)} ${status}`)
}

function change(seq: number, to: Status, time: string): Transition {
  return { component: 'api', writer: 'main', seq, from: 'unknown', to, after: at(time), confirmed: at(time) }
}

function snapshot(writer: string, checked: string, status: Status, since: string, seq = 1): Live {
  const today = {
    d: '2026-11-21',
    n: 1,
    ok: 1,
    deg: 0,
    down: 0,
    unk: 0,
    t0: '00:00:00',
    t1: '00:00:00',
    gaps: 0,
    hist: [],
    ms: [],
  }
  const api = { status, since: stamp(since), checked_at: stamp(checked), recent: [], seq, today }
  const times = { checked_at: stamp(checked), next_expected_at: stamp(checked), interval_ms: 2 * MINUTE }
  return { v: 1, writer, ...times, components: { api } }
}

function incident(
  started: string,
  resolved: string | undefined,
  status: Status | undefined,
  ...updates: Update[]
): Incident {
  return {
    ...file('2026-11-21-trouble', 'incidents'),
    phase: resolved === undefined ? 'investigating' : 'resolved',
    severity: 'major',
    startedAt: at(started),
    ...(resolved !== undefined && { resolvedAt: at(resolved) }),
    affected: status === undefined ? {} : { api: status },
    updates: updates.reverse(),
    pinned: false,
    announcement: false,
  }
}

function maintenance(starts: string, ends: string): Maintenance {
  return {
    ...file('2026-11-20-upgrade', 'maintenance'),
    startsAt: at(starts),
    endsAt: at(ends),
    plannedEndsAt: at(ends),
    affected: { api: 'under_maintenance' },
    emergency: false,
    cancelled: false,
    updates: [],
  }
}

function file(id: string, folder: string) {
  return { id, file: `${folder}/${id}.md`, digest: '', readFully: true, title: id, labels: [] }
}

function update(time: string, affected: Update['affected']): Update {
  return { id: time, at: at(time), phase: 'update', affected, automated: false }
}

function said(time: string, phase: Update['phase']): Update {
  return { id: time, at: at(time), phase, automated: false }
}

function component(change: Partial<Component>): Component {
  return {
    id: 'api',
    name: 'API',
    only_show_if_degraded: false,
    metrics: [],
    readFully: true,
    checks: [],
    ...change,
  }
}

function world(change: Partial<World>): World {
  return {
    site: siteSchema.parse({ name: 'Acme', url: 'https://status.acme.example' }),
    groups: [],
    components: [],
    incidents: [],
    corrections: [],
    maintenance: [],
    unread: [],
    history: {},
    metrics: {},
    live: [],
    problems: [],
    textOf: () => ({ intro: { html: '', plain: '' }, updates: [], sections: [] }),
    ...change,
  }
}

function stamp(time: string): string {
  return `2026-11-21T${time}:00Z`
}

function at(time: string): Instant {
  return parseInstant(stamp(time)) ?? NaN
}
