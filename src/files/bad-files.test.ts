import fc from 'fast-check'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Problem } from '../model/problem.ts'
import { readIncident } from './read-incident.ts'
import { readMaintenance } from './read-maintenance.ts'
import { readComponents, readSite } from './read-settings.ts'

const components = new Set(['api', 'web'])
const incident = (source: string) => readIncident(source, 'incidents/2026-11-21-x.md', '', components)
const maintenance = (source: string) => readMaintenance(source, 'maintenance/2026-11-21-x.md', '', components)
const titleOf = ({ incident: read, unread }: ReturnType<typeof readIncident>) => read?.title ?? unread?.title

const head = '---\ntitle: API slow\nstarted: 2026-11-21T03:11:00Z\n---\n\n'

describe('a file that is wrong as a whole', () => {
  it.each<[what: string, source: string, title: string | undefined, line: number, message: RegExp]>([
    ['is empty', '', undefined, 1, /does not begin with front matter/],
    ['is blank', '\n\n \n', undefined, 1, /does not begin with front matter/],
    ['has empty front matter', '---\n---\n\nWords.\n', undefined, 2, /"title" is missing/],
    ['has front matter of comments', '---\n# words\n---\n', undefined, 3, /"title" is missing/],
    ['has no front matter', '# API slow\n\nWords.\n', 'API slow', 1, /does not begin with front matter/],
    ['lacks the opening fence', 'title: API slow\n---\n', 'API slow', 1, /does not begin with front matter/],
    ['begins with an empty line', `\n${head}`, 'API slow', 1, /does not begin with front matter/],
    [
      'has fences of four',
      '----\ntitle: API slow\n----\n',
      'API slow',
      1,
      /does not begin with front matter/,
    ],
    ['has TOML', '+++\ntitle = "API slow"\n+++\n', 'API slow', 1, /does not begin with front matter/],
    [
      'never closes its front matter',
      head.replace('\n---\n\n', '\n\nWords.\n'),
      'API slow',
      4,
      /is not closed/,
    ],
    ['has nothing but open front matter', '---\ntitle: API slow', 'API slow', 2, /is not closed/],
    ['closes with more than a fence', head.replace('Z\n---', 'Z\n--- x'), 'API slow', 4, /holds only ---/],
    [
      'is indented with tabs',
      '---\ntitle: API slow\naffected:\n\tapi: degraded\n---\n',
      'API slow',
      4,
      /not with tabs/,
    ],
    ['begins its keys with tabs', '---\n\ttitle: API slow\n---\n', 'API slow', 2, /not with tabs/],
    ['has a list', '---\n- title: API slow\n---\n', 'API slow', 2, /expected keys and values/],
    ['has a word', '---\nAPI slow\n---\n', undefined, 2, /expected keys and values/],
    ['has JSON', '---json\n{"title": "API slow"}\n---\n', 'API slow', 1, /can only be YAML/],
    ['has CoffeeScript', '---coffee\ntitle: "API slow"\n---\n', 'API slow', 1, /can only be YAML/],
    [
      'names an engine there is none of',
      '---constructor\ntitle: API slow\n---\n',
      'API slow',
      1,
      /can only be YAML/,
    ],
    [
      'names a part of every object',
      '---__proto__\ntitle: API slow\n---\n',
      'API slow',
      1,
      /can only be YAML/,
    ],
    ['has a key twice', head.replace('started', 'title: Again\nstarted'), 'API slow', 3, /a second time/],
    ['has a merge', head.replace('started', '<<: {a: 1}\nstarted'), 'API slow', 3, /unknown key "<<"/],
    ['has a comma for a colon', '---\ntitle: API slow\nseverity, major\n---\n', 'API slow', 3, /is not YAML/],
    ['has two YAML documents', '---\ntitle: API slow\n...\nb: 1\n---\n', 'API slow', 4, /is not YAML/],
    ['has NUL in its body', `${head}a\0b\n`, 'API slow', 6, /control character/],
    ['has half a character', `${head}a\ud800b\n`, 'API slow', 6, /half of a character/],
    ['has the other half', `${head}a\udc00b\n`, 'API slow', 6, /half of a character/],
    ['is binary', 'PNG\r\n\u001a\n\0\0\0\rIHDR', undefined, 2, /control character/],
  ])('%s', (_, source, title, line, message) => {
    const read = incident(source)
    expect(read.problems).toContainEqual(
      expect.objectContaining({ line, message: expect.stringMatching(message) as string }),
    )
    expect(titleOf(read)).toBe(title)
    expect(read.incident?.readFully ?? false).toBe(false)
    everyPlaceIsInTheFile(read.problems, source)
    for (const other of [maintenance(source), readSite(source), readComponents(source)])
      everyPlaceIsInTheFile(other.problems, source)
  })

  it('that says nothing at all is listed by its name, and is no incident that goes on', () => {
    expect(incident('')).toMatchObject({ unread: { id: '2026-11-21-x', file: 'incidents/2026-11-21-x.md' } })
    expect(incident('').incident).toBeUndefined()
  })

  it('whose front matter is broken keeps its updates', () => {
    const source = '---\ntitle: API: slow\nseverity: [\n---\n\n## 2026-11-21 04:00 UTC resolved\n\nWords.\n'
    expect(incident(source).incident).toMatchObject({
      title: 'API: slow',
      phase: 'resolved',
      readFully: false,
    })
  })
})

