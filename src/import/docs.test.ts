import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { importers, importSystems } from './importer.ts'
import { reportLines } from './report.ts'

const manual = readFileSync(new URL('../../docs/import.md', import.meta.url), 'utf8')

describe('docs/import.md', () => {
  it.each(importSystems)('names the system %s', (system) => {
    expect(manual).toContain(`| \`${system}\` |`)
  })

  it('shows the report that its example gives', () => {
    const { report } = importers['github-statuses'](block('json'))
    expect(block('text')).toBe(`${reportLines(report).join('\n')}\n`)
  })
})

function block(language: string): string {
  return new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(manual)?.[1] ?? ''
}
