import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DAY } from '../model/time.ts'
import type { World } from '../model/world.ts'
import { NoWorldError } from './no-world-error.ts'
import { readWorld, readWorldInThreads } from './read-world.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'read-world-'))
  write('site.yaml', 'name: Example\nurl: https://status.example.com\n')
  write('components.yaml', 'components:\n  - id: api\n    name: API\n')
})
afterEach(() => {
  rmSync(root, { recursive: true, force: true })
})

/** Later than any file of the test, as a cache's clock is at the next reading. */
const later = 4_000_000_000_000
const cached = (key = 'code') => readWorld(root, { cache: { key, now: later } })

describe('a world', () => {
  it('is read from its folder', () => {
    write('incidents/2026-11-21-a.md', incident('A', '2026-11-21T03:00:00Z'))
    write('incidents/2026-11-22-b.md', incident('B', '2026-11-22T03:00:00Z'))
    write('maintenance/2026-12-01-c.md', '---\ntitle: C\nstarts: 2026-12-01T03:00:00Z\nduration: 1h\n---\n')
    const world = readWorld(root)
    expect(world.site.name).toBe('Example')
    expect(world.components.map(({ id }) => id)).toEqual(['api'])
    expect(world.incidents.map(({ title }) => title)).toEqual(['B', 'A'])
    expect(world.maintenance.map(({ title }) => title)).toEqual(['C'])
    expect(world.problems).toEqual([])
    expect(world.textOf({ file: 'incidents/2026-11-21-a.md' }).intro.plain).toBe('Words of A.')
  })

  it('needs one of its two settings', () => {
    rmSync(path.join(root, 'site.yaml'))
    expect(readWorld(root).problems).toMatchObject([
      { file: 'site.yaml', line: 1 },
      { file: 'site.yaml', line: 1 },
    ])
    rmSync(path.join(root, 'components.yaml'))
    expect(() => readWorld(root)).toThrow(NoWorldError)
  })

  it('leaves translations to the page of their language', () => {
    write('incidents/2026-11-21-a.md', incident('A', '2026-11-21T03:00:00Z'))
    for (const locale of ['de', 'pt-BR', 'zh-Hans', 'fil'])
      write(`incidents/2026-11-21-a.${locale}.md`, '---\ntitle: Anders\n---\n')
    const world = readWorld(root)
    expect(world.incidents.map(({ id }) => id)).toEqual(['2026-11-21-a'])
    expect(world.problems).toEqual([])
  })

  it('takes a name that only looks like a translation for what it is', () => {
    write('incidents/2026-11-21-example.com.md', incident('A', '2026-11-21T03:00:00Z'))
    expect(readWorld(root).incidents.map(({ id }) => id)).toEqual(['2026-11-21-example.com'])
  })

  it('takes no notice of other files', () => {
    for (const name of ['README.md', '.hidden.md', 'x.txt', 'x.md~', 'x.MD.swp'])
      write(`incidents/${name}`, 'words')
    mkdirSync(path.join(root, 'incidents/drafts'))
    const world = readWorld(root)
    expect([world.incidents, world.unread, world.problems]).toEqual([[], [], []])
  })

  it('gives files whose names cannot be addresses an address of their own', async () => {
    for (const name of ['2026-11-21 a', '2026-11-21-a', '2026-11-21-A!', '日', '本'])
      write(`incidents/${name}.md`, incident(name.replace('!', ''), '2026-11-21T03:00:00Z'))
    write('maintenance/2026 b.md', '---\ntitle: B\nstarts: 2026-12-01T03:00:00Z\nduration: 1h\n---\n')
    for (const world of [readWorld(root), cached(), cached(), await readWorldInThreads(root)]) {
      const ids = world.incidents.map(({ id, file, readFully }) => [file.slice(10), id, readFully])
      expect(ids.sort()).toEqual([
        ['2026-11-21 a.md', '2026-11-21-a-2', false],
        ['2026-11-21-A!.md', '2026-11-21-A-3', false],
        ['2026-11-21-a.md', '2026-11-21-a', true],
        ['日.md', 'unnamed', false],
        ['本.md', 'unnamed-2', false],
      ])
      expect(world.maintenance).toMatchObject([{ id: '2026-b', readFully: false }])
      expect(world.textOf({ file: 'incidents/日.md' }).intro.plain).toBe('Words of 日.')
      expect(world.problems.map(({ level }) => level)).toEqual(Array(5).fill('error'))
    }
  })

  it('reports names that are one address on some disks', () => {
    write('incidents/2026-11-21-a.md', incident('A', '2026-11-21T03:00:00Z'))
    write('incidents/2026-11-21-A.md', incident('A', '2026-11-21T03:00:00Z'))
    expect(readWorld(root).problems).toHaveLength(1)
    expect(readWorld(root).problems[0]?.message).toMatch(
      /^its address is the same as that of incidents\/2026-11-21-A\.md/,
    )
  })
})