describe('code in front matter', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'bad-files-'))
  })
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true })
  })

  it.each([
    '---js',
    '---javascript',
    '--- js',
    '---JS',
    '---JavaScript ',
    '---\tjs',
    '---js yaml',
    '---coffee',
    '---cson',
  ])('behind %j is not run', (fence) => {
    const marker = path.join(folder, 'ran')
    const code = `require('node:fs').writeFileSync(${JSON.stringify(marker)}, '')`
    const source = `${fence}\n(() => { ${code}; return { title: "API slow" } })()\n---\n\n${fence}\n${code}\n---\n`
    for (const read of [incident, maintenance])
      expect(read(source).problems[0]).toMatchObject({
        line: 1,
        column: 4,
        fix: '---',
        message: expect.stringMatching(/can only be YAML/) as string,
      })
    for (const read of [readSite, readComponents]) expect(read(source).problems).not.toEqual([])
    expect(existsSync(marker)).toBe(false)
  })
})

describe('a file made to be hard to read', () => {
  const many = (count: number, line: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => line(index)).join('')
  const bomb = many(
    12,
    (level) => `a${String(level)}: &a${String(level)} [${many(9, () => `*a${String(level - 1)}, `)}]\n`,
  )
  /** Each holds as many things as it can in a file of the largest size: what grows with their square does not end. */
  it.each<[string, () => string]>([
    ['10,000 brackets', () => `---\ntitle: API slow\nlabels: ${'['.repeat(10_000)}\n---\n`],
    [
      '10,000 closed brackets',
      () => `---\ntitle: API slow\nlabels: ${'['.repeat(10_000)}${']'.repeat(10_000)}\n---\n`,
    ],
    ['10,000 braces', () => `---\ntitle: API slow\nlabels: ${'{a: '.repeat(10_000)}\n---\n`],
    ['an alias bomb', () => `---\ntitle: API slow\n${bomb}---\n`],
    ['a title of 900 kB', () => `---\ntitle: API slow ${'x'.repeat(900_000)}\n---\n`],
    ['a key of 900 kB', () => `---\ntitle: API slow\n${'x'.repeat(900_000)}: 1\n---\n`],
    ['40,000 keys', () => `---\ntitle: API slow\n${many(40_000, (index) => `k${String(index)}: 1\n`)}---\n`],
    ['one key 40,000 times', () => `---\ntitle: API slow\n${'k: 1\n'.repeat(40_000)}---\n`],
    [
      '130,000 components in a list',
      () => `---\ntitle: API slow\naffected: [${many(130_000, (index) => `k${String(index)}, `)}]\n---\n`,
    ],
    [
      '40,000 components in a map',
      () =>
        `---\ntitle: API slow\naffected:\n${many(40_000, (index) => ` k${String(index)}: degraded\n`)}---\n`,
    ],
    ['100,000 headings without a zone', () => `${head}${'## 12:00\n'.repeat(100_000)}`],
    ['60,000 facts', () => `${head}## 2026-11-21 12:00 UTC\n${'eta: 13:00 UTC\n'.repeat(60_000)}`],
    [
      '100,000 components in a fact',
      () =>
        `${head}## 2026-11-21 12:00 UTC\naffected: ${many(100_000, (index) => `k${String(index)}=up, `)}\n`,
    ],
    ['10,000 quotes in one another', () => `${head}${'>'.repeat(10_000)} words\n`],
    ['3,000 quotes in one another', () => `${head}${'>'.repeat(3_000)} words\n`],
    ['1,000 lists in one another', () => `${head}${'- '.repeat(1_000)}words\n`],
    ['emphasis that never ends', () => `${head}${'*a_ '.repeat(225_000)}`],
    ['450,000 brackets of images', () => `${head}${'!['.repeat(450_000)}`],
    ['a table of 150,000 rows', () => `${head}|a|b|\n|-|-|\n${'|c|d|\n'.repeat(150_000)}`],
    ['60,000 underlined headings', () => `${head}${'12:00 UTC\n===\n'.repeat(60_000)}`],
    ['20,000 comments that never end', () => `${head}${'<!-- '.repeat(20_000)}`],
  ])('%s: is read in the end, with its title and a problem', { timeout: 120_000 }, (_, make) => {
    const source = make()
    const read = incident(source)
    expect(titleOf(read)).toMatch(/^API slow/)
    expect(read.problems.length).toBeGreaterThan(0)
    everyPlaceIsInTheFile(read.problems.slice(0, 100), source)
    for (const { message, found = '', fix = '' } of read.problems.slice(0, 100))
      expect(message.length + found.length + fix.length).toBeLessThan(2_000)
  })

  it('100,000 updates of one minute: each is kept, with an anchor of its own', { timeout: 120_000 }, () => {
    const { incident: read, text } = incident(`${head}${'## 12:00 UTC\nx\n\n'.repeat(100_000)}`)
    expect(new Set(read?.updates.map(({ id }) => id)).size).toBe(100_000)
    expect(text.updates).toHaveLength(100_000)
    expect(text.updates.at(-1)?.html).toBe('<p>x</p>')
  })

  it('a line of 900 kB: is shown', { timeout: 120_000 }, () => {
    const { text, problems } = incident(
      `${head}${'word '.repeat(180_000)}\n\n## 12:00 UTC\neta:x${' '.repeat(400_000)}y\n`,
    )
    expect(text.intro.plain).toHaveLength(180_000 * 5 - 1)
    expect(problems).toMatchObject([
      { line: 9, message: expect.stringMatching(/"eta" must be a time/) as string },
    ])
  })
})

