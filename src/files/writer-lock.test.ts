import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { worldFolder } from '../testing/write-world.ts'
import { lockWriter, WriterBusy } from './writer-lock.ts'

const now = Date.parse('2026-11-21T03:11:00Z')

it('refuses whoever comes second, and says who has it since when', async () => {
  const root = worldFolder({})
  const release = await lockWriter(root, 'local', { now })
  await expect(lockWriter(root, 'local', { now: now + 60_000 })).rejects.toThrow(WriterBusy)
  await expect(lockWriter(root, 'local', { now: now + 60_000 })).rejects.toThrow(
    new RegExp(`"local" is looking .* process ${String(process.pid)} on \\S+, since 2026-11-21T03:11:00Z`),
  )
  release()
  release()
  const again = await lockWriter(root, 'local', { now })
  again()
})

it('is one for each writer of a world', async () => {
  const root = worldFolder({})
  const releases = await Promise.all(['eu', 'us'].map((writer) => lockWriter(root, writer, { now })))
  for (const release of releases) release()
})

it('waits for as long as it is told to', async () => {
  const root = worldFolder({})
  const release = await lockWriter(root, 'local', { now })
  const waiting = lockWriter(root, 'local', { now, patienceMs: 60_000 })
  release()
  const released = await waiting
  released()
})

it('of ten processes that start at once exactly one has it, and the next only after it was killed', async () => {
  const root = worldFolder({})
  const processes = Array.from({ length: 10 }, () => contender(root))
  const said = await Promise.all(processes.map(({ first }) => first))
  const winner = said.indexOf('locked')
  expect(said.filter((one) => one === 'locked')).toHaveLength(1)
  expect(said.filter((one) => one.startsWith('"local" is looking in this world already'))).toHaveLength(9)

  const held = processes[winner]?.child
  expect(await contender(root).first).toContain(`process ${String(held?.pid)} `)
  held?.kill('SIGKILL')
  if (held) await once(held, 'close')
  // What it said of itself is still there, and means nothing any more.
  expect(readFileSync(path.join(root, '.candor/lock.local.json'), 'utf8')).toContain(String(held?.pid))
  const crowd = await Promise.all(Array.from({ length: 5 }, () => contender(root).first))
  expect(crowd.filter((one) => one === 'locked')).toHaveLength(1)
})

it('leaves nothing that says it is held', async () => {
  const root = worldFolder({})
  const release = await lockWriter(root, 'local', { now })
  release()
  expect(existsSync(path.join(root, '.candor/lock.local.json'))).toBe(false)
})

/** A process that tries for the lock, says how that went, and keeps what it has until it is killed. */
function contender(root: string) {
  const script = `
    import { lockWriter } from ${JSON.stringify(path.resolve(import.meta.dirname, 'writer-lock.ts'))}
    await lockWriter(${JSON.stringify(root)}, 'local', { now: ${String(now)} }).then(
      () => { console.log('locked'); setInterval(() => {}, 1e6) },
      (error) => console.log(error.message),
    )`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const first = once(child.stdout, 'data').then(([text]) => String(text).trim())
  return { child, first }
}