describe('an incident merged into another', () => {
  const merge = (name: string, into?: string) => {
    const key = into === undefined ? '' : `merged_into: ${into}\n`
    write(`incidents/${name}.md`, incident(name, '2026-11-21T03:00:00Z').replace('---\n\n', `${key}---\n\n`))
  }
  const everyReading = async () => [readWorld(root), cached(), cached(), await readWorldInThreads(root)]
  const merges = ({ incidents }: World) =>
    incidents.map(({ id, mergedInto, readFully }) => [id.slice(11), mergedInto?.slice(11), readFully])

  it('is left to that one, over however many steps', async () => {
    merge('2026-11-21-a')
    merge('2026-11-21-b', '2026-11-21-a')
    merge('2026-11-21-c', '2026-11-21-b')
    for (const world of await everyReading()) {
      expect(world.problems).toEqual([])
      expect(merges(world)).toEqual([
        ['c', 'b', true],
        ['b', 'a', true],
        ['a', undefined, true],
      ])
    }
  })

  it.each<[what: string, into: string, message: string, fix: string | undefined]>([
    [
      'that does not exist',
      'elsewhere',
      '"merged_into" names "elsewhere", and there is no such incident; it is shown by itself',
      undefined,
    ],
    [
      'whose name is misspelt',
      '2026-11-21-databse',
      '"merged_into" names "2026-11-21-databse", and there is no such incident; did you mean "2026-11-21-database"?',
      'merged_into: 2026-11-21-database',
    ],
    [
      'by the name of its file',
      'incidents/2026-11-21-database.md',
      '"merged_into" names "incidents/2026-11-21-database.md", and there is no such incident; did you mean "2026-11-21-database"?',
      'merged_into: 2026-11-21-database',
    ],
    [
      'that is itself',
      '2026-11-21-a',
      '"merged_into" names this incident itself; it is shown by itself',
      undefined,
    ],
  ])('%s stays on the page, and says so', async (_, into, message, fix) => {
    merge('2026-11-21-database')
    merge('2026-11-21-a', into)
    for (const world of await everyReading()) {
      expect(merges(world)).toContainEqual(['a', undefined, false])
      const found = `merged_into: ${into}`
      expect(world.problems).toEqual([
        {
          level: 'error',
          file: 'incidents/2026-11-21-a.md',
          line: 4,
          column: 14,
          message,
          found,
          ...(fix !== undefined && { fix }),
        },
      ])
    }
  })

  it('that is merged into it in its turn stays on the page, and so does the other', async () => {
    merge('2026-11-21-a', '2026-11-21-b')
    merge('2026-11-21-b', '2026-11-21-c')
    merge('2026-11-21-c', '2026-11-21-a')
    merge('2026-11-21-d', '2026-11-21-a')
    for (const world of await everyReading()) {
      expect(merges(world)).toEqual([
        ['d', 'a', true],
        ['c', undefined, false],
        ['b', undefined, false],
        ['a', undefined, false],
      ])
      expect(world.problems.map(({ file, line }) => `${file}:${String(line)}`)).toEqual([
        'incidents/2026-11-21-a.md:4',
        'incidents/2026-11-21-b.md:4',
        'incidents/2026-11-21-c.md:4',
      ])
    }
  })
})

