import { describe, expect, it } from 'vitest'
import { incidentPhases, maintenancePhases, severities } from '../model/status.ts'
import { iso } from '../model/time.ts'
import { readIncident } from './read-incident.ts'

const components = new Set(['api', 'web', 'webhooks'])
const read = (source: string, name = '2025-11-06-api-latency') =>
  readIncident(source, `incidents/${name}.md`, 'digest', components)

describe('the plainest form', () => {
  const seed = `---
title: API Latency Spike
status: resolved
severity: major
started: 2025-11-06T14:30:00Z
resolved: 2025-11-06T15:00:00Z
---

## Update 15:00 UTC
Issue resolved. API latency back to normal.

## Update 14:45 UTC
Identified cause: Database connection pool exhausted. Increasing pool size.

## Update 14:30 UTC
Investigating elevated API response times.
`
  it('gives three updates with their times, phases and words', () => {
    const { incident, text, unread, problems } = read(seed)
    expect(problems).toEqual([])
    expect(unread).toBeUndefined()
    expect(incident).toEqual({
      id: '2025-11-06-api-latency',
      file: 'incidents/2025-11-06-api-latency.md',
      digest: 'digest',
      readFully: true,
      title: 'API Latency Spike',
      phase: 'resolved',
      severity: 'major',
      startedAt: Date.parse('2025-11-06T14:30:00Z'),
      resolvedAt: Date.parse('2025-11-06T15:00:00Z'),
      affected: {},
      labels: [],
      pinned: false,
      announcement: false,
      updates: [
        { id: '20251106T1500Z', at: Date.parse('2025-11-06T15:00:00Z'), phase: 'resolved', automated: false },
        {
          id: '20251106T1445Z',
          at: Date.parse('2025-11-06T14:45:00Z'),
          phase: 'identified',
          automated: false,
        },
        {
          id: '20251106T1430Z',
          at: Date.parse('2025-11-06T14:30:00Z'),
          phase: 'investigating',
          automated: false,
        },
      ],
    })
    expect(text.updates.map(({ html }) => html)).toEqual([
      '<p>Issue resolved. API latency back to normal.</p>',
      '<p>Identified cause: Database connection pool exhausted. Increasing pool size.</p>',
      '<p>Investigating elevated API response times.</p>',
    ])
    expect(text.intro.html).toBe('')
    expect(text.sections).toEqual([])
  })

  it('reads the same oldest first', () => {
    const [front = '', ...updates] = seed.split('\n## ')
    const turned = [front, ...updates.toReversed().map((update) => `## ${update.trim()}\n`)].join('\n')
    expect(read(turned)).toEqual(read(seed))
  })

  it.each([
    ['with the line ends of Windows', (text: string) => text.replaceAll('\n', '\r\n')],
    ['with those of old Macs', (text: string) => text.replaceAll('\n', '\r')],
    ['with a byte order mark', (text: string) => `\uFEFF${text}`],
    ['with both', (text: string) => `\uFEFF${text.replaceAll('\n', '\r\n')}`],
    ['without a line end', (text: string) => text.trimEnd()],
    ['with spaces behind its fences', (text: string) => text.replaceAll('---\n', '---  \n')],
    ['with its language named', (text: string) => text.replace('---', '---yaml')],
    [
      'with quoted values',
      (text: string) => text.replace('API Latency Spike', '"API Latency Spike"').replace('major', "'major'"),
    ],
  ])('reads the same %s', (_, change) => {
    expect(read(change(seed))).toEqual(read(seed))
  })

  it('needs neither status nor resolved: the newest update says them', () => {
    const { incident, problems } = read(seed.replace('status: resolved\n', '').replace(/resolved: .*\n/, ''))
    expect(incident).toEqual(read(seed).incident)
    expect(problems).toEqual([])
  })
})

