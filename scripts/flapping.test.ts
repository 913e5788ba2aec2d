import fc from 'fast-check'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { readHistory } from '../src/files/history-store.ts'
import { readWorld } from '../src/files/read-world.ts'
import { HOUR, MINUTE } from '../src/model/time.ts'
import { worldFolder } from '../src/testing/write-world.ts'
import { probePass } from './probe-pass.ts'

const START = Date.parse('2026-11-21T23:30:00Z')

/** What a server can do with a request. */
const answers = {
  well: (response) => response.writeHead(200).end('{"ok":true}'),
  ill: (response) => response.writeHead(503).end(),
  wrong: (response) => response.writeHead(200).end('{"ok":false}'),
  garbled: (response) => response.socket?.end('SSH-2.0-OpenSSH_9.2\r\n'),
  cut: (response) => response.socket?.destroy(),
  half: (response) => {
    response.writeHead(200, { 'content-length': '1000' }).write('{')
    response.socket?.end()
  },
  elsewhere: (response) => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(),
} satisfies Record<string, (response: ServerResponse) => unknown>
type Answer = keyof typeof answers

const story = fc.array(
  fc.record({
    answer: fc.constantFrom(...(Object.keys(answers) as Answer[])),
    // Mostly the beat; now and then a late pass, a pause, a night, or a clock that was set back.
    later: fc.oneof(
      { weight: 8, arbitrary: fc.constant(MINUTE) },
      { weight: 1, arbitrary: fc.constantFrom(1, 90_000, 20 * MINUTE, 30 * HOUR, -MINUTE, -HOUR) },
    ),
  }),
  { minLength: 1, maxLength: 40 },
)

it('a target that answers differently every time leaves a history that is whole, and says what was seen', async () => {
  let answer: Answer = 'well'
  const server = createServer((_, response) => answers[answer](response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`

  await fc.assert(
    fc.asyncProperty(story, fc.integer({ min: 1, max: 3 }), async (passes, confirm) => {
      const root = worldFolder({
        'site.yaml': 'name: Acme\nurl: https://status.acme.example\n',
        'components.yaml': `components: [{ id: api, name: API, check: { http: '${url}', retries: 0, confirm: ${String(confirm)}, expect: [json $.ok == true] } }]\n`,
      })
      let now = START
      let newest = -Infinity
      let taken = 0
      for (const { answer: next, later } of passes) {
        answer = next
        const order = {
          root,
          writer: 'local',
          intervalMs: MINUTE,
          env: {},
          allowPrivate: true,
          now: () => now,
        }
        const { samples, recorded } = await probePass(order)
        expect(samples).toMatchObject([{ state: next === 'well' ? 'up' : 'down' }])
        const isNewer = now > newest
        expect(recorded.rejected).toHaveLength(isNewer ? 0 : 1)
        if (isNewer) [newest, taken] = [now, taken + 1]
        now += later
      }

      const { history, live, problems } = readWorld(root)
      expect(problems.filter(({ level }) => level === 'error')).toEqual([])
      const { transitions = [], rollups = [] } = history['api'] ?? {}
      expect(transitions.map(({ seq }) => seq)).toEqual(transitions.map((_, index) => index + 1))
      // Each line goes on from the last, and none says what was so already.
      expect(transitions.map(({ from }) => from)).toEqual(
        ['unknown', ...transitions.map(({ to }) => to)].slice(0, -1),
      )
      expect(transitions.every(({ from, to }) => from !== to)).toBe(true)
      expect(transitions.map(({ after }) => after)).toEqual(
        transitions.map(({ after }) => after).toSorted((a, b) => a - b),
      )
      // Every pass that was taken is counted on its day.
      const counted = rollups.reduce((sum, { n }) => sum + n, live[0]?.components['api']?.today.n ?? 0)
      expect(counted).toBe(taken)
      expect(readHistory(root).problems).toEqual([])
    }),
    { numRuns: 25 },
  )
}, 120_000)
