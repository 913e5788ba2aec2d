import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { checkKindNames, checkKinds, conditionMisfit, type CheckKind } from '../src/model/check.ts'
import { commonOptions as sharedOptions } from '../src/model/check-kinds/define-kind.ts'
import { parseCondition } from '../src/model/condition.ts'

const page = readFileSync(new URL('../docs/checks.md', import.meta.url), 'utf8')
const sectionOf = (heading: string) =>
  page.split(/^##+ /m).find((section) => section.startsWith(`${heading}\n`)) ?? ''
const commonOptions = Object.keys(sharedOptions)

describe('docs/checks.md describes every option', () => {
  const options = checkKindNames.flatMap((kind) =>
    Object.keys(checkKinds[kind].options.shape).map((option) => [kind, option]),
  )
  it.each(options)('%s: %s', (kind = '', option = '') => {
    const section = commonOptions.includes(option) ? sectionOf('Options of every kind') : sectionOf(kind)
    expect(section).toMatch(new RegExp(`^\\| \`${option}\` +\\|`, 'm'))
  })

  it.each(checkKindNames)('the subjects of %s', (kind) => {
    const row = sectionOf('Kinds')
      .split('\n')
      .find((line) => line.startsWith(`| \`${kind}\``))
    for (const subject of checkKinds[kind].subjects) expect(row).toContain(subject)
  })
})

describe('every example in docs/checks.md is valid', () => {
  const examples = [...page.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, text = '']) => text)

  it('there is one for each kind', () => {
    for (const kind of checkKindNames) expect(sectionOf(kind)).toContain('```yaml')
  })

  it.each(examples)('%s', (text) => {
    for (const { kind, written } of checksIn(parse(text))) {
      const result = checkKinds[kind].options.safeParse(written)
      expect(result.error, text).toBeUndefined()
      for (const line of result.data?.expect ?? []) expectCondition(line, kind)
    }
  })

  it('with conditions that can be read', () => {
    const rows = sectionOf('Conditions')
      .split('\n')
      .filter((line) => /^\| `/.test(line))
    expect(rows).toHaveLength(11)
    for (const row of rows) expectCondition(/`([^`]+)`/.exec(row)?.[1] ?? '', undefined)
  })
})

function expectCondition(line: string, kind: CheckKind | undefined): void {
  const result = parseCondition(line)
  if ('error' in result) throw new Error(`${line}: ${result.error}`)
  if (kind) expect(conditionMisfit(result.condition, kind), line).toBeUndefined()
}

/** The checks of an example, which shows components, one `check`, or only the conditions of a web check. */
function checksIn(example: {
  components?: { check: unknown }[]
  check?: unknown
  expect?: string[]
}): { kind: CheckKind; written: unknown }[] {
  const alone = example.expect && { http: 'https://a.example', expect: example.expect }
  return [...(example.components ?? []), { check: example.check ?? alone ?? [] }]
    .flatMap(({ check }) => check)
    .map((written) => {
      const kind = checkKindNames.find((name) => Object.hasOwn(written as object, name))
      if (!kind) throw new Error(`no kind of check in ${JSON.stringify(written)}`)
      return { kind, written }
    })
}