it('the full form gives every fact', () => {
  const { incident, text, problems } = read(
    `---
title: Webhook deliveries failing, elevated API latency
severity: major
affected:
  webhooks: major_outage
  api: degraded
started: 2026-11-21T03:11:00Z
detected: 2026-11-21T03:12:10Z
labels: [queue]
pinned: true
announcement: true
merged_into: 2026-11-20-a
split_from: 2026-11-19-b
retracted: It was a drill.
source: https://old.example/1
---

Words before all.

## 2026-11-21 03:50 UTC identified
affected: webhooks=partial_outage, api=operational
next_update_by: 04:20 UTC
eta: 2026-11-21T06:00:00+01:00
automated: true

A queue partition lost its leader after a routine node replacement.

## 2026-11-21 03:16 UTC investigating

We are seeing webhook delivery failures and slow API responses.

## Root cause

The leader.

## Action items
- [ ] Alert on queue leader loss (owner: platform, due: 2026-12-01)
`,
    '2026-11-21-webhooks',
  )
  expect(problems.map(({ message }) => message)).toEqual(['"pinned" is read, but nothing uses it yet'])
  expect(incident).toMatchObject({
    phase: 'identified',
    severity: 'major',
    affected: { webhooks: 'major_outage', api: 'degraded' },
    startedAt: Date.parse('2026-11-21T03:11:00Z'),
    detectedAt: Date.parse('2026-11-21T03:12:10Z'),
    labels: ['queue'],
    pinned: true,
    announcement: true,
    mergedInto: '2026-11-20-a',
    splitFrom: '2026-11-19-b',
    retracted: 'It was a drill.',
    source: 'https://old.example/1',
    updates: [
      {
        id: '20261121T0350Z',
        phase: 'identified',
        automated: true,
        affected: { webhooks: 'partial_outage', api: 'operational' },
        nextUpdateBy: Date.parse('2026-11-21T04:20:00Z'),
        eta: Date.parse('2026-11-21T05:00:00Z'),
      },
      { id: '20261121T0316Z', phase: 'investigating', automated: false },
    ],
  })
  expect(incident).not.toHaveProperty('resolvedAt')
  expect(text.intro.plain).toBe('Words before all.')
  expect(text.updates[0]?.plain).toBe('A queue partition lost its leader after a routine node replacement.')
  expect(text.sections).toEqual([
    { heading: 'Root cause', html: '<p>The leader.</p>', plain: 'The leader.' },
    {
      heading: 'Action items',
      html: expect.stringContaining('Alert on queue leader loss') as string,
      plain: '- [ ] Alert on queue leader loss (owner: platform, due: 2026-12-01)',
    },
  ])
})

/** An incident that starts at 14:30 with this body, and this in its front matter. */
const small = (body: string, front = '') =>
  read(`---\ntitle: x\nstarted: 2025-11-06T14:30:00Z\n${front}---\n\n${body}\n`)
const updatesOf = ({ incident }: ReturnType<typeof small>) =>
  incident?.updates.map(({ at, phase }) => `${iso(at).slice(5, 16)} ${phase}`)

