import { describe, expect, it } from 'vitest'
import { parseInstant } from '../model/time.ts'
import { importGithubStatuses } from './github-statuses.ts'
import { reportLines } from './report.ts'

const at = (text: string) => parseInstant(text)

describe('an entry becomes an incident', () => {
  it('with its title, times, link and every update in its order', () => {
    const { incidents, components, report } = importGithubStatuses(line({}))
    expect(incidents).toEqual([
      {
        id: '2030-05-01-builds-are-stuck-a1b2c3',
        head: {
          title: 'Builds are stuck',
          severity: 'major',
          affected: { 'build-queue': 'partial_outage' },
          startedAt: at('2030-05-01T10:00:00Z'),
          source: 'https://status.forge.test/incidents/a1b2c3',
        },
        updates: [
          { at: at('2030-05-01T10:00:00Z'), phase: 'investigating', text: 'Builds wait.' },
          { at: at('2030-05-01T10:00:00Z'), phase: 'update', text: 'We are looking.' },
          { at: at('2030-05-01T11:30:00Z'), phase: 'resolved', text: 'Builds run.' },
        ],
      },
    ])
    expect(components).toEqual([{ id: 'build-queue', name: 'Build Queue' }])
    expect(report.guessed.map(({ what }) => what)).toEqual([
      'name and address of the page, from the links: give --name and --site-url',
    ])
    expect(report.addsUp).toBe(true)
  })

  it.each([
    ['Investigating', 'investigating'],
    ['Identified', 'identified'],
    ['Monitoring', 'monitoring'],
    ['Resolved', 'resolved'],
    ['Update', 'update'],
    ['Scheduled', 'scheduled'],
    ['In progress', 'in_progress'],
    ['in_progress', 'in_progress'],
    ['Verifying', 'verifying'],
    ['Completed', 'completed'],
    ['Canceled', 'cancelled'],
    ['toString', 'update'],
    ['Postmortem', 'update'],
  ])('the word %s means %s', (status, phase) => {
    const { incidents } = importGithubStatuses(line({ updates: [update('10:00', status)] }))
    expect(incidents[0]?.updates[0]?.phase).toBe(phase)
  })

  it('an unknown phase is a plain update and is counted', () => {
    const { report } = importGithubStatuses(line({ updates: [update('10:00', 'Postmortem'), resolved] }))
    expect(report.guessed).toContainEqual({
      what: 'phase: "Postmortem" is no known phase, a plain update',
      times: 1,
      examples: ['a1b2c3'],
    })
  })

  it.each([
    ['none', 'minor', 'operational', 1],
    ['minor', 'minor', 'degraded', 0],
    ['major', 'major', 'partial_outage', 0],
    ['critical', 'critical', 'major_outage', 0],
    ['dreadful', 'minor', 'degraded', 1],
    ['constructor', 'minor', 'degraded', 1],
    [undefined, 'minor', 'degraded', 1],
  ])('the impact %s is %s, and its components are %s', (impact, severity, status, guesses) => {
    const { incidents, report } = importGithubStatuses(line({ impact }))
    expect(incidents[0]?.head).toMatchObject({ severity, affected: { 'build-queue': status } })
    expect(report.guessed.filter(({ what }) => what.startsWith('severity'))).toHaveLength(guesses)
  })
})

describe('planned work', () => {
  const planned = [
    update('08:00', 'Scheduled', 'Planned for 10:00 to 12:00.'),
    update('10:05', 'In progress'),
    update('11:50', 'Completed'),
  ]

  it.each([
    ['by its impact', { impact: 'maintenance' }],
    ['by its phases, when no impact is recorded', { impact: undefined }],
  ])('is known %s, and takes the window that was posted', (_, fields) => {
    const { maintenance, incidents } = importGithubStatuses(line({ ...fields, updates: planned }))
    expect(incidents).toEqual([])
    expect(maintenance[0]?.head).toEqual({
      title: 'Builds are stuck',
      affected: { 'build-queue': 'under_maintenance' },
      startsAt: at('2030-05-01T10:05:00Z'),
      endsAt: at('2030-05-01T11:50:00Z'),
      source: 'https://status.forge.test/incidents/a1b2c3',
    })
    expect(maintenance[0]?.updates).toHaveLength(3)
  })

  it('that was cancelled says so', () => {
    const updates = [update('08:00', 'Scheduled'), update('09:00', 'Canceled')]
    const { maintenance } = importGithubStatuses(line({ impact: 'maintenance', updates }))
    expect(maintenance[0]?.head).toMatchObject({ cancelled: true, endsAt: at('2030-05-01T09:00:00Z') })
  })
})

