import { expect, it } from 'vitest'
import { readMaintenance } from '../files/read-maintenance.ts'
import { parseInstant } from '../model/time.ts'
import { maintenanceState } from './maintenance-state.ts'

const head = 'title: Work\nstarts: 2026-12-02T06:00:00Z\nends: 2026-12-02T07:00:00Z\n'

it.each([
  ['before it begins', head, '', '05:59', 'scheduled', false, false],
  ['begins by itself', head, '', '06:00', 'in_progress', true, false],
  ['ends by itself', head, '', '07:00', 'completed', false, false],
  [
    'begun early by a post',
    head,
    '## 2026-12-02 05:50 UTC in_progress\n',
    '05:55',
    'in_progress',
    true,
    false,
  ],
  [
    'a post of the future says nothing yet',
    head,
    '## 2026-12-02 05:50 UTC in_progress\n',
    '05:45',
    'scheduled',
    false,
    false,
  ],
  [
    'ended early by a post',
    head,
    '## 2026-12-02 06:30 UTC completed\n\n## 2026-12-02 06:00 UTC in_progress\n',
    '06:31',
    'completed',
    false,
    false,
  ],
  [
    'begun by a post and not ended: it runs over',
    head,
    '## 2026-12-02 06:00 UTC in_progress\n',
    '07:10',
    'in_progress',
    true,
    true,
  ],
  ['being verified', head, '## 2026-12-02 06:40 UTC verifying\n', '06:45', 'verifying', true, false],
  [
    'extended',
    `${head}extended_to: 2026-12-02T08:00:00Z\n`,
    '## 2026-12-02 06:50 UTC extended\n',
    '07:30',
    'extended',
    true,
    false,
  ],
  [
    'an extension that is announced ahead begins nothing',
    head,
    '## 2026-12-01 12:00 UTC extended\n',
    '05:30',
    'scheduled',
    false,
    false,
  ],
  ['completed in the front matter', `${head}status: completed\n`, '', '06:30', 'completed', false, false],
  ['cancelled in the front matter', `${head}cancelled: true\n`, '', '06:30', 'cancelled', false, false],
  ['cancelled by a post', head, '## 2026-12-01 12:00 UTC cancelled\n', '06:30', 'cancelled', false, false],
])('%s', (_name, front, body, time, phase, running, overrun) => {
  const { maintenance, problems } = readMaintenance(
    `---\n${front}---\n\n${body}`,
    'maintenance/2026-11-30-work.md',
    '',
    new Set(),
  )
  expect(problems).toEqual([])
  const now = parseInstant(`2026-12-02T${time}:00Z`) ?? NaN
  expect(maintenance && maintenanceState(maintenance, now)).toMatchObject({ phase, running, overrun })
})
