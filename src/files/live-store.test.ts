import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { Live } from '../model/history.ts'
import { livePath, liveText, readLive, writeLive } from './live-store.ts'

const live: Live = {
  v: 1,
  writer: 'eu-1',
  checked_at: '2026-11-21T12:00:00Z',
  next_expected_at: '2026-11-21T12:01:00Z',
  interval_ms: 60_000,
  components: {},
}

it('reads the snapshots that were written, by the names of their writers', () => {
  const root = temporaryFolder()
  writeLive(root, { ...live, writer: 'us-1' })
  writeLive(root, { ...live, checked_at: '2026-11-21T11:00:00Z' })
  writeLive(root, live)
  expect(readLive(root)).toEqual({ live: [live, { ...live, writer: 'us-1' }], problems: [] })
})

it('of a world without any is empty', () => {
  expect(readLive(temporaryFolder())).toEqual({ live: [], problems: [] })
})

it.each([
  ['text that is not JSON', liveText(live).slice(0, 40), 'not JSON; this snapshot is left out'],
  ['a field that is missing', '{"v":1,"writer":"eu-1"}', 'checked_at: '],
  [
    "another writer's name",
    liveText({ ...live, writer: 'us-1' }),
    'it says that "us-1" wrote it, the file\'s name "eu-1"',
  ],
])('leaves out %s, says so, and reads the rest', (_what, text, message) => {
  const root = temporaryFolder()
  writeLive(root, live)
  writeLive(root, { ...live, writer: 'us-1' })
  writeFileSync(join(root, livePath('eu-1')), text)
  const { live: read, problems } = readLive(root)
  expect(read.map(({ writer }) => writer)).toEqual(['us-1'])
  expect(problems).toMatchObject([{ level: 'error', file: '.candor/live/eu-1.json', line: 1 }])
  expect(problems[0]?.message).toContain(message)
})

it("refuses a writer's name that would lead elsewhere", () => {
  expect(() => livePath('../eu-1')).toThrow('expected a writer name of small letters')
})

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'candor-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
