import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NewUpdate } from '../model/draft.ts'
import type { ProposedIncident } from '../model/proposal.ts'
import { incidentPhaseNames } from '../model/status.ts'
import { MINUTE, parseInstant } from '../model/time.ts'
import { readIncident } from './read-incident.ts'
import { addUpdate, reviseIncident, writeIncident } from './write-incident.ts'

const at = (time: string) => parseInstant(`2026-11-21T${time}Z`) ?? NaN
const components = new Set(['api', 'web'])
const read = (source: string) => readIncident(source, 'incidents/2026-11-21-x.md', '', components)
const update = (time: string, phase: NewUpdate['phase'], text = 'New words.'): NewUpdate => ({
  at: at(time),
  phase,
  text,
})
const phasesOf = (source: string) => read(source).incident?.updates.map(({ phase }) => phase)

const down = `---
title: API slow # for some
status: identified
started: 2026-11-21T03:11:00Z
---

## 03:40 UTC identified

We know.

## 03:16 UTC investigating

We look.

## Root cause

A disk.
`
const up = `---
title: API slow
started: 2026-11-21T03:11:00Z
---

## 03:16 UTC investigating

We look.

## 03:40 UTC identified

\`\`\`
# a comment
## 03:45 UTC resolved
\`\`\`

## Root cause

A disk.
`

