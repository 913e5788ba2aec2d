import { describe, expect, it } from 'vitest'
import type { Live } from '../model/history.ts'
import type { Status } from '../model/status.ts'
import { HOUR, iso, MINUTE, parseInstant } from '../model/time.ts'
import { readWorld } from '../files/read-world.ts'
import { worldFolder } from '../testing/write-world.ts'
import { homeView } from './home-view.ts'
import { siteFacts } from './site-facts.ts'

const now = parseInstant('2026-11-21T04:00:00Z') ?? NaN
const base = {
  'site.yaml': 'name: Acme\nurl: https://status.acme.example\n',
  'components.yaml': `groups:
  - { id: core, name: Core }
  - { id: quiet, name: Quiet, only_show_if_degraded: true }
components:
  - { id: api, name: API, group: core, check: { http: "https://api.acme.example/" } }
  - { id: web, name: Web, group: core }
  - { id: mail, name: Mail, group: quiet }
`,
}

function facts(
  files: Record<string, string> = {},
  measured: [writer: string, status: Status, ago: number][] = [['eu-1', 'operational', MINUTE]],
) {
  const world = readWorld(worldFolder({ ...base, ...files }))
  return siteFacts(
    { ...world, live: measured.map(([writer, status, ago]) => live(writer, status, now - ago)) },
    now,
  )
}

function live(writer: string, status: Status, at: number): Live {
  const today = {
    d: iso(at).slice(0, 10),
    n: 1,
    ok: 1,
    deg: 0,
    down: 0,
    unk: 0,
    t0: '00:00:00',
    t1: '00:00:00',
    gaps: 0,
    hist: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ms: [],
  }
  return {
    v: 1,
    writer,
    checked_at: iso(at),
    next_expected_at: iso(at + MINUTE),
    interval_ms: MINUTE,
    components: { api: { status, since: iso(at - HOUR), checked_at: iso(at), recent: [], seq: 1, today } },
  }
}

const incident = (affected: string, rest = '') => ({
  'incidents/2026-11-21-x.md': `---\ntitle: Trouble\nseverity: major\naffected: ${affected}\nstarted: 2026-11-21T03:00:00Z\n${rest}---\n`,
})
const work = (affected: string) => ({
  'maintenance/2026-11-20-x.md': `---\ntitle: Work\nstarts: 2026-11-21T03:30:00Z\nduration: 1h\naffected: ${affected}\n---\n`,
})

