import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { correctionFrontMatter } from '../model/correction.ts'
import { statusNames } from '../model/status.ts'
import { worldFolder } from '../testing/write-world.ts'
import { readCorrection } from './read-correction.ts'
import { readWorld } from './read-world.ts'

const file = 'corrections/2026-11-21-probe.md'
const times = 'from: 2026-11-21T10:05:00Z\nuntil: 2026-11-21T11:20:00+01:00\n'
const written = (head: string, body = '\nThe probe was *wrong*.\n') => `---\n${head}---\n${body}`
const read = (head: string, body?: string) =>
  readCorrection(written(head, body), file, 'digest', new Set(['api', 'web']))

describe('a correction', () => {
  it('is read with its times, what it counts as, and its reason without markup', () => {
    const { correction, problems } = read(
      `components: [api, web]\n${times}counts_as: degraded\nwriter: eu-1\n`,
    )
    expect(problems).toEqual([])
    expect(correction).toEqual({
      id: '2026-11-21-probe',
      file,
      digest: 'digest',
      components: ['api', 'web'],
      from: Date.parse('2026-11-21T10:05:00Z'),
      until: Date.parse('2026-11-21T10:20:00Z'),
      countsAs: 'degraded',
      writer: 'eu-1',
      reason: 'The probe was wrong.',
    })
  })

  it('may name one component, and counts as unknown where it does not say', () => {
    expect(read(`component: api\n${times}`).correction).toMatchObject({
      components: ['api'],
      countsAs: 'unknown',
    })
  })
})

describe('a correction that is not applied says why, where, and what to write', () => {
  it.each<[what: string, head: string, line: number, message: RegExp, fix: string | undefined]>([
    ['of nothing', times, 2, /"components" is missing/, 'components: [api]\nfrom: 2026-11-21T10:05:00Z'],
    [
      'of a component there is none of',
      `component: apo\n${times}`,
      2,
      /did you mean "api"/,
      'component: api',
    ],
    [
      'of one unknown among others',
      `components: [web, apo]\n${times}`,
      2,
      /did you mean "api"/,
      'components: [web, api]',
    ],
    ['said twice', `components: [web]\ncomponent: api\n${times}`, 3, /keep one of the two/, undefined],
    [
      'without its end',
      `component: api\nfrom: 2026-11-21T10:05:00Z\n`,
      2,
      /"until" is missing/,
      'until: 2026-11-21T10:20:00Z\ncomponent: api',
    ],
    [
      'without an offset',
      `component: api\nfrom: 2026-11-21T10:05\nuntil: 2026-11-21T10:20:00Z\n`,
      3,
      /an offset/,
      'from: 2026-11-21T10:05:00Z',
    ],
    [
      'that ends before it starts',
      `component: api\nfrom: 2026-11-21T10:05:00Z\nuntil: 2026-11-21T10:05:00Z\n`,
      4,
      /before or when it starts/,
      undefined,
    ],
    [
      'as planned work',
      `component: api\n${times}counts_as: under_maintenance\n`,
      5,
      /"counts_as" must be one of/,
      undefined,
    ],
    [
      'as no status',
      `component: api\n${times}counts_as: major outage\n`,
      5,
      /"counts_as" must be one of/,
      'counts_as: major_outage',
    ],
    ['with an unknown key', `component: api\n${times}untill: x\n`, 5, /did you mean "until"/, 'until: x'],
  ])('%s', (_what, head, line, message, fix) => {
    const { correction, problems } = read(head)
    expect(correction).toBeUndefined()
    expect(problems).toEqual([expect.objectContaining({ level: 'error', file, line })])
    expect(problems[0]?.message).toMatch(message)
    expect(problems[0]?.fix).toBe(fix)
  })

  it.each(['', '\n\n', '\n<!-- to do -->\n'])('without a reason: %j', (body) => {
    const { correction, problems } = read(`component: api\n${times}`, body)
    expect(correction).toBeUndefined()
    expect(problems.map(({ message }) => message)).toEqual([expect.stringMatching(/the reason is missing/)])
  })

  it.each(['', 'words', '---\n- list\n---\nx', `---json\n{}\n---\nx`, '---\n\tcomponent: api\n'])(
    'as a whole: %j',
    (text) => {
      const { correction, problems } = readCorrection(text, file, '', new Set(['api']))
      expect([correction, problems.length > 0]).toEqual([undefined, true])
    },
  )
})

describe('the corrections of a world', () => {
  const settings = {
    'site.yaml': 'name: Acme\nurl: https://status.acme.example\n',
    'components.yaml':
      'components:\n  - { id: api, name: API, check: { http: https://api.example.com } }\n  - { id: web, name: Web }\n',
  }
  const correction = (name: string, head: string) => ({ [`corrections/${name}.md`]: written(head) })
  const reading = (files: Record<string, string>) => readWorld(worldFolder({ ...settings, ...files }))

  it('come in the order of their names, and a bad one takes nothing else away', () => {
    const { corrections, problems } = reading({
      ...correction('2026-11-22-b', `component: api\n${times}`),
      ...correction(
        '2026-11-21-a',
        `component: api\nfrom: 2026-10-21T10:05:00Z\nuntil: 2026-10-21T10:20:00Z\n`,
      ),
      'corrections/2026-11-20-bad.md': '---\nno: [\n',
      'corrections/README.md': 'About this folder.',
    })
    expect(corrections.map(({ id }) => id)).toEqual(['2026-11-21-a', '2026-11-22-b'])
    expect(new Set(problems.map((problem) => problem.file))).toEqual(
      new Set(['corrections/2026-11-20-bad.md']),
    )
  })

  it('warn where two are about the same time, and say which counts', () => {
    const { problems } = reading({
      ...correction('2026-11-21-a', `component: api\n${times}`),
      ...correction('2026-11-22-b', `component: api\nwriter: main\n${times}`),
      ...correction(
        '2026-11-23-c',
        `component: api\nfrom: 2026-11-21T10:20:00Z\nuntil: 2026-11-21T10:21:00Z\n`,
      ),
    })
    expect(problems).toEqual([
      expect.objectContaining({ level: 'warning', file: 'corrections/2026-11-22-b.md' }),
    ])
    expect(problems[0]?.message).toMatch(
      /as corrections\/2026-11-21-a\.md; corrections\/2026-11-21-a\.md counts/,
    )
  })

  it('warn where there is nothing to correct', () => {
    const { problems } = reading(correction('2026-11-21-a', `component: web\n${times}`))
    expect(problems.map(({ level, message }) => [level, message])).toEqual([
      ['warning', 'nothing was ever measured of "web", so there is nothing to correct'],
    ])
  })

  it('are the same when they are remembered', () => {
    const root = worldFolder({ ...settings, ...correction('2026-11-21-a', `component: api\n${times}`) })
    const cache = { key: 'test', now: Date.parse('2030-01-01T00:00:00Z') }
    const first = readWorld(root, { cache }).corrections
    expect(first).toHaveLength(1)
    expect(readWorld(root, { cache }).corrections).toEqual(first)
  })
})

describe('the manual', () => {
  const manual = readFileSync(path.join(import.meta.dirname, '../../docs/corrections.md'), 'utf8')

  it.each([...Object.keys(correctionFrontMatter.shape), ...statusNames])('explains %s', (word) => {
    expect(manual).toContain(`\`${word}\``)
  })

  it('has an example without a problem', () => {
    const [, source = ''] = /```markdown\n([^]*?)```/.exec(manual) ?? []
    expect(readCorrection(source, file, '', new Set(['api'])).problems).toEqual([])
  })
})