describe('updates', () => {
  it('roll over midnight', () => {
    const body = '## 14:40 UTC\na\n\n## 23:55 UTC\nb\n\n## 00:05 UTC\nc\n\n## 23:00 UTC\nd\n\n## 01:00 UTC\ne'
    expect(updatesOf(small(body))?.map((one) => one.slice(0, 11))).toEqual([
      '11-08T01:00',
      '11-07T23:00',
      '11-07T00:05',
      '11-06T23:55',
      '11-06T14:40',
    ])
  })

  it('of the same minute keep their order, each with its own anchor', () => {
    const down = small('## 15:00 UTC resolved\nc\n\n## 15:00 UTC\nb\n\n## 14:30 UTC\na')
    const up = small('## 14:30 UTC\na\n\n## 15:00 UTC\nb\n\n## 15:00 UTC resolved\nc')
    expect(down).toEqual(up)
    expect(down.text.updates.map(({ plain }) => plain)).toEqual(['c', 'b', 'a'])
    expect(down.incident?.updates.map(({ id }) => id)).toEqual([
      '20251106T1500Z-2',
      '20251106T1500Z',
      '20251106T1430Z',
    ])
  })

  it.each([...Object.keys(incidentPhases), ...Object.keys(maintenancePhases)])(
    'say %s in their heading',
    (phase) => {
      expect(updatesOf(small(`## 15:00 UTC ${phase.replace('_', ' ')}\nIssue resolved.`))).toEqual([
        `11-06T15:00 ${phase}`,
      ])
    },
  )

  it('take the phase of the front matter when the newest says none', () => {
    const body = '## 15:00 UTC\nWords.\n\n## 14:40 UTC\nWords.'
    expect(updatesOf(small(body, 'status: monitoring\n'))).toEqual([
      '11-06T15:00 monitoring',
      '11-06T14:40 update',
    ])
  })

  it('may stand under an underlined heading', () => {
    expect(updatesOf(small('15:00 UTC resolved\n------\n\nWords.'))).toEqual(['11-06T15:00 resolved'])
  })

  it.each([
    ['backticks', '```\n## 12:00 UTC resolved\neta: 13:00 UTC\n```'],
    ['tildes', '~~~ js\n## 12:00 UTC resolved\n```\n## 13:00 UTC\n~~~'],
    ['longer fences', '````\n```\n## 12:00 UTC resolved\n```\n````'],
    ['an indent', '    ## 12:00 UTC resolved'],
    ['a list', '- item\n  ## 12:00 UTC resolved'],
    ['a quote', '> ## 12:00 UTC resolved'],
    ['a comment', '<!--\n## 12:00 UTC resolved\n-->'],
    ['HTML', '<div>\n## 12:00 UTC resolved\n</div>'],
    ['a smaller heading', '### 12:00 UTC resolved'],
  ])('are not what stands in %s', (_, body) => {
    const { problems, ...rest } = small(`## 14:45 UTC investigating\n\n${body}\n\nLast words.`)
    expect(updatesOf({ problems, ...rest })).toEqual(['11-06T14:45 investigating'])
    expect(rest.text.updates[0]?.plain).toMatch(/Last words\.$/)
    expect(problems).toEqual([])
  })

  it('lose no words to facts below what looks like a heading and is none', () => {
    const { text, incident } = small('## 14:45 UTC\n\n- item\n  ## 12:00 UTC\neta: 13:00 UTC')
    expect(text.updates[0]?.plain).toContain('eta: 13:00 UTC')
    expect(incident?.updates[0]).not.toHaveProperty('eta')
  })
})

describe('facts', () => {
  it('stand directly under their heading and nowhere else', () => {
    const { incident, text } = small(
      '## 15:00 UTC\neta: 16:00 UTC\n\nautomated: true\n\nnext_update_by: 15:30 UTC',
    )
    expect(incident?.updates[0]).toMatchObject({ eta: Date.parse('2025-11-06T16:00:00Z'), automated: false })
    expect(text.updates[0]?.plain).toBe('automated: true\nnext_update_by: 15:30 UTC')
  })

  it('below an empty line, where formatters of Markdown move them, are words, and reported', () => {
    const { incident, text, problems } = small('## 15:00 UTC\n\naffected: api=degraded\neta: 16:00 UTC\n\nx')
    expect(incident?.updates[0]).not.toHaveProperty('affected')
    expect(text.updates[0]?.plain).toBe('affected: api=degraded\neta: 16:00 UTC\nx')
    expect(problems).toMatchObject([
      {
        level: 'warning',
        line: 8,
        message: expect.stringMatching(/^"affected" stands below an empty line/) as string,
      },
    ])
  })

  it('with a time of day mean the next such time', () => {
    const { incident } = small('## 23:50 UTC\nnext_update_by: 00:20 UTC\n\nx')
    expect(incident?.updates[0]?.nextUpdateBy).toBe(Date.parse('2025-11-07T00:20:00Z'))
  })

  it('that there are none of are words', () => {
    const { text, problems } = small('## 15:00 UTC\ncause: a full disk\n\nx')
    expect(text.updates[0]?.plain).toBe('cause: a full disk\nx')
    expect(problems).toEqual([])
  })

  it('keep what is right of a line that is partly wrong', () => {
    const { incident, problems } = small('## 15:00 UTC\naffected: api=degraded, nope=degraded, web=up\n\nx')
    expect(incident?.updates[0]?.affected).toEqual({ api: 'degraded' })
    expect(problems).toHaveLength(2)
  })
})