describe('any file at all', () => {
  const worlds = [path.join(import.meta.dirname, '../..')]
  const good = worlds.flatMap((root) =>
    ['incidents', 'maintenance']
      .flatMap((folder) =>
        readdirSync(path.join(root, folder))
          .filter((name) => name.endsWith('.md'))
          .map((name) => readFileSync(path.join(root, folder, name), 'utf8')),
      )
      .concat(['site.yaml', 'components.yaml'].map((name) => readFileSync(path.join(root, name), 'utf8'))),
  )
  const pieces = [
    ...[
      '---\n',
      '---js\n',
      '\t',
      '  ',
      '\n\n',
      '\r\n',
      '\r',
      '\uFEFF',
      '\0',
      '\ud800',
      ': ',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      '&a ',
      '*a',
      '!!js/function ',
      '<<: ',
    ],
    ...[
      '## 12:00 UTC',
      '## 25:00',
      '# ',
      '```\n',
      '~~~',
      '<!--',
      '-->',
      '<script>',
      '|',
      '> ',
      'affected: ',
      'eta: ',
      '__proto__: ',
      'constructor: ',
      'null',
      '~',
      '1e999',
      '2026-02-30T00:00:00Z',
    ],
  ]
  const mutated = fc
    .tuple(
      fc.constantFrom(...good),
      fc.array(
        fc.tuple(
          fc.nat(),
          fc.nat(40),
          fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary', maxLength: 6 })),
        ),
        { minLength: 1, maxLength: 6 },
      ),
    )
    .map(([source, edits]) =>
      edits.reduce((text, [place, cut, piece]) => {
        const at = place % (text.length + 1)
        return text.slice(0, at) + piece + text.slice(at + cut)
      }, source),
    )
  const bytes = fc.uint8Array({ maxLength: 400 }).map((some) => Buffer.from(some).toString('utf8'))
  const assembled = fc
    .array(fc.constantFrom(...pieces, ...good.flatMap((text) => text.split(/(?<=\n)/))), { maxLength: 30 })
    .map((some) => some.join(''))

  it.each([
    ['good files with changes', mutated, 500],
    ['bytes', bytes, 300],
    ['lines in any order', assembled, 400],
  ] as const)(
    'is read without a throw, each problem at a place in it: %s',
    { timeout: 120_000 },
    (_, sources, numRuns) => {
      fc.assert(
        fc.property(sources, (source) => {
          for (const read of [incident, maintenance, readSite, readComponents]) {
            const answer = read(source)
            everyPlaceIsInTheFile(answer.problems, source)
            // What is read must survive being remembered as JSON.
            expect(JSON.parse(JSON.stringify(answer))).toEqual(answer)
          }
          expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
        }),
        { numRuns },
      )
    },
  )
})

function everyPlaceIsInTheFile(problems: Problem[], source: string): void {
  const lines = source.replace(/^\uFEFF/, '').split(/\r\n?|\n/)
  for (const { line, column, message } of problems) {
    const last = (lines[line - 1]?.length ?? -1) + 1
    if (line >= 1 && column >= 1 && column <= last) continue
    expect.fail(
      `${message}: ${String(line)}:${String(column)} is not in the file of ${String(lines.length)} lines (${String(last)} columns there)`,
    )
  }
}
