import { expect, it } from 'vitest'
import type { ImpactView, IncidentView, MaintenanceView, UpdateView } from '../derive/views.ts'
import { declarations } from './declarations.ts'

const api: ImpactView = { id: 'api', name: 'API', status: 'degraded' }
const cdn: ImpactView = { id: 'cdn', name: 'CDN', status: 'under_maintenance' }

it('names for each component the worst open incident that speaks of it, and when it last did', () => {
  const worst = incident('worst', [api], [update(30), update(20, [api]), update(10, [api])])
  const other = incident('other', [api, cdn], [])
  const window = { id: 'window', title: 'Window', startsAt: 2, impacts: [cdn], updates: [] as UpdateView[] }
  expect([...declarations({ open: [worst, other], running: [window as MaintenanceView] })]).toEqual([
    ['api', { path: 'incidents/worst/', title: 'worst', at: 20 }],
    ['cdn', { path: 'incidents/other/', title: 'other', at: 1 }],
  ])
})

function incident(id: string, impacts: ImpactView[], updates: UpdateView[]): IncidentView {
  return { id, title: id, startedAt: 1, impacts, updates } as IncidentView
}

function update(at: number, affected?: ImpactView[]): UpdateView {
  return { id: String(at), at, phase: 'update', html: '', plain: '', automated: false, affected }
}
