import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { sweepTemporaryFiles, writeFileAtomic } from './atomic-write.ts'

describe('an atomic write', () => {
  it.each([{ durable: true }, { durable: false }])(
    'makes folders, replaces the text and leaves nothing else (%o)',
    (options) => {
      const folder = temporaryFolder()
      const path = join(folder, 'a/b/c.txt')
      writeFileAtomic(path, 'one', options)
      writeFileAtomic(path, 'two', options)
      expect(readFileSync(path, 'utf8')).toBe('two')
      expect(readdirSync(join(folder, 'a/b'))).toEqual(['c.txt'])
    },
  )

  it('that fails leaves the old text and nothing else', () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'occupied'))
    expect(() => writeFileAtomic(join(folder, 'occupied'), 'text')).toThrow()
    expect(readdirSync(folder)).toEqual(['occupied'])
  })
})

describe('the sweep', () => {
  it('removes what processes left that are gone, and what this one left, at any depth', () => {
    const folder = temporaryFolder()
    const gone = spawnSync(process.execPath, ['-e', '']).pid
    mkdirSync(join(folder, 'deep'))
    for (const name of [`a.${gone}.1.tmp`, `deep/b.${process.pid}.7.tmp`])
      writeFileSync(join(folder, name), '')
    for (const name of [`c.${process.ppid}.1.tmp`, 'mine.tmp', 'd.txt']) writeFileSync(join(folder, name), '')
    expect(sweepTemporaryFiles(folder)).toHaveLength(2)
    expect(readdirSync(folder).sort()).toEqual([`c.${process.ppid}.1.tmp`, 'd.txt', 'deep', 'mine.tmp'])
    expect(readdirSync(join(folder, 'deep'))).toEqual([])
  })

  it('of a folder that is not there is fine', () => {
    const missing = join(temporaryFolder(), 'history')
    expect(sweepTemporaryFiles(missing)).toEqual([])
    expect(existsSync(missing)).toBe(false)
  })
})

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'candor-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
