import { readdirSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { startTcp } from '../checks/testing/servers.ts'
import { readHistory } from '../src/files/history-store.ts'
import { workTree } from '../src/testing/git-repository.ts'
import { runStatus, startCommand } from '../src/testing/run-status.ts'
import { worldFolder } from '../src/testing/write-world.ts'

const site = 'name: Acme\nurl: https://status.acme.example\n'

it('lets one process look as a writer, and another only when that is gone, in whatever way', async () => {
  const target = await startTcp((socket) => socket.end())
  const root = worldFolder({ 'site.yaml': site, 'components.yaml': component(target.port) })
  const args = ['watch', '--every', '1s', '--root', root]
  const first = startCommand('scripts/status.ts', args)
  await first.until(() => first.said().includes('1 up'))

  const refused = new RegExp(
    `"local" is looking in this world already: process ${String(first.child.pid)} on `,
  )
  for (const command of [args, ['start', '--port', '0', '--root', root], ['probe', '--root', root]]) {
    const second = await runStatus(command)
    expect(second).toMatchObject({ code: 2, said: expect.stringMatching(refused) as string })
  }
  expect(await runStatus(['probe', '--writer', 'other', '--root', root])).toMatchObject({ code: 0 })

  first.child.kill('SIGKILL')
  await first.ended
  const next = startCommand('scripts/status.ts', args)
  await next.until(() => next.said().includes('1 up'))
  next.child.kill('SIGTERM')
  expect(await next.ended).toBe(0)
  expect(await runStatus(['probe', '--root', root])).toMatchObject({ code: 0 })
  expect(readdirSync(path.join(root, '.candor')).filter((name) => /lock.*json$/.test(name))).toEqual([])
  expect(readHistory(root).problems).toEqual([])
  target.close()
}, 120_000)

it('ends soon after it was told to, although the remote does not answer', async () => {
  const target = await startTcp((socket) => socket.end())
  let asked = 0
  const remote = await startTcp((socket) => {
    asked += 1
    socket.resume()
  })
  const root = await workTree({ 'site.yaml': site, 'components.yaml': component(target.port) })
  const address = `git://127.0.0.1:${String(remote.port)}/status.git`
  const running = startCommand('scripts/status.ts', [
    ...['watch', '--every', '1s', '--commit', '--push', address, '--root', root],
  ])
  // It begins by asking the remote what this writer saw last, and goes on without an answer.
  await running.until(() => asked > 0)
  running.child.kill('SIGTERM')
  expect(await running.ended).toBe(0)
  target.close()
  remote.close()
}, 60_000)

const component = (port: number) =>
  `components: [{ id: api, name: API, check: { tcp: '127.0.0.1:${String(port)}', retries: 0, confirm: 1 } }]\n`