describe('the status of a component', () => {
  it.each([
    ['nothing declared, measured well', {}, 'operational', undefined, 'operational'],
    ['nothing declared, measured down', {}, 'major_outage', undefined, 'major_outage'],
    [
      'declared worse than measured',
      incident('{ api: major_outage }'),
      'degraded',
      'major_outage',
      'major_outage',
    ],
    [
      'measured worse than declared',
      incident('{ api: degraded }'),
      'major_outage',
      'degraded',
      'major_outage',
    ],
    [
      'declared, measured well: a person knows better',
      incident('{ api: partial_outage }'),
      'operational',
      'partial_outage',
      'partial_outage',
    ],
    [
      'maintenance covers what is measured during it',
      work('[api]'),
      'major_outage',
      'under_maintenance',
      'under_maintenance',
    ],
    [
      'an incident shows through maintenance',
      { ...work('[api]'), ...incident('{ api: degraded }') },
      'operational',
      'degraded',
      'degraded',
    ],
    [
      'resolved',
      incident('[api]', 'resolved: 2026-11-21T03:30:00Z\nstatus: resolved\n'),
      'operational',
      undefined,
      'operational',
    ],
    [
      'retracted',
      incident('[api]', 'retracted: the probe was wrong\n'),
      'operational',
      undefined,
      'operational',
    ],
    ['an announcement', incident('[api]', 'announcement: true\n'), 'operational', undefined, 'operational'],
  ] as [string, Record<string, string>, Status, Status | undefined, Status][])(
    '%s',
    (_name, files, measured, declared, status) => {
      const row = facts(files, [['eu-1', measured, MINUTE]]).rows.find(({ id }) => id === 'api')
      expect([row?.declared, row?.measured?.status, row?.status]).toEqual([declared, measured, status])
    },
  )

  it.each([
    ['one of three sees it down', ['operational', 'operational', 'major_outage'], 'operational'],
    ['two of three see it down', ['operational', 'major_outage', 'major_outage'], 'major_outage'],
    ['one of two sees it down', ['operational', 'major_outage'], 'operational'],
  ] as [string, Status[], Status][])('with several vantage points: %s', (_name, seen, status) => {
    expect(
      facts(
        {},
        seen.map((one, index) => [`eu-${String(index)}`, one, MINUTE]),
      ).rows[0]?.measured?.status,
    ).toBe(status)
  })

  it('is unknown when the probes are late, and says what they saw last', () => {
    const { rows, freshness, verdict } = facts({}, [['eu-1', 'major_outage', 4 * MINUTE]])
    expect(rows[0]).toMatchObject({
      status: 'unknown',
      measured: { status: 'unknown', lastKnown: 'major_outage' },
    })
    expect(freshness).toMatchObject({ stale: true, checkedAt: now - 4 * MINUTE })
    expect(verdict.status).toBe('major_outage')
  })

  it('does not hear a vantage point that has just begun and knows nothing yet', () => {
    const seen: [string, Status, number][] = [
      ['eu-1', 'major_outage', MINUTE],
      ['eu-2', 'unknown', MINUTE],
    ]
    expect(facts({}, seen).rows[0]?.measured?.status).toBe('major_outage')
  })

  it('is unknown when the last look lies in the future: a clock runs ahead', () => {
    const { rows, freshness } = facts({}, [['eu-1', 'operational', -24 * HOUR]])
    expect(rows[0]?.status).toBe('unknown')
    expect(freshness.stale).toBe(true)
  })

  it('takes the interval of the vantage point that looked last, not of one that is gone', () => {
    const world = readWorld(worldFolder(base))
    const gone = { ...live('gone', 'operational', now - 48 * HOUR), interval_ms: 24 * HOUR }
    const { freshness } = siteFacts(
      { ...world, live: [gone, live('eu-1', 'operational', now - 10 * MINUTE)] },
      now,
    )
    expect(freshness).toMatchObject({ intervalMs: MINUTE, stale: true })
  })

  it('is no longer excused by work that runs over its end', () => {
    const over = {
      'maintenance/2026-11-20-x.md': `${work('[api]')['maintenance/2026-11-20-x.md']?.replace('03:30', '02:30')}\n## 2026-11-21 02:30 UTC in_progress\n`,
    }
    const { rows } = facts(over, [['eu-1', 'major_outage', MINUTE]])
    expect(rows[0]).toMatchObject({ declared: 'under_maintenance', status: 'major_outage' })
  })

  it('is not declared well by an update that leaves it alone', () => {
    const { rows } = facts(incident('{ web: degraded, api: operational }'), [
      ['eu-1', 'major_outage', 10 * MINUTE],
    ])
    expect(rows[0]).toMatchObject({ status: 'unknown' })
    expect(rows[0]?.declared).toBeUndefined()
  })

  it.each([
    ['no check that could be read', 'check: { htp: "https://api.acme.example/" }', 'operational', 'unknown'],
    [
      'one check of two',
      'check: [{ tcp: "127.0.0.1:5" }, { http: "https://a.example/", expect: ["status == "] }]',
      'operational',
      'unknown',
    ],
    [
      'one check of two, and that fails',
      'check: [{ tcp: "127.0.0.1:5" }, { http: "https://a.example/", expect: ["status == "] }]',
      'major_outage',
      'major_outage',
    ],
  ] as [string, string, Status, Status][])('is not well with %s', (_name, check, seen, status) => {
    const components = `components:\n  - id: api\n    name: API\n    ${check}\n`
    expect(facts({ 'components.yaml': components }, [['eu-1', seen, MINUTE]]).rows[0]?.status).toBe(status)
  })

  it('is unknown before anything was ever measured', () => {
    expect(facts({}, []).rows[0]).toMatchObject({ status: 'unknown', measured: { status: 'unknown' } })
  })

  it('follows the updates of an incident', () => {
    const file = `${incident('{ api: major_outage, web: degraded }')['incidents/2026-11-21-x.md']}
## 2026-11-21 03:30 UTC identified
affected: api=degraded, web=operational

Better.
`
    const { rows } = facts({ 'incidents/2026-11-21-x.md': file })
    expect(rows.map(({ declared }) => declared)).toEqual(['degraded', undefined, undefined])
  })
})

