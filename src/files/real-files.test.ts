import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { readIncident } from './read-incident.ts'

const folder = path.join(import.meta.dirname, '../../../shared/data/cstate-jenkins/content/issues')
const there = existsSync(folder)
if (!there)
  console.warn(
    'skipped: the recorded issues of cState are not on this machine (../shared/data/cstate-jenkins)',
  )

/** Files of another system, which people wrote over six years: nearly everything in their heads is wrong for us. */
describe.skipIf(!there)('the 297 issues of a cState page, read as incidents', () => {
  const names = there ? readdirSync(folder).filter((name) => name.endsWith('.md')) : []

  it('are there', () => {
    expect(names.length).toBeGreaterThanOrEqual(297)
  })

  it('each keep their title and words, and have problems at places in the file', { timeout: 60_000 }, () => {
    for (const name of names) {
      const source = readFileSync(path.join(folder, name), 'utf8')
      const { incident, unread, problems, text } = readIncident(source, `incidents/${name}`, '', new Set())
      const title = /^title:\s*(.*?)\s*$/m
        .exec(source)?.[1]
        ?.replace(/^(["'])(.*)\1$/, '$2')
        .replaceAll("''", "'")
      expect(incident?.title ?? unread?.title, name).toBe(title)
      expect(problems.length, name).toBeGreaterThan(0)
      const lines = source.split(/\r?\n/)
      for (const { line, column, found } of problems) {
        expect(line, name).toBeLessThanOrEqual(lines.length)
        expect(column, name).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1)
        expect(lines[line - 1], name).toContain((found ?? '').replace(/…$/, ''))
      }
      const shown = [text.intro, ...text.updates, ...text.sections].map(({ plain }) => plain).join(' ')
      const headings = text.sections.map(({ heading }) => heading).join(' ')
      const body = source
        .split(/^---\s*$/m)
        .slice(2)
        .join('---')
      const words =
        body
          .replaceAll(/<!--[^]*?-->|\]\([^)]*\)|^## .*UTC.*$|^ *```.*$|^\[.*\]: .*$/gm, ' ')
          .match(/[A-Za-z]{3,}/g) ?? []
      const lost = words.filter((word) => !`${shown} ${headings}`.includes(word))
      expect(lost, name).toEqual([])
    }
  })
})
