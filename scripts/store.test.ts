import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { readHistory } from '../src/files/history-store.ts'
import { lineText } from '../src/model/history.ts'
import { chainedLines, wholeDays } from '../src/testing/chained-history.ts'
import { runStatus } from '../src/testing/run-status.ts'
import { worldFolder, writeFiles } from '../src/testing/write-world.ts'

const site = 'name: Acme\nurl: https://status.acme.example\n'
const november = 'history/transitions/main.2026/api.11.ndjson'
const texts = chainedLines(4).map(lineText)
const whole = `${texts.join('\n')}\n`

describe('status verify', () => {
  it('says of a history that nobody touched since when it is whole', async () => {
    const days = `${wholeDays(3).map(lineText).join('\n')}\n`
    const root = world({ [november]: whole, 'history/rollup/main.2026/api.11.ndjson': days })
    const run = await runStatus(['verify', '--root', root])
    expect(run).toMatchObject({ code: 0 })
    expect(run.out).toBe(
      'api as main saw it: 4 lines, whole since 2026-11-01T00:00:00Z\n1 chain, 1 whole: 0 errors, 0 warnings\n',
    )
  })

  it('names the line that was edited, and what that means', async () => {
    const root = world({ [november]: whole.replace('T01:00:00Z', 'T01:02:00Z') })
    const run = await runStatus(['verify', '--root', root])
    expect(run.code).toBe(1)
    expect(run.out).toMatch(
      /^history\/transitions\/main\.2026\/api\.11\.ndjson:2 error: edited: .*\(the line was changed/,
    )
    const json = await runStatus(['verify', '--json', '--root', root])
    expect(JSON.parse(json.out)).toMatchObject({
      errors: 1,
      found: [{ file: november, line: 2, found: 'edited', level: 'error' }],
      chains: [{ component: 'api', whole: false, since: '2026-11-01T02:00:00Z' }],
    })
  })

  it('fails for warnings only when it is asked to', async () => {
    const root = world({ [november]: `${whole}{"v":1`, 'history/transitions/main.2026/notes.txt': 'x' })
    const run = await runStatus(['verify', '--root', root])
    expect(run).toMatchObject({ code: 0 })
    expect(run.out).toContain('history/transitions/main.2026/notes.txt: not a file of the history')
    expect(await runStatus(['verify', '--strict', '--root', root])).toMatchObject({ code: 1 })
  })

  it('fails for a file that stands where it is not read, and says where it belongs', async () => {
    const root = world({ 'history/transitions/api/main.2026-11.ndjson': whole })
    const run = await runStatus(['verify', '--root', root])
    expect(run.code).toBe(1)
    expect(run.out).toContain(
      `history/transitions/api/main.2026-11.ndjson:1 error: elsewhere: it belongs at ${november} (nothing in it is read`,
    )
  })
})

describe('status repair', () => {
  const messy = [texts[1], texts[0], texts[2], texts[2], texts[3], '{"v":1,"seq":5,"wh'].join('\n')

  it('mends what accidents do, keeps what was there, and finds nothing the second time', async () => {
    const root = world({ [november]: messy })
    const dry = await runStatus(['repair', '--dry-run', '--root', root])
    expect(dry).toMatchObject({ code: 0 })
    expect(dry.said).toContain('would put the lines in order')
    expect(read(root, november)).toBe(messy)

    const run = await runStatus(['repair', '--root', root])
    expect(run).toMatchObject({ code: 0 })
    expect(run.said).toContain('    it read: {"v":1,"seq":5,"wh')
    expect(read(root, november)).toBe(whole)
    const [kept = ''] = readdirSync(path.join(root, '.candor/repaired'))
    expect(read(root, path.join('.candor/repaired', kept, november))).toBe(messy)
    expect(readHistory(root).problems).toEqual([])

    const again = await runStatus(['repair', '--root', root])
    expect(again).toMatchObject({ code: 0, said: 'nothing to repair\n' })
    expect(await runStatus(['verify', '--strict', '--root', root])).toMatchObject({ code: 0 })
  })

  it('says what it cannot mend, and leaves it', async () => {
    const edited = whole.replace('T01:00:00Z', 'T01:02:00Z')
    const root = world({ [november]: edited })
    const run = await runStatus(['repair', '--root', root])
    expect(run.code).toBe(1)
    expect(run.said).toMatch(/nothing to repair\nleft as it is, .*\n.*:2 error: edited/)
    expect(read(root, november)).toBe(edited)
  })
})

function world(files: Record<string, string>): string {
  const root = worldFolder({ 'site.yaml': site })
  mkdirSync(path.join(root, 'history'), { recursive: true })
  writeFiles(root, files)
  return root
}

function read(root: string, name: string): string {
  return readFileSync(path.join(root, name), 'utf8')
}