describe('affected', () => {
  it.each(Object.entries(severities))('as a list takes its impact from %s', (severity, { implies }) => {
    const { incident } = small('', `severity: ${severity}\naffected: [api, web]\n`)
    expect(incident?.affected).toEqual({ api: implies, web: implies })
  })

  it.each([
    ['{ api: major_outage }', 'critical'],
    ['{ api: degraded, web: partial_outage }', 'major'],
    ['{ api: degraded }', 'minor'],
    ['[api]', 'minor'],
  ])('%s without a severity is %s', (affected, severity) => {
    expect(small('', `affected: ${affected}\n`).incident?.severity).toBe(severity)
  })
})

describe('what the front matter and the updates say', () => {
  it.each([
    ['nothing', '', '', 'investigating', undefined],
    ['a status and no update', 'status: monitoring\n', '', 'monitoring', undefined],
    ['a resolution and no update', 'resolved: 2025-11-06T15:00:00Z\n', '', 'resolved', '15:00'],
    ['an update alone', '', '## 15:10 UTC resolved\nx', 'resolved', '15:10'],
    [
      'a resolution a little before its update',
      'resolved: 2025-11-06T15:00:00Z\n',
      '## 15:10 UTC resolved\nx',
      'resolved',
      '15:00',
    ],
    [
      'a plain update after the resolution',
      '',
      '## 15:30 UTC update\nx\n\n## 15:00 UTC resolved\nx',
      'resolved',
      '15:00',
    ],
    [
      'a new outbreak',
      '',
      '## 15:30 UTC investigating\nx\n\n## 15:00 UTC resolved\nx',
      'investigating',
      undefined,
    ],
  ])('%s', (_, front, body, phase, resolved) => {
    const { incident, problems } = small(body, front)
    expect(incident?.phase).toBe(phase)
    expect(incident?.resolvedAt === undefined ? undefined : iso(incident.resolvedAt).slice(11, 16)).toBe(
      resolved,
    )
    expect(problems).toEqual([])
  })

  it.each([
    [
      'status: identified\n',
      '## 15:00 UTC resolved\nx',
      5,
      /^"status" says identified, the newest update says resolved/,
    ],
    [
      'resolved: 2025-11-06T15:00:00Z\n',
      '## 15:00 UTC monitoring\nx',
      4,
      /^"resolved" stands here, but the incident is monitoring/,
    ],
    ['resolved: 2025-11-06T15:00:00Z\n', '## 16:00 UTC resolved\nx', 4, /time differ: 2025-11-06T16:00:00Z/],
    ['resolved: 2025-11-06T14:00:00Z\n', '', 4, /^it ends \(2025-11-06T14:00:00Z\) before it starts/],
    [
      '',
      '## 2025-11-05 14:00 UTC resolved\nx',
      3,
      /^it is resolved \(2025-11-05T14:00:00Z\) before it starts/,
    ],
  ])('a contradiction is reported: %j %j', (front, body, _line, message) => {
    const { incident, problems } = small(body, front)
    expect(problems).toEqual([expect.objectContaining({ message: expect.stringMatching(message) as string })])
    if (incident?.resolvedAt !== undefined)
      expect(incident.resolvedAt).toBeGreaterThanOrEqual(incident.startedAt)
  })
})

