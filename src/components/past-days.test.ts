import { expect, it } from 'vitest'
import type { IncidentSummary } from '../derive/views.ts'
import { foldQuietDays } from './past-days.ts'

it('folds days without incidents into runs and keeps days with incidents apart', () => {
  const incidents = [{ id: 'x' } as IncidentSummary]
  expect(
    foldQuietDays([
      { day: '2026-11-21', incidents: [] },
      { day: '2026-11-20', incidents: [] },
      { day: '2026-11-19', incidents },
      { day: '2026-11-18', incidents },
      { day: '2026-11-17', incidents: [] },
    ]),
  ).toEqual([
    { first: '2026-11-20', last: '2026-11-21', incidents: [] },
    { first: '2026-11-19', last: '2026-11-19', incidents },
    { first: '2026-11-18', last: '2026-11-18', incidents },
    { first: '2026-11-17', last: '2026-11-17', incidents: [] },
  ])
})
