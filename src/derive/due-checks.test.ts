import { expect, it } from 'vitest'
import { readComponents } from '../files/read-settings.ts'
import type { Live } from '../model/history.ts'
import { iso, MINUTE, SECOND } from '../model/time.ts'
import { dueChecks } from './due-checks.ts'

const { components } = readComponents(`components:
  - { id: api, name: API, check: { tcp: "127.0.0.1:1", confirm: 3 } }
  - { id: web, name: Web, check: [{ tcp: "127.0.0.1:2", every: 5m }, { tcp: "127.0.0.1:3", every: 10m }] }
  - { id: eu, name: Europe, check: { tcp: "127.0.0.1:4", from: [eu-1] } }
  - { id: said, name: Declared only }
`)
const now = Date.parse('2026-11-21T04:00:00Z')

/** A snapshot in which every component was last looked at so long ago. */
function lookedAt(ago: number): Live {
  const entry = { checked_at: iso(now - ago) }
  return { components: { api: entry, web: entry, eu: entry } } as unknown as Live
}

it.each([
  ['nothing was ever looked at', undefined, ['api', 'web']],
  ['a beat has passed', MINUTE, ['api']],
  ['somebody asks again at once', SECOND, ['api']],
  ['the slower component’s time has not come', 4 * MINUTE, ['api']],
  ['it comes a little early', 5 * MINUTE - 10 * SECOND, ['api', 'web']],
  ['the clock was set back', -MINUTE, ['api', 'web']],
])('when %s, the checks of %s milliseconds ago that are due are of %j', (_when, ago, due) => {
  const live = ago === undefined ? undefined : lookedAt(ago)
  const { checks } = dueChecks(components, { writer: 'local', now, intervalMs: MINUTE, live })
  expect([...new Set(checks.map(({ component }) => component))]).toEqual(due)
})

it('names the components of a writer with their pace and confirmation, and no others', () => {
  const seen = (writer: string) =>
    dueChecks(components, { writer, now, intervalMs: MINUTE, live: undefined }).components
  expect(seen('local')).toEqual([
    { id: 'api', confirm: 3, intervalMs: MINUTE },
    { id: 'web', confirm: 2, intervalMs: 5 * MINUTE },
  ])
  expect(seen('eu-1').map(({ id }) => id)).toEqual(['api', 'web', 'eu'])
})

it('looks at a component with all its checks or not at all', () => {
  const { checks } = dueChecks(components, {
    writer: 'local',
    now,
    intervalMs: MINUTE,
    live: lookedAt(5 * MINUTE),
  })
  expect(checks.map(({ id }) => id)).toEqual(['api/0', 'web/0', 'web/1'])
})

it.each([
  [10, 60, 0],
  [200, 60, 0],
  [1_000, 60, 2.5],
  [10_000, 60, 25],
  [10_000, 10, 5],
])('spreads the starts of %d checks every %d s over %d s', (count, every, spread) => {
  const [first] = components.flatMap(({ checks }) => checks)
  const many = components.slice(0, 1).map((component) => ({
    ...component,
    checks: Array.from({ length: count }, () => first).filter((check) => check !== undefined),
  }))
  const beat = { writer: 'local', now, intervalMs: every * 1_000, live: undefined }
  expect(dueChecks(many, beat).spreadMs).toBe(spread * 1_000)
})
