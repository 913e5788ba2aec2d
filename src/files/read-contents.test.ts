import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readWorld, readWorldInThreads } from './read-world.ts'

let root = ''
beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'candor-threads-'))
  mkdirSync(path.join(root, 'incidents'))
  writeFileSync(path.join(root, 'site.yaml'), 'name: Example\nurl: https://status.example.com\n')
  writeFileSync(path.join(root, 'components.yaml'), 'components:\n  - { id: api, name: API }\n')
  for (let number = 0; number < 2_000; number++) {
    const day = String((number % 28) + 1).padStart(2, '0')
    // One in seven names a component that there is not, so that there are problems to bring back in order.
    const component = number % 7 === 0 ? 'apo' : 'api'
    writeFileSync(
      path.join(root, 'incidents', `2026-10-${day}-number-${String(number)}.md`),
      `---\ntitle: Number ${String(number)}\naffected: [${component}]\nstarted: 2026-10-${day}T03:00:00Z\n---\n\n## 2026-10-${day} 03:10 UTC resolved\n\nWell *again*: ${String(number)}.\n`,
    )
  }
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

it('reads in threads what it reads without', async () => {
  const [plain, threaded] = [readWorld(root), await readWorldInThreads(root)]
  const { textOf, ...facts } = threaded
  const { textOf: plainTextOf, ...plainFacts } = plain
  expect(facts).toEqual(plainFacts)
  expect(facts.problems).toHaveLength(286)
  expect(facts.incidents.map(textOf)).toEqual(plain.incidents.map(plainTextOf))
})