describe('without a start', () => {
  const front = '---\ntitle: x\nseverity: minor\n---\n\n'
  it.each([
    [
      'the oldest update that has a date',
      '## 2025-11-07 10:00 UTC\nx\n\n## 2025-11-07 09:00 UTC\nx',
      '2025-11-06-x',
      '2025-11-07T09:00:00Z',
    ],
    ['the file name', '## 09:00 UTC\nx', '2025-11-06-x', '2025-11-06T00:00:00Z'],
    ['the other form of file name', '', '20251106_x', '2025-11-06T00:00:00Z'],
  ])('it is taken from %s', (_, body, name, started) => {
    const { incident, problems } = read(`${front}${body}\n`, name)
    expect(incident && iso(incident.startedAt)).toBe(started)
    expect(problems).toMatchObject([{ level: 'warning', line: 2, fix: `started: ${started}\ntitle: x` }])
  })

  it('anywhere, it is listed as unread, with its title', () => {
    const { incident, unread } = read(front, 'x')
    expect(incident).toBeUndefined()
    expect(unread).toEqual({ id: 'x', file: 'incidents/x.md', title: 'x' })
  })
})

describe('the file name', () => {
  const good = '---\ntitle: x\nstarted: 2025-11-06T14:30:00Z\n---\n'
  it.each(['2025-11-06-api', '20251106_api', '2025-11-06', '2025-11-06-API.v2_x'])('may be %s', (name) => {
    expect(read(good, name).problems).toEqual([])
  })

  it.each([
    ['api', /does not begin with a date/],
    ['2025-02-30-api', /does not begin with a date that exists/],
    ['0205-02-20-api', /does not begin with a date that exists/],
    ['../x', /does not begin with a date/],
    [`2025-11-06-${'x'.repeat(200)}`, /becomes an address/],
  ])('is better not %s', (name, message) => {
    const { incident, problems } = read(good, name)
    expect(problems).toEqual([
      expect.objectContaining({ level: 'warning', message: expect.stringMatching(message) as string }),
    ])
    expect(incident?.readFully).toBe(true)
  })

  it.each([
    ['2025-11-06 api', '2025-11-06-api'],
    ['2025-11-06-größe', '2025-11-06-gr-e'],
    ['2025-11-06-API?.', '2025-11-06-API'],
    ['2025-11-06_100%', '2025-11-06_100'],
    ['.2025-11-06-x', '2025-11-06-x'],
    ['-_2025-11-06--x', '2025-11-06--x'],
    ['..', 'unnamed'],
    ['\u65e5\u672c', 'unnamed'],
  ])('%j cannot be an address, so the page is at %s', (name, id) => {
    const { incident, problems } = read(good, name)
    expect(problems).toEqual([
      expect.objectContaining({
        level: 'error',
        message: expect.stringMatching(/becomes an address/) as string,
        found: `${name}.md`,
      }),
    ])
    expect(problems[0]?.message).toContain(`rename it to ${id}.md`)
    expect(incident).toMatchObject({ id, readFully: false })
  })
})

it('hostile keys change nothing but their own file', () => {
  const { incident, problems } = read(
    '---\ntitle: x\nstarted: 2025-11-06T14:30:00Z\n__proto__: { polluted: true }\nconstructor: { prototype: { polluted: true } }\naffected: { __proto__: degraded, constructor: degraded, toString: degraded, api: degraded }\n---\n\n## 15:00 UTC\naffected: __proto__=degraded, constructor=degraded, api=degraded\n__proto__: 1\nconstructor: 1\n\nx\n',
  )
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  expect(Object.getPrototypeOf(incident?.affected)).toBe(Object.prototype)
  expect(Object.entries(incident?.affected ?? {})).toEqual([['api', 'degraded']])
  expect(Object.entries(incident?.updates[0]?.affected ?? {})).toEqual([['api', 'degraded']])
  expect(problems.every(({ level }) => level === 'error')).toBe(true)
})

it('link definitions may stand anywhere', () => {
  const { text } = small(
    '## 15:00 UTC\n\nSee [the graph][g].\n\n## Root cause\n\n[g]: https://example.com/graph',
  )
  expect(text.updates[0]?.html).toContain('href="https://example.com/graph"')
})
