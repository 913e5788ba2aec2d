import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readIncident } from '../../src/files/read-incident.ts'
import { readMaintenance } from '../../src/files/read-maintenance.ts'
import { readWorld } from '../../src/files/read-world.ts'
import { writeIncident, writeMaintenance } from '../../src/files/write-incident.ts'
import { writeWorld } from '../../src/files/write-world.ts'
import { importGithubStatuses } from '../../src/import/github-statuses.ts'
import { toMarkdown, wordsOfMarkup } from '../../src/import/plain-text.ts'
import { phaseOf } from '../../src/import/github-entry.ts'
import { parseInstant } from '../../src/model/time.ts'

const repository = path.resolve(import.meta.dirname, '../..')
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'import-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

describe('status import', { timeout: 120_000 }, () => {
  it('writes a world and says what it did', () => {
    const root = path.join(folder, 'world')
    const { status, stdout, stderr } = run(
      save(entry),
      '--root',
      root,
      '--name',
      'Forge',
      '--site-url',
      'https://new.test/',
    )
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
    expect(stderr).toContain('1 entry = 1 file + 0 unreadable')
    const { site, incidents, problems } = readWorld(root)
    expect(problems).toEqual([])
    expect(site).toMatchObject({ name: 'Forge', url: 'https://new.test' })
    expect(incidents.map(({ id }) => id)).toEqual(['2030-05-01-builds-are-stuck-a1b2c3'])
  })

  it('prints the report as JSON, and leaves with 1 when an entry could not be read', () => {
    const { status, stdout } = run(save(`${entry}oops\n`), '--root', path.join(folder, 'world'), '--json')
    expect(status).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      in: { entries: 2, incidents: 1 },
      out: { files: 1 },
      problems: [{ line: 2 }],
      addsUp: true,
    })
    expect(readWorld(path.join(folder, 'world')).incidents).toHaveLength(1)
  })

  it.each([
    [
      'an unknown system',
      ['toString', 'FILE', '--root', 'ROOT'],
      '"toString" is no system to import from; known: github-statuses',
    ],
    [
      'a file that is not there',
      ['github-statuses', 'nowhere.jsonl', '--root', 'ROOT'],
      'nowhere.jsonl cannot be read: ENOENT',
    ],
    ['a folder that is in use', ['github-statuses', 'FILE', '--root', 'USED'], 'nothing is overwritten'],
    [
      'an address that is none',
      ['github-statuses', 'FILE', '--root', 'ROOT', '--site-url', 'x'],
      '--site-url: expected an address',
    ],
    ['an empty name', ['github-statuses', 'FILE', '--root', 'ROOT', '--name', ''], '--name: '],
    ['no folder', ['github-statuses', 'FILE'], '--root'],
  ])('leaves with 2 for %s', (_, words, message) => {
    const root = path.join(folder, 'world')
    writeFileSync(path.join(folder, 'site.yaml'), 'name: Mine\n')
    const places = new Map([
      ['FILE', save(entry)],
      ['ROOT', root],
      ['USED', folder],
    ])
    const { status, stderr } = runStatus(...words.map((word) => places.get(word) ?? word))
    expect(stderr).toContain(message)
    expect(status).toBe(2)
    expect(existsSync(root)).toBe(false)
  })
})

it('whatever a message says, the page shows its words', { timeout: 120_000 }, () => {
  const piece = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 6 }),
    fc.constantFrom(
      ...'`*_~<>[]()#=-+|\\!&;:.\n\r\t /"\'x1',
      '```',
      '<!--',
      '-->',
      '<p>',
      '</p>',
      '&amp;',
      '&Aacute;',
      '](x)',
    ),
    fc.constantFrom(
      '\n---\n',
      '\n===\n',
      '## 10:00 UTC resolved',
      'affected: a=down',
      '[a]: b',
      '1. ',
      '- - -',
      '<a@b.c>',
      ':-:',
    ),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
      const words = wordsOfMarkup(pieces.join(''))
      const updates = ['older', words, 'newer'].map((text, index) => ({
        at: noon + index * 60_000,
        phase: 'update' as const,
        text: toMarkdown(text),
      }))
      const source = writeIncident({ title: 'X', severity: 'minor', affected: {}, startedAt: noon }, updates)
      const { text, problems } = readIncident(source, 'incidents/2030-05-01-x.md', '', new Set())
      expect(problems).toEqual([])
      expect(text.updates.map(({ plain }) => spaced(plain))).toEqual(['newer', spaced(words), 'older'])
    }),
    { numRuns: 500 },
  )
})