describe('one file that cannot be read', () => {
  beforeEach(() => {
    write('incidents/2026-11-20-good.md', incident('Good', '2026-11-20T03:00:00Z'))
  })

  it.each<[string, () => void, RegExp]>([
    [
      'an empty file',
      () => {
        write(bad, '')
      },
      /^the file is empty$/,
    ],
    [
      'a binary file',
      () => {
        write(bad, Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2]))
      },
      /^the file is binary/,
    ],
    [
      'text in UTF-16',
      () => {
        write(bad, Buffer.from(`\uFEFF${incident('Bad', '2026-11-21T03:00:00Z')}`, 'utf16le'))
      },
      /^the file is binary/,
    ],
    [
      'a file of 5 MB',
      () => {
        write(bad, incident('Bad', '2026-11-21T03:00:00Z') + 'x'.repeat(5_000_000))
      },
      /^the file is 5\.0 MB; it should be text of at most 1\.0 MB$/,
    ],
    [
      'text in Latin-1',
      () => {
        write(bad, Buffer.from(incident('Gr\xf6\xdfe', '2026-11-21T03:00:00Z'), 'latin1'))
      },
      /^the file is not in UTF-8/,
    ],
    [
      'a folder',
      () => {
        mkdirSync(path.join(root, bad))
      },
      /^this is a folder or a link/,
    ],
    [
      'a link to nowhere',
      () => {
        symlinkSync('/nowhere', path.join(root, bad))
      },
      /^this is a folder or a link/,
    ],
    [
      'a link out of the world',
      () => {
        symlinkSync(path.join(root, '..', 'secret.md'), path.join(root, bad))
      },
      /^this is a folder or a link/,
    ],
    [
      'a link to itself',
      () => {
        symlinkSync('2026-11-21-bad.md', path.join(root, bad))
      },
      /^this is a folder or a link/,
    ],
  ])('%s is a problem, and the others are read', async (_, make, message) => {
    make()
    for (const world of [readWorld(root), cached(), cached(), await readWorldInThreads(root)]) {
      expect(world.problems).toEqual([
        expect.objectContaining({
          level: 'error',
          file: bad,
          message: expect.stringMatching(message) as string,
        }),
      ])
      expect(world.problems[0]?.line).toBeGreaterThanOrEqual(1)
      expect(world.incidents.map(({ title }) => title)).toContain('Good')
      for (const { file } of [...world.incidents, ...world.unread])
        expect(world.textOf({ file })).toHaveProperty('intro')
    }
  })

  it('with an unreadable front matter is shown with its title, as not read fully', () => {
    write(bad, '---\ntitle: Bad\nseverity: [\n---\n\n## 2026-11-21 03:00 UTC investigating\n\nWords.\n')
    expect(readWorld(root).incidents[0]).toMatchObject({
      title: 'Bad',
      readFully: false,
      phase: 'investigating',
    })
  })

  it('that says nothing is listed by its name', () => {
    write(bad, '')
    expect(readWorld(root).unread).toEqual([{ id: '2026-11-21-bad', file: bad }])
  })

  it('has its problems counted, not all listed', () => {
    write(bad, incident('Bad', '2026-11-21T03:00:00Z') + '## 12:00\n'.repeat(500))
    const { problems } = readWorld(root)
    expect(problems).toHaveLength(101)
    expect(problems.at(-1)?.message).toBe('400 more problems from here on')
  })
})

describe('settings that cannot be read', () => {
  it.each<[string, () => void, string, RegExp]>([
    [
      'a folder',
      () => {
        mkdirSync(path.join(root, 'site.yaml'))
      },
      'site.yaml',
      /cannot be read \(EISDIR\)/,
    ],
    [
      'a binary file',
      () => {
        write('site.yaml', Buffer.from([1, 0, 2]))
      },
      'site.yaml',
      /is binary/,
    ],
    [
      'an empty file',
      () => {
        write('site.yaml', '')
      },
      'site.yaml',
      /is empty/,
    ],
    [
      'a file of 5 MB',
      () => {
        write('site.yaml', `name: x\n#${'x'.repeat(5_000_000)}`)
      },
      'site.yaml',
      /5\.0 MB/,
    ],
  ])('are a problem, and the rest is read: %s', (_, make, file, message) => {
    rmSync(path.join(root, 'site.yaml'))
    make()
    const world = readWorld(root)
    expect(world.problems).toEqual([
      expect.objectContaining({ file, line: 1, message: expect.stringMatching(message) as string }),
    ])
    expect(world.site.name).toBe('Status')
    expect(world.components).toHaveLength(1)
  })

  it('a file in place of a folder is a problem', () => {
    write('incidents', 'words')
    expect(readWorld(root).problems).toEqual([
      expect.objectContaining({ file: 'incidents', message: 'the folder cannot be read (ENOTDIR)' }),
    ])
  })
})

