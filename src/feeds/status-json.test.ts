import { expect, it } from 'vitest'
import { siteFacts } from '../derive/site-facts.ts'
import { readWorld } from '../files/read-world.ts'
import { iso, MINUTE } from '../model/time.ts'
import { worldFolder } from '../testing/write-world.ts'
import { statusJson } from './status-json.ts'

const now = Date.parse('2026-11-21T12:00:00Z')

it('says of each vantage point when it last looked, and when it means to look next', () => {
  const live = (writer: string, checkedAt: number, intervalMs: number) => ({
    [`.candor/live/${writer}.json`]: JSON.stringify({
      v: 1,
      writer,
      checked_at: iso(checkedAt),
      next_expected_at: iso(checkedAt + intervalMs),
      interval_ms: intervalMs,
      components: {},
    }),
  })
  const root = worldFolder({
    'site.yaml':
      'name: Acme\nurl: https://status.acme.example\nvantage_points: [{ id: eu-1, name: Frankfurt, region: Europe }]\n',
    'components.yaml': 'components: [{ id: api, name: API }]\n',
    ...live('us', now - 10 * MINUTE, MINUTE),
    ...live('eu-1', now - 10 * MINUTE, 5 * MINUTE),
  })
  expect(statusJson(siteFacts(readWorld(root), now)).writers).toEqual([
    {
      ...{ id: 'eu-1', name: 'Frankfurt', region: 'Europe' },
      ...{ checked_at: '2026-11-21T11:50:00Z', next_expected_at: '2026-11-21T11:55:00Z' },
      ...{ interval_seconds: 300, stale: false },
    },
    {
      id: 'us',
      ...{ checked_at: '2026-11-21T11:50:00Z', next_expected_at: '2026-11-21T11:51:00Z' },
      ...{ interval_seconds: 60, stale: true },
    },
  ])
})
