import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NewUpdate } from '../model/draft.ts'
import { incidentPhases, maintenancePhases, type UpdatePhase } from '../model/status.ts'
import { parseInstant, MINUTE, SECOND } from '../model/time.ts'
import { readIncident } from './read-incident.ts'
import { readMaintenance } from './read-maintenance.ts'
import { writeIncident, writeMaintenance } from './write-incident.ts'

const started = parseInstant('2030-05-01T10:00:00Z') ?? 0
const components = new Set(['api'])

describe('an incident that is written is read back', () => {
  it('with a plain update, whatever its first words are', () => {
    const updates = [
      update(0, 'investigating'),
      update(1, 'update', 'We have identified it and it is resolved.'),
    ]
    expect(phasesAndTimes(updates)).toEqual([
      ['update', started + MINUTE],
      ['investigating', started],
    ])
  })

  it('with the updates of one minute in their order', () => {
    const updates = [
      update(0, 'investigating', 'first'),
      update(0, 'identified', 'second'),
      update(0, 'resolved', 'third'),
    ]
    const { text, incident } = read(updates)
    expect(text.updates.map(({ plain }) => plain)).toEqual(['third', 'second', 'first'])
    expect(incident?.phase).toBe('resolved')
  })

  it('with every phase, at every second', { timeout: 60_000 }, () => {
    const phases = [
      'update',
      ...Object.keys(incidentPhases),
      ...Object.keys(maintenancePhases),
    ] as UpdatePhase[]
    const some = fc.array(
      fc.record({
        at: fc.integer({ min: 0, max: 400 }).map((seconds) => started + seconds * 20 * SECOND),
        phase: fc.constantFrom(...phases),
        text: fc.constantFrom('We are investigating.', 'Resolved.', ''),
      }),
      { minLength: 1, maxLength: 8 },
    )
    fc.assert(
      fc.property(some, (updates) => {
        const newestFirst = updates
          .map((one, index) => ({ ...one, index }))
          .sort((a, b) => b.at - a.at || b.index - a.index)
        expect(phasesAndTimes(updates)).toEqual(newestFirst.map(({ phase, at }) => [phase, at]))
      }),
    )
  })
})

describe('the text of an update cannot reach beyond it', () => {
  it.each([
    ['a fence that nobody closes', '```\ncode'],
    ['a fence of tildes that nobody closes', 'words\n~~~~ js\ncode'],
    ['a comment that nobody closes', '<!-- hidden'],
    ['a script that nobody closes', 'words\n\n<script>\nalert(1)'],
    ['a declaration that nobody closes', '<![CDATA[ x'],
    ['a heading with a time', '## 2030-05-01 10:30 UTC resolved'],
    ['a heading behind a lone carriage return', 'words\r## 2030-05-01 10:30 UTC resolved'],
    ['an underlined heading', '2030-05-01 10:30 UTC resolved\n---'],
    ['facts', 'affected: api=major_outage\nautomated: true'],
    ['front matter', '---\nseverity: critical\n---'],
    ['words that look like a fence', '``` is how `code` starts'],
  ])('%s', (_, text) => {
    const {
      incident,
      text: words,
      problems,
    } = read([update(0, 'investigating', 'before'), update(1, 'update', text), update(2, 'update', 'after')])
    expect(problems).toEqual([])
    expect(incident).toMatchObject({ severity: 'major', phase: 'investigating' })
    expect(incident?.updates.map(({ phase }) => phase)).toEqual(['update', 'update', 'investigating'])
    expect(incident?.updates[1]).not.toHaveProperty('affected')
    expect(words.updates.map(({ plain }) => plain)).toEqual(['after', expect.anything(), 'before'])
  })

  it('code that is closed stays code', () => {
    const { text } = read([update(0, 'investigating', '```\nrestart\n```')])
    expect(text.updates[0]?.html).toBe('<pre><code>restart\n</code></pre>')
  })

  it('facts below a line that only looks like a fence are read', () => {
    const updates = [update(0, 'investigating', 'before'), { ...update(1, 'update', 'x'), automated: true }]
    const source = writeIncident(head, [...updates, update(2, 'update', '```inline``` code')])
    const { incident } = readIncident(source, 'incidents/2030-05-01-x.md', '', components)
    expect(incident?.updates[1]?.automated).toBe(true)
  })
})

it('planned work that is written is read back', () => {
  const source = writeMaintenance(
    {
      title: 'Moving: the "database"',
      affected: { api: 'under_maintenance' },
      startsAt: started,
      endsAt: started + 90 * MINUTE,
      cancelled: true,
      labels: ['database'],
      source: 'https://status.forge.test/maintenance/1',
    },
    [update(-60, 'scheduled', 'Soon.'), update(0, 'in_progress', 'Now.')],
  )
  const { maintenance, problems, text } = readMaintenance(
    source,
    'maintenance/2030-05-01-x.md',
    '',
    components,
  )
  expect(problems).toEqual([])
  expect(maintenance).toMatchObject({
    title: 'Moving: the "database"',
    affected: { api: 'under_maintenance' },
    startsAt: started,
    endsAt: started + 90 * MINUTE,
    cancelled: true,
    labels: ['database'],
    source: 'https://status.forge.test/maintenance/1',
  })
  expect(maintenance?.updates.map(({ phase, at }) => [phase, at])).toEqual([
    ['in_progress', started],
    ['scheduled', started - 60 * MINUTE],
  ])
  expect(text.updates.map(({ plain }) => plain)).toEqual(['Now.', 'Soon.'])
})

const head = { title: 'X', severity: 'major' as const, affected: {}, startedAt: started }

function read(updates: NewUpdate[]) {
  return readIncident(writeIncident(head, updates), 'incidents/2030-05-01-x.md', '', components)
}

function phasesAndTimes(updates: NewUpdate[]) {
  return read(updates).incident?.updates.map(({ phase, at }) => [phase, at])
}

function update(minutes: number, phase: UpdatePhase, text = 'Words.'): NewUpdate {
  return { at: started + minutes * MINUTE, phase, text }
}
