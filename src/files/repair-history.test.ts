import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lineText } from '../model/history.ts'
import { chainedLines, wholeDays } from '../testing/chained-history.ts'
import { worldFolder } from '../testing/write-world.ts'
import { readHistory } from './history-store.ts'
import { applyRepair, plannedRepairs, repairText } from './repair-history.ts'

const path = 'history/transitions/main.2026/api.11.ndjson'
const texts = chainedLines(4).map(lineText)
const [one = '', two = '', three = '', four = ''] = texts
const whole = `${texts.join('\n')}\n`

describe('a history', () => {
  it.each<[what: string, text: string, after: string, does: RegExp[]]>([
    ['that is well', whole, whole, []],
    ['that is empty', '', '', []],
    [
      'with a torn last line',
      `${whole}{"v":1,"seq":5,"fr`,
      whole,
      [/^cut off a torn last line of 18 bytes$/],
    ],
    ['that is nothing but a torn line', '{"v":1', '', [/^cut off/]],
    ['that ends in the zeros of a lost block', `${whole}\0\0\0\0`, whole, [/^cut off/]],
    ['without its last newline', whole.trimEnd(), whole, [/^add the newline/]],
    ['with a line twice', `${one}\n${one}\n${two}\n${three}\n${four}\n`, whole, [/^drop line 2/]],
    ['in a wrong order', `${three}\n${one}\n${four}\n${two}\n`, whole, [/^put the lines in order$/]],
    [
      'with all of it',
      `${three}\n${one}\n${three}\n${four}\n${two}\n{"v`,
      whole,
      [/^cut/, /^drop line 3/, /^put/],
    ],
    ['with a line that is none', `${one}\nhello\n${two}`, `${one}\nhello\n${two}\n`, [/^add the newline/]],
    ['out of order around a line that is none', `${two}\nhello\n${one}\n`, `${two}\nhello\n${one}\n`, []],
    [
      'with two different lines of one number',
      `${one}\n${one.replace('T00:00', 'T00:01')}\n`,
      `${one}\n${one.replace('T00:00', 'T00:01')}\n`,
      [],
    ],
    ['of a system that ends lines otherwise', `${one}\r\n${two}\r\n{`, `${one}\n${two}\n`, [/^cut off/]],
  ])('%s', (_what, text, after, does) => {
    const repaired = repairText(text, 'transitions')
    expect(repaired.after).toBe(after)
    expect(repaired.does).toEqual(does.map((words) => expect.stringMatching(words) as string))
  })

  it('of metrics is mended too', () => {
    const root = worldFolder({ 'history/metrics/main.2026/api.rate.11.ndjson': '{"v":1,"d":"2026-1' })
    expect(plannedRepairs(root)).toMatchObject([{ after: '', cut: '{"v":1,"d":"2026-1' }])
  })

  it('of days is put in order too', () => {
    const [first, second] = wholeDays(2).map(lineText)
    expect(repairText(`${second ?? ''}\n${first ?? ''}`, 'rollup').after).toBe(
      `${first ?? ''}\n${second ?? ''}\n`,
    )
  })

  it('keeps every line that can be read, whatever was done to it, and a second repair finds nothing', () => {
    const mess = fc.array(
      fc.oneof(fc.constantFrom(...texts), fc.string(), fc.constantFrom('', '\r', '{"v":1')),
    )
    fc.assert(
      fc.property(mess, fc.boolean(), (lines, ends) => {
        const text = lines.join('\n') + (ends ? '\n' : '')
        const { after } = repairText(text, 'transitions')
        for (const line of texts) expect(after.split('\n').includes(line)).toBe(linesIn(text).includes(line))
        expect(repairText(after, 'transitions').does).toEqual([])
      }),
    )
  })
})

it('a repair keeps the file as it was, and leaves one that can be read', () => {
  const torn = `${two}\n${one}\n{"v":1,"se`
  const root = worldFolder({ [path]: torn, 'history/later/api/main.2026-11.ndjson': 'not ours' })
  const repairs = plannedRepairs(root)
  expect(repairs).toMatchObject([{ path, cut: '{"v":1,"se' }])
  for (const repair of repairs) applyRepair(root, repair, '.candor/repaired/now')
  expect(readFileSync(join(root, '.candor/repaired/now', path), 'utf8')).toBe(torn)
  expect(readHistory(root).problems).toEqual([])
  expect(plannedRepairs(root)).toEqual([])
  expect(existsSync(join(root, '.candor/repaired/now/history/later'))).toBe(false)
})

/** Lines as the reader takes them: what is behind the last line end counts as well. */
function linesIn(text: string): string[] {
  return text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
}
