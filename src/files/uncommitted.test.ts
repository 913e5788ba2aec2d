import { expect, it } from 'vitest'
import { worldFolder } from '../testing/write-world.ts'
import { noteUncommitted, readUncommitted, settleUncommitted } from './uncommitted.ts'

const [api, web] = ['history/transitions/eu.2026/api.11.ndjson', 'history/rollup/eu.2026/web.11.ndjson']

it('knows which files have lines that may not be committed, for each writer', () => {
  const root = worldFolder({})
  noteUncommitted(root, 'eu', [api])
  noteUncommitted(root, 'eu', [web])
  noteUncommitted(root, 'us', [])
  expect(Object.keys(readUncommitted(root, 'eu'))).toEqual([api, web])
  expect(readUncommitted(root, 'us')).toEqual({})
})

it('keeps what got a further line while the last was being committed', () => {
  const root = worldFolder({})
  noteUncommitted(root, 'eu', [api, web])
  const committing = readUncommitted(root, 'eu')
  noteUncommitted(root, 'eu', [web])
  settleUncommitted(root, 'eu', committing)
  expect(Object.keys(readUncommitted(root, 'eu'))).toEqual([web])
})

it.each(['', '[', '[1]', '{"../../etc/passwd":1}'])('is empty where it cannot be read: %j', (text) => {
  const root = worldFolder({ '.candor/uncommitted.eu.json': text })
  expect(readUncommitted(root, 'eu')).toEqual({})
})
