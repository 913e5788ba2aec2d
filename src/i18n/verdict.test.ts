import { describe, expect, it } from 'vitest'
import type { Freshness, Verdict } from '../derive/views.ts'
import type { Status } from '../model/status.ts'
import { DAY, MINUTE, SECOND } from '../model/time.ts'
import { pageTitle, verdictSentence, verdictStatus } from './verdict.ts'

const builtAt = Date.UTC(2026, 10, 21, 3, 58, 41)
const fresh: Freshness = {
  builtAt,
  checkedAt: builtAt - 21 * SECOND,
  intervalMs: MINUTE,
  stale: false,
  measured: true,
}
const stale: Freshness = { ...fresh, stale: true }
const unchecked: Freshness = { builtAt, intervalMs: MINUTE, stale: false, measured: true }
const declaredOnly: Freshness = { ...unchecked, measured: false }

const cases: [name: string, Verdict, Freshness, sentence: string, shown: Status, title: string][] = [
  [
    'all is well',
    verdict(),
    fresh,
    'All systems are working normally.',
    'operational',
    '● All systems normal — Acme status',
  ],
  [
    'one component',
    verdict({ major_outage: ['Webhooks'] }),
    fresh,
    'Webhooks down.',
    'major_outage',
    '■ Major outage: Webhooks — Acme status',
  ],
  [
    'two states',
    verdict({ major_outage: ['Webhooks'], degraded: ['API'] }),
    fresh,
    'Webhooks down, API degraded.',
    'major_outage',
    '■ Major outage: Webhooks — Acme status',
  ],
  [
    'a list within a state, so that states are parted by semicolons',
    verdict({ partial_outage: ['A', 'B', 'C'], degraded: ['API', 'Login'] }),
    fresh,
    'A, B and C partly down; API and Login degraded.',
    'partial_outage',
    '◆ Partial outage: A, B and C — Acme status',
  ],
  [
    'more than anyone reads',
    verdict({ degraded: ['A', 'B', 'C', 'D', 'E', 'F'] }),
    fresh,
    'A, B, C and 3 more degraded.',
    'degraded',
    '▼ Degraded performance: A, B, C and 3 more — Acme status',
  ],
  [
    'everything',
    verdict({ major_outage: ['A', 'B', 'C'] }, { operational: 0, total: 3 }),
    fresh,
    'All 3 components down.',
    'major_outage',
    '■ Major outage: A, B and C — Acme status',
  ],
  [
    'planned work alone',
    verdict({ under_maintenance: ['CDN'] }),
    fresh,
    'CDN under maintenance.',
    'under_maintenance',
    '▪ Under maintenance: CDN — Acme status',
  ],
  [
    'planned work beside trouble, which goes without saying',
    verdict({ degraded: ['API'], under_maintenance: ['CDN'] }),
    fresh,
    'API degraded.',
    'degraded',
    '▼ Degraded performance: API — Acme status',
  ],
  [
    'a component without data',
    verdict({ unknown: ['Search'] }),
    fresh,
    'No data for Search.',
    'unknown',
    '◌ No data — Acme status',
  ],
  [
    'trouble and a component without data',
    verdict({ degraded: ['API'], unknown: ['Search'] }),
    fresh,
    'API degraded. No data for Search.',
    'degraded',
    '▼ Degraded performance: API — Acme status',
  ],
  [
    'an incident that names no component',
    verdict({}, { loose: ['Checkout fails for some cards.'] }),
    fresh,
    'Open incident: Checkout fails for some cards.',
    'unknown',
    '◌ Incident: Checkout fails for some cards — Acme status',
  ],
  [
    'incidents that name no component, beside trouble',
    verdict({ degraded: ['API'] }, { loose: ['One', 'Two!'] }),
    fresh,
    'API degraded. Open incidents: One and Two.',
    'degraded',
    '▼ Degraded performance: API — Acme status',
  ],
  [
    'a file nobody could read',
    verdict({}, { unread: 1 }),
    fresh,
    'An incident was posted but could not be read fully.',
    'unknown',
    '◌ Incident posted — Acme status',
  ],
  [
    'several files nobody could read',
    verdict({}, { unread: 2 }),
    fresh,
    '2 incidents were posted but could not be read fully.',
    'unknown',
    '◌ Incident posted — Acme status',
  ],
  [
    'stale and well when last seen',
    verdict({}, { status: 'unknown' }),
    stale,
    'We cannot confirm the current state. Last known at 03:58 UTC: all systems were working normally.',
    'unknown',
    '◌ State not confirmed — Acme status',
  ],
  [
    'stale and in trouble when last seen',
    verdict({ major_outage: ['Webhooks'] }),
    stale,
    'We cannot confirm the current state. Last known at 03:58 UTC: Webhooks down.',
    'unknown',
    '◌ State not confirmed — Acme status',
  ],
  [
    'stale since another day',
    verdict({}, { status: 'unknown' }),
    { ...stale, checkedAt: builtAt - DAY },
    'We cannot confirm the current state. Last known at Fri 20 Nov, 03:58 UTC: all systems were working normally.',
    'unknown',
    '◌ State not confirmed — Acme status',
  ],
  [
    'stale and nothing known of any component',
    verdict({ unknown: ['A', 'B'] }, { operational: 0, total: 2 }),
    stale,
    'We cannot confirm the current state. Last checked at 03:58 UTC.',
    'unknown',
    '◌ State not confirmed — Acme status',
  ],
  [
    'checks that never ran',
    verdict({ unknown: ['A', 'B'] }, { operational: 0, total: 2 }),
    unchecked,
    'Nothing has been measured yet.',
    'unknown',
    '◌ No data yet — Acme status',
  ],
  [
    'checks that never ran, though the verdict calls it operational',
    verdict(),
    unchecked,
    'Nothing has been measured yet.',
    'unknown',
    '◌ No data yet — Acme status',
  ],
  [
    'no checks and no incident',
    verdict(),
    declaredOnly,
    'No problems are reported.',
    'operational',
    '● No problems reported — Acme status',
  ],
  [
    'no components',
    verdict({}, { operational: 0, total: 0 }),
    declaredOnly,
    'No components are listed yet.',
    'unknown',
    '◌ No data yet — Acme status',
  ],
]

describe('the verdict', () => {
  it.each(cases)('%s', (_name, given, freshness, sentence, shown, title) => {
    expect(verdictSentence(given, freshness)).toBe(sentence)
    expect(verdictStatus(given, freshness)).toBe(shown)
    expect(pageTitle(given, freshness, 'Acme')).toBe(title)
  })

  it('never says that all is well while something is open, unread, unmeasured or old', () => {
    for (const [, given, freshness, sentence, shown] of cases) {
      const quiet = given.affected.length + given.loose.length + given.unread === 0 && given.total > 0
      if (quiet && !freshness.stale && (!freshness.measured || freshness.checkedAt !== undefined)) continue
      expect(shown).not.toBe('operational')
      expect(sentence).not.toContain('are working normally')
    }
  })

  it('does not say "status" twice', () => {
    expect(pageTitle(verdict(), fresh, 'Acme Status')).toBe('● All systems normal — Acme Status')
  })
})

function verdict(affected: Partial<Record<Status, string[]>> = {}, rest: Partial<Verdict> = {}): Verdict {
  const states = Object.entries(affected) as [Status, string[]][]
  return {
    status: states[0]?.[0] ?? 'operational',
    affected: states.map(([status, names]) => ({
      status,
      components: names.map((name) => ({ id: name.toLowerCase(), name })),
    })),
    operational: 4,
    total: 10,
    loose: [],
    unread: 0,
    ...rest,
  }
}