describe('an update is added', () => {
  it('above the newest, where the file runs newest first', () => {
    expect(addUpdate(down, update('03:50:00', 'monitoring'))).toBe(
      down
        .replace('status: identified', 'status: monitoring')
        .replace('## 03:40', '## 2026-11-21 03:50 UTC monitoring\n\nNew words.\n\n## 03:40'),
    )
  })

  it('below the newest and above the sections, where it runs oldest first', () => {
    expect(addUpdate(up, update('03:50:00', 'monitoring'))).toBe(
      up.replace('## Root', '## 2026-11-21 03:50 UTC monitoring\n\nNew words.\n\n## Root'),
    )
  })

  it('at its place in time, where it is not the newest, and leaves the status alone', () => {
    expect(addUpdate(down, update('03:30:00', 'monitoring'))).toBe(
      down.replace('## 03:16', '## 2026-11-21 03:30 UTC monitoring\n\nNew words.\n\n## 03:16'),
    )
    expect(addUpdate(up, update('03:30:00', 'monitoring'))).toBe(
      up.replace('## 03:40', '## 2026-11-21 03:30 UTC monitoring\n\nNew words.\n\n## 03:40'),
    )
  })

  it.each([
    ['no update yet', '---\ntitle: x\nstarted: 2026-11-21T03:11:00Z\n---\n\nWords.\n'],
    ['no update but a section', '---\ntitle: x\nstarted: 2026-11-21T03:11:00Z\n---\n\n## Impact\n\nMuch.\n'],
    ['nothing behind its front matter', '---\ntitle: x\nstarted: 2026-11-21T03:11:00Z\n---'],
    ['no line end', down.trimEnd()],
    ['many line ends', `${up}\n\n\n`],
    ['the line ends of Windows', down.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\uFEFF${down}`],
    ['both kinds of line ends', down.replace('We know.\n', 'We know.\r\n')],
    ['no front matter', '## 2026-11-21 03:16 UTC\n\nWords.\n'],
    [
      'an underlined heading',
      '---\ntitle: x\nstarted: 2026-11-21T03:11:00Z\n---\n\n03:16 UTC\n---\n\nWords.\n',
    ],
  ])('to a file with %s, whose other bytes stay', (_, source) => {
    const added = addUpdate(source, update('04:00:00', 'update'))
    expect(read(added).incident?.updates[0]).toMatchObject({ at: at('04:00:00') })
    expect(read(added).incident?.updates.slice(1)).toEqual(read(source).incident?.updates ?? [])
    expect(isInsertion(source, added)).toBe(true)
  })

  it('and what it resolves is resolved', () => {
    const source = down.replace(
      'status: identified',
      'status: identified  # so far\nresolved: 2026-11-21T03:00:00Z # no',
    )
    const added = addUpdate(source, update('04:00:00', 'resolved'))
    expect(added).toContain('\nstatus: resolved  # so far\nresolved: 2026-11-21T04:00:00Z # no\n')
    expect(read(added).problems).toEqual([])
  })

  it('and what breaks out again is no longer resolved', () => {
    const source = down
      .replace('status: identified', 'status: resolved\nresolved: 2026-11-21T03:40:00Z')
      .replace('03:40 UTC identified', '03:40 UTC resolved')
    const added = addUpdate(source, update('05:00:00', 'investigating'))
    expect(added).toContain('title: API slow # for some\nstatus: investigating\nstarted:')
    expect(read(added)).toMatchObject({ problems: [], incident: { phase: 'investigating' } })
  })

  it('to any file, and every other byte stays', { timeout: 60_000 }, () => {
    const lines = [
      'Words.',
      '',
      '- item',
      '```',
      '# Title',
      '## Root cause',
      '## 03:20 UTC',
      '## 03:40 UTC identified',
      '## 2026-11-21 03:30 UTC',
      '> quote',
      'eta: 04:00 UTC',
      '| a |',
      '<div>',
      '    code',
      '---',
      '===',
    ]
    const source = fc
      .tuple(
        fc.array(fc.constantFrom(...lines), { maxLength: 14 }),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.boolean(),
      )
      .map(([body, newline, front]) =>
        [...(front ? ['---', 'title: x', 'started: 2026-11-21T03:11:00Z', '---', ''] : []), ...body].join(
          newline,
        ),
      )
    fc.assert(
      fc.property(source, fc.integer({ min: -30, max: 90 }), (text, minutes) => {
        const added = addUpdate(text, {
          at: at('03:11:00') + minutes * MINUTE,
          phase: 'update',
          text: 'New words.',
        })
        expect(isInsertion(text, added)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})

describe('whatever the words of an update are', () => {
  const pieces = [
    '# x',
    '## 04:00 UTC resolved',
    '---',
    '===',
    '```',
    '~~~',
    '<!--',
    '-->',
    '<script>',
    '<div>',
    '<?x',
    '<!X',
    '<![CDATA[',
    '[a]: https://x.example',
    '> ',
    '- ',
    '1. ',
    '    ',
    '\t',
    ' ',
    '\n',
    '\n\n',
    '\r',
    '\r\n',
    'affected: api=major_outage',
    'automated: true',
    'status: resolved',
    'title: y',
    '\\',
    '`',
    '|',
    '|-|',
    '&#35;',
    '\u2028',
    '\0',
    'x',
  ]
  const words = fc
    .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 4 })), { maxLength: 16 })
    .map((some) => some.join(''))

  it('they open no block, fact or front matter, and take in nothing below them', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(words, fc.boolean(), (text, later) => {
        const before = read(down)
        const source = addUpdate(down, { at: at(later ? '04:00:00' : '03:30:00'), phase: 'update', text })
        const { incident, text: read_, problems } = read(source)
        expect(incident?.updates).toHaveLength(3)
        expect(
          incident?.updates.filter(({ at: moment }) => moment !== at(later ? '04:00:00' : '03:30:00')),
        ).toEqual(before.incident?.updates)
        expect({ ...incident, updates: [], readFully: true }).toEqual({ ...before.incident, updates: [] })
        expect(read_.sections).toEqual(before.text.sections)
        expect(read_.updates.filter((_, index) => index !== (later ? 0 : 1))).toEqual(before.text.updates)
        expect(problems.filter(({ message }) => !message.includes('control character'))).toEqual([])
      }),
      { numRuns: 800 },
    )
  })

  it('a title is only a title', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(words, (text) => {
        const title =
          text.replaceAll(/[\0-\u001f\u007f\r\u2028\ud800-\udfff\uFFFE\uFFFF]/g, ' ').trim() || 'x'
        const source = writeIncident(
          { title, severity: 'major', affected: { api: 'degraded' }, startedAt: at('03:11:00') },
          [update('03:16:00', 'investigating')],
        )
        expect(read(source)).toMatchObject({
          problems: [],
          incident: { title, severity: 'major', affected: { api: 'degraded' } },
        })
      }),
      { numRuns: 300 },
    )
  })
})

