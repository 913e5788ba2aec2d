import { expect, it } from 'vitest'
import { worldFolder } from '../testing/write-world.ts'
import { readWorld } from './read-world.ts'

const components = `components:
  - id: queue
    name: Queue
    check:
      - script: checks/own/queue.mjs
      - script: checks/own/qeue.mjs
`

it.each([
  ['nothing, when it is there', { 'checks/own/queue.mjs': '', 'checks/own/qeue.mjs': '' }, []],
  [
    'the one that was probably meant',
    { 'checks/own/queue.mjs': '' },
    [
      {
        line: 6,
        column: 17,
        message: 'there is no file checks/own/qeue.mjs; did you mean "checks/own/queue.mjs"?',
        fix: '      - script: checks/own/queue.mjs',
      },
    ],
  ],
  [
    'what to write, when there is none',
    {},
    ['queue', 'qeue'].map((name, index) => ({
      line: 5 + index,
      column: 17,
      message: `there is no file checks/own/${name}.mjs; write one: export default async ({ signal, env }) => ({ state: 'up' })`,
    })),
  ],
])('says of a script %s', (_, files, problems) => {
  const root = worldFolder({
    'components.yaml': components,
    'site.yaml': 'name: A\nurl: https://a.example\n',
    ...files,
  })
  const world = readWorld(root)
  expect(world.problems).toMatchObject(problems)
  expect(world.problems).toHaveLength(problems.length)
  expect(world.components[0]?.checks).toHaveLength(2)
})
