import { expect, it } from 'vitest'
import type { SampleState } from '../model/check.ts'
import type { Status } from '../model/status.ts'
import { measuredStatus } from './measured-status.ts'

it.each<[states: SampleState[], status: Status]>([
  [['up'], 'operational'],
  [['up', 'up'], 'operational'],
  [['degraded'], 'degraded'],
  [['up', 'degraded'], 'degraded'],
  [['down'], 'major_outage'],
  [['down', 'down'], 'major_outage'],
  [['down', 'up'], 'partial_outage'],
  [['down', 'degraded'], 'partial_outage'],
  [['unknown'], 'unknown'],
  [[], 'unknown'],
  [['unknown', 'up'], 'operational'],
  [['unknown', 'degraded'], 'degraded'],
  [['unknown', 'down'], 'major_outage'],
  [['unknown', 'down', 'up'], 'partial_outage'],
])('checks that saw %j make a component %s', (states, status) => {
  expect(measuredStatus(states.map((state) => ({ state })))).toBe(status)
})
