import { createServer } from 'node:net'
import { readdirSync } from 'node:fs'
import { expect, it, onTestFinished } from 'vitest'
import { startCommand } from '../src/testing/run-status.ts'
import { temporaryFolder } from '../src/testing/git-repository.ts'

it('tells the story to its end', { timeout: 300_000 }, async () => {
  const temporary = await temporaryFolder()
  const demo = startCommand('scripts/demo.ts', ['--exit', '--second', '150', '--port', '0'], {
    env: { TMPDIR: temporary },
  })
  expect({ code: await demo.ended, said: demo.said() }).toMatchObject({ code: 0 })
  const marks = [
    'a sample world in',
    'serving Acme on http://localhost:',
    'All five services answer.',
    'The way from Frankfurt to the CDN is cut now.',
    'it is not counted and no incident is proposed',
    'The API now takes 900 ms.',
    'Webhooks answer 503 from now on.',
    'two incidents wait as branches',
    'A person read them and merged both, and took out "automated: true"',
    'The dashboard now fails and recovers',
    'the resolutions are proposed, too',
    'the dashboard is one unstable incident',
    'The incident ends when nothing has changed for ten seconds',
    'What happened stands in git',
    'Nothing is open.',
  ]
  const places = marks.map((mark) => demo.said().indexOf(mark))
  expect(
    places.every((place) => place >= 0),
    demo.said(),
  ).toBe(true)
  // The server may be up before or after the first words of the story.
  expect(places.slice(2)).toEqual(places.slice(2).toSorted((a, b) => a - b))
  expect(demo.said()).toMatch(/^incident\/api\/\d{8}T\d{4} {2}Incident: API/m)
  expect(demo.said()).toMatch(/^[0-9a-f]+ Confirmed: API/m)
  expect(demo.said()).not.toMatch(/not confirmed by a person/)
  expect(demo.said()).toMatch(/webhooks is now major outage/)
  expect(demo.said()).toMatch(/cdn-europe is now major outage/)
  expect(demo.said()).not.toMatch(/incident opened: incident\/cdn-europe/)
  expect(demo.said().match(/incident opened: incident\/dashboard/g)).toHaveLength(1)
  expect(demo.said()).toMatch(/incident resolved: incident\/webhooks\/\d{8}T\d{4}-resolved/)
  expect(readdirSync(temporary).filter((name) => name.startsWith('candor'))).toEqual([])
})

it(
  'says which ports it needs when one is taken, and leaves nothing behind',
  { timeout: 120_000 },
  async () => {
    const temporary = await temporaryFolder()
    const server = createServer()
    onTestFinished(() => void server.close())
    await new Promise<void>((resolve) => {
      // Where somebody else has it already, it is taken as well.
      server.once('error', () => resolve())
      server.listen(14703, '127.0.0.1', resolve)
    })
    const demo = startCommand('scripts/demo.ts', ['--exit', '--port', '0'], { env: { TMPDIR: temporary } })
    expect(await demo.ended).toBe(2)
    expect(demo.said()).toContain('ports 14701 to 14706')
    expect(demo.said()).toContain('14703')
    expect(demo.said()).not.toMatch(/^ {4}at /m)
    expect(readdirSync(temporary).filter((name) => name.startsWith('candor'))).toEqual([])
  },
)

it('says so when the port of the page is taken', { timeout: 120_000 }, async () => {
  const server = createServer()
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const demo = startCommand('scripts/demo.ts', ['--exit', '--port', String(port)])
  expect(await demo.ended).toBe(2)
  expect(demo.said()).toContain(`Port ${String(port)} is taken`)
  expect(demo.said()).not.toMatch(/^ {4}at /m)
})