it('what is written is read back, fact by fact', () => {
  const head = {
    title: 'API: "slow"',
    severity: 'critical' as const,
    affected: { api: 'major_outage' as const },
    startedAt: at('03:11:07'),
    detectedAt: at('03:12:00'),
    labels: ['a'],
    source: 'https://x.example/1',
  }
  const updates: NewUpdate[] = incidentPhaseNames.map((phase, index) => ({
    at: at('03:11:07') + index * MINUTE,
    phase,
    affected: { web: 'degraded' },
    nextUpdateBy: at('06:00:00'),
    automated: true,
    text: `Words of **${phase}**.`,
  }))
  const { incident, problems, text } = read(writeIncident(head, updates))
  expect(problems).toEqual([])
  expect(incident).toMatchObject({
    title: head.title,
    severity: 'critical',
    affected: head.affected,
    startedAt: head.startedAt,
    detectedAt: head.detectedAt,
    labels: ['a'],
    source: head.source,
  })
  expect(incident?.updates.toReversed()).toEqual(
    updates.map(({ at: moment, phase, affected, nextUpdateBy, automated }) => ({
      id: expect.any(String) as string,
      ...{ at: moment, phase, affected, nextUpdateBy, automated },
    })),
  )
  expect(text.updates.map(({ plain }) => plain)).toEqual(
    incidentPhaseNames.toReversed().map((phase) => `Words of ${phase}.`),
  )
})

describe('revising an incident', () => {
  const proposed: ProposedIncident = {
    id: '2026-11-21-api-0311',
    title: 'API is down',
    severity: 'major',
    affected: { api: 'major_outage' },
    startedAt: at('03:11:00'),
    detectedAt: at('03:12:00'),
    updates: [
      {
        at: at('03:12:00'),
        phase: 'investigating',
        affected: { api: 'major_outage' },
        text: 'It does not answer.',
      },
      { at: at('03:40:00'), phase: 'resolved', affected: { api: 'operational' }, text: 'It answers again.' },
    ],
  }
  const began = { ...proposed, updates: proposed.updates.slice(0, 1) }

  it('writes the file when there is none, and changes nothing the second time', () => {
    const first = reviseIncident(undefined, began) ?? ''
    expect(read(first)).toMatchObject({
      problems: [],
      incident: { title: 'API is down', phase: 'investigating' },
    })
    expect(reviseIncident(first, began)).toBeUndefined()
    const second = reviseIncident(first, proposed) ?? ''
    expect(phasesOf(second)).toEqual(['resolved', 'investigating'])
    expect(reviseIncident(second, proposed)).toBeUndefined()
    expect(reviseIncident(second, began)).toBeUndefined()
  })

  it('keeps what people changed', () => {
    const edited = (reviseIncident(undefined, began) ?? '')
      .replace('title: API is down', 'title: Nobody can log in # told by support')
      .replace('It does not answer.', 'We are on it, and sorry.')
      .replace('automated: true\n', '')
    const revised = reviseIncident(edited, proposed) ?? ''
    expect(isInsertion(edited, revised)).toBe(true)
    expect(read(revised).incident?.title).toBe('Nobody can log in')
    expect(read(revised).incident?.updates.map(({ automated }) => automated)).toEqual([true, false])
    expect(reviseIncident(revised, proposed)).toBeUndefined()
  })

  it('does not unsay what people said since', () => {
    const closed = addUpdate(
      reviseIncident(undefined, began) ?? '',
      update('04:00:00', 'resolved', 'All is well.'),
    )
    const late = {
      ...proposed,
      updates: [
        ...began.updates,
        { at: at('03:40:00'), phase: 'monitoring' as const, affected: {}, text: 'It answers.' },
      ],
    }
    const revised = reviseIncident(closed, late) ?? ''
    expect(phasesOf(revised)).toEqual(['resolved', 'monitoring', 'investigating'])
    expect(read(revised)).toMatchObject({ problems: [], incident: { phase: 'resolved' } })
  })
})

/** Whether one text is the other with something put in at one place. */
function isInsertion(before: string, after: string): boolean {
  let start = 0
  while (start < before.length && before[start] === after[start]) start += 1
  return after.endsWith(before.slice(start))
}
