import { describe, expect, it } from 'vitest'
import { readMaintenance } from './read-maintenance.ts'

const read = (head: string, body = '') =>
  readMaintenance(`---\ntitle: Move\n${head}\n---\n${body}`, 'maintenance/2026-12-02-move.md', '', new Set())

describe('what the front matter says of where the work stands', () => {
  const window = 'starts: 2026-12-02T06:00:00Z\nduration: 1h'
  it.each([
    [`${window}\nstatus: completed`, '', 'completed'],
    [`${window}\nstatus: in_progress`, '\n## 2026-12-02 06:30 UTC completed\n\nx\n', 'in_progress'],
    [window, '\n## 2026-12-02 06:30 UTC completed\n\nx\n', undefined],
    [`${window}\nstatus: done`, '', undefined],
  ])('%j is kept beside its updates', (head, body, phase) => {
    expect(read(head, body).maintenance?.statedPhase).toBe(phase)
  })
})