describe('what is remembered', () => {
  const file = 'incidents/2026-11-21-a.md'
  beforeEach(() => {
    write(file, incident('A', '2026-11-21T03:00:00Z'))
    write(
      'incidents/2026-11-22-b.md',
      '---\ntitle: B\nseverity: bad\n---\n\n## 12:00\naffected: nope=up\n\nx\n',
    )
    write('incidents/2026-11-23-c.md', '')
    write(
      'maintenance/2026-12-01-c.md',
      '---\ntitle: C\nstarts: 2026-12-01T03:00:00Z\nduration: 1h\n---\n\nWords.\n',
    )
  })

  it('gives the same world as reading does', async () => {
    const plain = everything(readWorld(root))
    expect(everything(cached())).toEqual(plain)
    expect(existsSync(path.join(root, '.candor/content.ndjson'))).toBe(true)
    expect(everything(cached())).toEqual(plain)
    expect(everything(await readWorldInThreads(root, { cache: { key: 'code', now: later } }))).toEqual(plain)
    expect(everything(await readWorldInThreads(root))).toEqual(plain)
  })

  it.each<[string, () => void]>([
    [
      'in size',
      () => {
        write(file, incident('Another', '2026-11-21T03:00:00Z'))
      },
    ],
    [
      'in neither size nor time',
      () => {
        rewriteAlike('Z')
      },
    ],
    [
      'by another file being moved over it',
      () => {
        write('incidents/.new', incident('Z', '2026-11-21T03:00:00Z'))
        renameSync(path.join(root, 'incidents/.new'), path.join(root, file))
      },
    ],
  ])('is forgotten when the file changes %s', (_, change) => {
    cached()
    change()
    expect(everything(cached())).toEqual(everything(readWorld(root)))
    expect(cached().incidents.map(({ title }) => title)).not.toContain('A')
  })

  it('is not trusted for a file as young as the memory itself', () => {
    const now = Date.parse('2026-11-21T03:00:00Z') - 30 * DAY
    readWorld(root, { cache: { key: 'code', now } })
    const stored = readFileSync(path.join(root, '.candor/content.ndjson'), 'utf8')
    writeFileSync(
      path.join(root, '.candor/content.ndjson'),
      stored.replaceAll('"title":"A"', '"title":"Stale"'),
    )
    expect(readWorld(root, { cache: { key: 'code', now } }).incidents.map(({ title }) => title)).toContain(
      'A',
    )
  })

  it('is used for a file that is as it was', () => {
    cached()
    const place = path.join(root, '.candor/content.ndjson')
    writeFileSync(place, readFileSync(place, 'utf8').replaceAll('"title":"A"', '"title":"Remembered"'))
    expect(cached().incidents.map(({ title }) => title)).toContain('Remembered')
    expect(cached('other code').incidents.map(({ title }) => title)).toContain('A')
  })

  it('is forgotten when the components change', () => {
    write(file, incident('A', '2026-11-21T03:00:00Z').replace('---\n\n', 'affected: [web]\n---\n\n'))
    expect(cached().problems.some(({ message }) => message.includes('"web"'))).toBe(true)
    write('components.yaml', 'components:\n  - id: web\n    name: Web\n')
    expect(cached().incidents.find(({ title }) => title === 'A')?.affected).toEqual({ web: 'degraded' })
  })

  it('goes with its file', () => {
    cached()
    rmSync(path.join(root, file))
    expect(cached().incidents.map(({ id }) => id)).toEqual(['2026-11-22-b'])
    expect(readFileSync(path.join(root, '.candor/content.ndjson'), 'utf8')).not.toContain('2026-11-21-a')
  })

  it('is put together after some time, and says what the files say all the while', () => {
    const place = path.join(root, '.candor/content.ndjson')
    const lines: number[] = []
    for (let round = 0; round < 40; round++) {
      write(file, incident(`Round ${String(round)}`, '2026-11-21T03:00:00Z'))
      expect(cached().incidents.map(({ title }) => title)).toContain(`Round ${String(round)}`)
      lines.push(readFileSync(place, 'utf8').trimEnd().split('\n').length)
    }
    expect([Math.max(...lines), lines.at(-1)]).toEqual([30, 10])
    expect(everything(cached())).toEqual(everything(readWorld(root)))
  })

  it.each(['', 'null', '[]', '{"key":', '\0'])('is begun again when it holds %j', (content) => {
    cached()
    write('.candor/content.ndjson', content)
    expect(everything(cached())).toEqual(everything(readWorld(root)))
  })

  it('has no words of a file that has gone since', () => {
    const world = readWorld(root, { cache: { key: 'code', now: later } })
    const again = cached()
    rmSync(path.join(root, file))
    expect(world.textOf({ file }).intro.plain).toBe('Words of A.')
    expect(again.textOf({ file }).intro.plain).toBe('')
  })

  function rewriteAlike(title: string): void {
    const place = path.join(root, file)
    utimesSync(place, 1_700_000_000, 1_700_000_000)
    cached()
    write(file, incident(title, '2026-11-21T03:00:00Z'))
    utimesSync(place, 1_700_000_000, 1_700_000_000)
  }
})

const bad = 'incidents/2026-11-21-bad.md'

function incident(title: string, started: string): string {
  return `---\ntitle: ${title}\nstarted: ${started}\n---\n\nWords of ${title}.\n\n`
}

function write(file: string, content: string | Buffer): void {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
  writeFileSync(path.join(root, file), content)
}

/** A world with all its words. */
function everything({ textOf, ...facts }: World) {
  const files = [...facts.incidents, ...facts.maintenance, ...facts.unread]
  return { ...facts, texts: files.map((file) => textOf(file)) }
}