describe('components', () => {
  it('with the same name in other letters are one, and other names with the same id are two', () => {
    const components = ['Build Queue', ' build  queue', 'Build-Queue', '日本', '']
    expect(importGithubStatuses(line({ components })).components).toEqual([
      { id: 'build-queue', name: 'Build Queue' },
      { id: 'build-queue-2', name: 'Build-Queue' },
      { id: 'component', name: '日本' },
    ])
  })

  it.each([
    [
      'Trouble with Build Queue',
      { 'build-queue': 'degraded' },
      'components: none were recorded, taken from the title',
    ],
    [
      'Issues with billing',
      {},
      'components: none were recorded and the title names none, nothing is affected',
    ],
    ['Rebuild Queues', {}, 'components: none were recorded and the title names none, nothing is affected'],
  ])('are taken from the title %s where none are recorded', (title, affected, what) => {
    const input = `${line({ components: ['Build Queue', 'Issues'] })}${line({ title, impact: 'minor', components: [] })}`
    const { incidents, report } = importGithubStatuses(input)
    expect(incidents[1]?.head.affected).toEqual(affected)
    expect(report.guessed).toContainEqual({ what, times: 1, examples: ['a1b2c3'] })
  })

  it('that the record itself guessed are counted', () => {
    const { report } = importGithubStatuses(line({ components_source: 'a-model' }))
    expect(report.guessed[0]?.what).toBe('components: the record itself marks them as guessed (a-model)')
  })
})

describe('missing and impossible times', () => {
  it.each([
    ['a missing start is the first update', { started_at: undefined }, '2030-05-01T10:00:00Z'],
    ['a start that cannot be read is the first update', { started_at: 'noon' }, '2030-05-01T10:00:00Z'],
    [
      'a start after the end is the first update',
      { started_at: '2030-05-01T20:00:00Z' },
      '2030-05-01T10:00:00Z',
    ],
    ['a start without an offset is UTC', { started_at: '2030-05-01T09:00:00' }, '2030-05-01T09:00:00Z'],
    ['an offset is heeded', { started_at: '2030-05-01T09:00:00+02:00' }, '2030-05-01T07:00:00Z'],
    [
      'without updates it is the day of publication',
      { started_at: null, resolved_at: null, updates: [] },
      '2030-05-01T11:31:00Z',
    ],
  ])('%s', (_, fields, start) => {
    const { incidents, report } = importGithubStatuses(line(fields))
    expect(incidents[0]?.head.startedAt).toBe(at(start))
    expect(report.addsUp).toBe(true)
  })

  it('an update without a time keeps its place behind the one before it', () => {
    const updates = [update('10:00', 'Investigating', 'a'), { status: 'Update', message: 'b' }, resolved]
    const { incidents, report } = importGithubStatuses(line({ updates }))
    expect(incidents[0]?.updates.map(({ at, text }) => [at, text])).toEqual([
      [at('2030-05-01T10:00:00Z'), 'a'],
      [at('2030-05-01T10:00:00Z'), 'b'],
      [at('2030-05-01T11:30:00Z'), 'Builds run.'],
    ])
    expect(report.guessed.map(({ what }) => what)).toContain(
      'time of an update: none was recorded, taken from the update before it',
    )
  })
})

describe('an end that nobody posted', () => {
  it.each([
    ['Monitoring', '2030-05-01T11:30:00Z'],
    ['Update', '2030-05-01T11:30:00Z'],
  ])('is added behind %s at the recorded end', (status, end) => {
    const { incidents, report } = importGithubStatuses(line({ updates: [update('10:00', status)] }))
    expect(incidents[0]?.updates.at(-1)).toEqual({
      at: at(end),
      phase: 'resolved',
      text: 'Recorded as resolved, without a message.',
    })
    expect(report.out).toMatchObject({ updates: 2, addedUpdates: 1 })
    expect(report.addsUp).toBe(true)
  })

  it('is left open where no end is recorded either', () => {
    const fields = { resolved_at: null, updates: [update('10:00', 'Monitoring')] }
    const { incidents, report } = importGithubStatuses(line(fields))
    expect(incidents[0]?.updates).toHaveLength(1)
    expect(report.guessed.map(({ what }) => what)).toContain(
      'end: neither an end nor a "resolved" update was recorded, left open',
    )
  })

  it('an update after the end reopens nothing, another phase does', () => {
    const after = (status: string) =>
      importGithubStatuses(line({ updates: [resolved, update('12:00', status)] })).report.out
    expect(after('Update').addedUpdates).toBe(0)
    expect(after('Investigating').addedUpdates).toBe(1)
  })
})