describe('what is written for later', () => {
  const open = (rest: string) =>
    `---\ntitle: Trouble\naffected: { api: major_outage }\nstarted: 2026-11-21T03:00:00Z\n${rest}`
  it.each([
    [
      'a resolution that lies ahead resolves nothing',
      open('resolved: 2027-01-01T00:00:00Z\nstatus: resolved\n---\n'),
      'major_outage',
      'investigating',
    ],
    [
      'an update that lies ahead says nothing',
      open(
        '---\n\n## 2026-11-22 10:00 UTC resolved\n\nDone.\n\n## 2026-11-21 03:05 UTC identified\n\nFound.\n',
      ),
      'major_outage',
      'identified',
    ],
    [
      'an incident that has not begun harms nothing',
      open('---\n').replace('2026-11-21', '2026-12-21'),
      undefined,
      undefined,
    ],
    [
      'a resolution that has come resolves',
      open('resolved: 2026-11-21T03:59:00Z\nstatus: resolved\n---\n'),
      undefined,
      undefined,
    ],
  ])('%s', (_name, text, declared, phase) => {
    const view = homeView(facts({ 'incidents/2026-11-21-x.md': text }))
    expect(view.groups[0]?.components[0]?.declared).toBe(declared)
    expect(view.open[0]?.phase).toBe(phase)
  })

  it('is shown with its own words once its time has come, and not before', () => {
    const text = open(
      '---\n\n## 2026-11-22 10:00 UTC resolved\n\nDone.\n\n## 2026-11-21 03:05 UTC identified\n\nFound.\n',
    )
    const world = readWorld(worldFolder({ ...base, 'incidents/2026-11-21-x.md': text }))
    expect(homeView(siteFacts(world, now)).open[0]?.updates.map(({ plain }) => plain)).toEqual(['Found.'])
    expect(siteFacts(world, now + 48 * HOUR).world.incidents[0]).toMatchObject({ phase: 'resolved' })
  })
})

describe('the verdict', () => {
  it.each([
    ['all well', {}, 'operational', 0],
    [
      'an open incident that names no component',
      {
        'incidents/2026-11-21-x.md':
          '---\ntitle: Odd\nseverity: critical\nstarted: 2026-11-21T03:00:00Z\n---\n',
      },
      'major_outage',
      0,
    ],
    [
      'a file that cannot be placed in time',
      { 'incidents/odd.md': '---\ntitle: Odd\n---\n' },
      'under_review',
      1,
    ],
    ['planned work', work('[web]'), 'under_maintenance', 0],
    ['trouble beats planned work', { ...work('[web]'), ...incident('{ api: degraded }') }, 'degraded', 0],
  ] as [string, Record<string, string>, Status, number][])('%s', (_name, files, status, unread) => {
    expect(facts(files).verdict).toMatchObject({ status, unread })
  })
})

describe('the home page', () => {
  it('shows trouble that no person has confirmed, and not what one has', () => {
    const down: [string, Status, number][] = [['eu-1', 'major_outage', MINUTE]]
    expect(homeView(facts({}, down)).measuredOnly).toHaveLength(1)
    expect(homeView(facts(incident('[api]'), down)).measuredOnly).toHaveLength(0)
  })

  it('hides a quiet group until something in it is wrong', () => {
    const groups = (files = {}) => homeView(facts(files)).groups.map(({ id }) => id)
    expect(groups()).toEqual(['core'])
    expect(groups(incident('[mail]'))).toEqual(['core', 'quiet'])
  })

  it('lists the last fourteen days, today first, each incident on the day it began', () => {
    const { past } = homeView(facts(incident('[api]')))
    expect(past).toHaveLength(14)
    expect([past[0]?.day, past[0]?.incidents.length, past[13]?.day]).toEqual(['2026-11-21', 1, '2026-11-08'])
  })

  it('changes its version when what it says changes, and not with the clock', () => {
    const { world } = facts()
    const version = (at: number, changed = world) => homeView(siteFacts(changed, at)).version
    expect(version(now + 1000)).toBe(version(now))
    expect(version(now, facts(incident('[api]')).world)).not.toBe(version(now))
    expect(version(now + 10 * MINUTE)).not.toBe(version(now))
  })
})