it('whatever an entry says, its file can be read', { timeout: 120_000 }, () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.constantFrom(undefined, null, '', '---', 'null', '# x', 'yes', '1e3'),
  )
  const time = fc.oneof(
    text,
    fc.constantFrom(
      ...['10', '11', '12', '13'].map((hour) => `2030-05-01T${hour}:00:30.5Z`),
      '2030-05-01T14:00:00',
      '9999-12-31T23:00:00-09:00',
    ),
  )
  const status = fc.oneof(
    text,
    fc.constantFrom(
      'Investigating',
      'Monitoring',
      'Resolved',
      'Scheduled',
      'In progress',
      'Completed',
      'Cancelled',
    ),
  )
  const entries = fc.array(
    fc.record({
      title: text,
      url: fc.oneof(text, fc.webUrl()),
      impact: fc.oneof(text, fc.constantFrom('none', 'critical', 'maintenance')),
      started_at: time,
      resolved_at: time,
      published_at: time,
      components: fc.array(fc.string({ unit: 'binary' }), { maxLength: 3 }),
      updates: fc.array(fc.record({ at: time, status, message: text }), { maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  fc.assert(
    fc.property(entries, (some) => {
      const { report, ...draft } = importGithubStatuses(some.map((one) => JSON.stringify(one)).join('\n'))
      expect(report.addsUp).toBe(true)
      const known = new Set(draft.components.map(({ id }) => id))
      const files = [
        ...draft.incidents.map(({ id, head, updates }) =>
          readIncident(writeIncident(head, updates), `incidents/${id}.md`, '', known),
        ),
        ...draft.maintenance.map(({ id, head, updates }) =>
          readMaintenance(writeMaintenance(head, updates), `maintenance/${id}.md`, '', known),
        ),
      ]
      expect(files.flatMap(({ problems }) => problems)).toEqual([])
      expect(files.flatMap(({ unread }) => unread ?? [])).toEqual([])
    }),
    { numRuns: 500 },
  )
})

const recorded = path.join(repository, '../shared/data/github-incidents.jsonl')
const present = existsSync(recorded)
if (!present) console.log('Skipped: no recorded incidents beside this checkout (shared/data).')

describe.skipIf(!present)('the recorded history of GitHub', { timeout: 120_000 }, () => {
  it('arrives complete: every entry, every update, every word', () => {
    const input = readFileSync(recorded, 'utf8')
    const { report, ...draft } = importGithubStatuses(input)
    expect(report).toMatchObject({
      in: { entries: 819, incidents: 801, maintenance: 18, updates: 4570 },
      out: { files: 819, incidents: 801, maintenance: 18, updates: 4570, addedUpdates: 0 },
      problems: [],
      addsUp: true,
    })

    writeWorld(folder, draft, 'a test')
    const world = readWorld(folder)
    expect(world.problems).toEqual([])
    const bySource = new Map([...world.incidents, ...world.maintenance].map((file) => [file.source, file]))
    expect(bySource.size).toBe(819)
    for (const text of input.trim().split('\n')) {
      const entry = JSON.parse(text) as RecordedEntry
      const file = bySource.get(entry.url)
      if (!file) throw new Error(`${entry.url} is missing`)
      expect(file.title).toBe(spaced(entry.title))
      const oldestFirst = [...file.updates].reverse()
      expect(oldestFirst.map(({ at, phase }) => [at, phase])).toEqual(
        entry.updates.map(({ at, status }) => [parseInstant(at), phaseOf(status)]),
      )
      const words = world.textOf(file).updates.map(({ plain }) => spaced(plain))
      expect(words.reverse()).toEqual(entry.updates.map(({ message }) => spaced(message)))
      if ('phase' in file) {
        expect(file).toMatchObject({
          phase: 'resolved',
          startedAt: parseInstant(entry.started_at),
          resolvedAt: parseInstant(entry.resolved_at),
        })
        expect(Object.keys(file.affected).length).toBeGreaterThanOrEqual(entry.components?.length ?? 0)
      }
    }
  })

  it('is the same at every import', () => {
    const input = readFileSync(recorded, 'utf8')
    expect(importGithubStatuses(input)).toEqual(importGithubStatuses(input))
  })
})

interface RecordedEntry {
  title: string
  url: string
  started_at: string
  resolved_at: string
  components?: string[]
  updates: { at: string; status: string; message: string }[]
}

const noon = parseInstant('2030-05-01T12:00:00Z') ?? 0

const entry = `${JSON.stringify({
  id: '900',
  title: 'Builds are stuck',
  url: 'https://status.forge.test/incidents/a1b2c3',
  started_at: '2030-05-01T10:00:00Z',
  resolved_at: '2030-05-01T11:30:00Z',
  impact: 'major',
  components: ['Build Queue'],
  updates: [
    { at: '2030-05-01T10:00:00Z', status: 'Investigating', message: 'Builds wait.' },
    { at: '2030-05-01T11:30:00Z', status: 'Resolved', message: 'Builds run.' },
  ],
})}\n`

function save(text: string): string {
  const file = path.join(folder, 'incidents.jsonl')
  writeFileSync(file, text)
  return file
}

function run(file: string, ...options: string[]) {
  return runStatus('github-statuses', file, ...options)
}

/** The command as people run it. */
function runStatus(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(repository, 'scripts/status.ts'), 'import', ...words],
    { encoding: 'utf8', cwd: folder },
  )
  return { status, stdout, stderr }
}

function spaced(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