describe('lines that cannot be read', () => {
  it.each([
    ['{"title": "x"', /^not JSON: /],
    ['[]', /^the line: .*expected object/],
    ['null', /^the line: /],
    ['{"title": "x"}', /^"updates": .*expected array/],
    [
      line({ updates: [{ at: null, status: 'Update', message: 7 }] }).trim(),
      /^"updates\.0\.message": .*expected string/,
    ],
    [
      line({ started_at: null, published_at: null, resolved_at: null, updates: [] }).trim(),
      /^no time in it can be read/,
    ],
    [line({}).trim(), /^the same entry as line 1$/],
  ])('%s is reported, and all others are imported', (bad, reason) => {
    const { incidents, report } = importGithubStatuses(`${line({})}\n${bad}\n${line({ title: 'Another' })}`)
    expect(incidents).toHaveLength(2)
    expect(report.problems).toEqual([{ line: 3, reason: expect.stringMatching(reason) }])
    expect(report.in).toMatchObject({ lines: 4, blank: 1, entries: 3 })
    expect(report.addsUp).toBe(true)
    expect(reportLines(report).join('\n')).toContain('3 entries = 2 files + 1 unreadable')
  })

  it('two entries with one address get two files', () => {
    const { incidents } = importGithubStatuses(line({}) + line({ impact: 'minor' }))
    expect(incidents.map(({ id }) => id)).toEqual([
      '2030-05-01-builds-are-stuck-a1b2c3',
      '2030-05-01-builds-are-stuck-a1b2c3-2',
    ])
  })

  it.each([
    ['Windows line ends', (input: string) => input.replaceAll('\n', '\r\n')],
    ['a byte order mark', (input: string) => `\uFEFF${input}`],
    ['no line end at the end', (input: string) => input.trimEnd()],
  ])('%s change nothing', (_, change) => {
    const input = line({}) + line({ title: 'Another' })
    expect(importGithubStatuses(change(input))).toEqual(importGithubStatuses(input))
  })

  it('an empty file is an empty world', () => {
    const { incidents, report } = importGithubStatuses('')
    expect(incidents).toEqual([])
    expect(report).toMatchObject({ in: { lines: 0, entries: 0 }, addsUp: true })
  })
})

describe('hostile entries', () => {
  it.each([
    ['../../../etc/passwd', '2030-05-01-etc-passwd-a1b2c3'],
    [
      '<b>Bold</b> &amp; "quoted": #1\n---\nseverity: critical',
      '2030-05-01-bold-quoted-1-severity-critical-a1b2c3',
    ],
    ['日本語', '2030-05-01-a1b2c3'],
    ['', '2030-05-01-untitled-a1b2c3-a1b2c3'],
    ['Ünïcode ﬁne', '2030-05-01-unicode-fine-a1b2c3'],
  ])('the title %j makes the address %s', (title, id) => {
    expect(importGithubStatuses(line({ title })).incidents[0]?.id).toBe(id)
  })

  it('an endless title is cut, and stands whole in the report', () => {
    const title = 'word '.repeat(100).trim()
    const { incidents, report } = importGithubStatuses(line({ title }))
    expect(incidents[0]?.head.title).toHaveLength(300)
    expect(incidents[0]?.id.length).toBeLessThan(100)
    expect(report.guessed[0]).toEqual({ what: 'title: cut at 300 characters', times: 1, examples: [title] })
  })

  it.each(['javascript:alert(1)', 'not an address', undefined])('the link %s is not taken', (url) => {
    const { incidents, report } = importGithubStatuses(line({ url, id: '77' }))
    expect(incidents[0]?.head.source).toBeUndefined()
    expect(incidents[0]?.id).toBe('2030-05-01-builds-are-stuck-77')
    expect(report.guessed.map(({ what }) => what)).toContain(
      'no link to the original: the entry has no address',
    )
  })

  it('control characters do not reach the terminal', () => {
    const { report } = importGithubStatuses(line({ updates: [update('10:00', '\u001B[2J'), resolved] }))
    // A line of its own per report line, and nothing else that moves the cursor.
    expect(reportLines(report).join('')).not.toMatch(/\p{Cc}/u)
  })

  it('fields that are not imported are named', () => {
    const fields = {
      weather: 'sunny',
      downtime_start: '2030-05-01T10:00:00Z',
      downtime_end: '2030-05-01T11:00:00Z',
    }
    expect(importGithubStatuses(line(fields)).report.leftOut).toEqual([
      { what: 'weather', times: 1, examples: ['a1b2c3'] },
      { what: 'downtime_end', times: 1, examples: ['a1b2c3'] },
    ])
  })
})

function update(clock: string, status: string, message = 'Words.') {
  return { at: `2030-05-01T${clock}:00Z`, status, message }
}

const resolved = update('11:30', 'Resolved', 'Builds run.')

/** One line of the file, with its line end. */
function line(fields: Record<string, unknown>): string {
  const entry = {
    id: '900',
    title: 'Builds are stuck',
    url: 'https://status.forge.test/incidents/a1b2c3',
    published_at: '2030-05-01T11:31:00Z',
    started_at: '2030-05-01T10:00:00Z',
    resolved_at: '2030-05-01T11:30:00Z',
    impact: 'major',
    components: ['Build Queue'],
    updates: [
      update('10:00', 'Investigating', 'Builds wait.'),
      update('10:00', 'Update', 'We are looking.'),
      resolved,
    ],
    ...fields,
  }
  return `${JSON.stringify(entry)}\n`
}
