import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { Sample, SampleState } from '../model/check.ts'
import { lineText, liveSchema, transitionSchema, type Live } from '../model/history.ts'
import { statuses } from '../model/status.ts'
import { HOUR, MINUTE } from '../model/time.ts'
import { hashLine } from './chain.ts'
import { measuredTimeline } from './measured-timeline.ts'
import { recordPass } from './record.ts'
import { formatPercent, uptimeOf } from './uptime.ts'

const history = readFileSync(new URL('../../docs/history.md', import.meta.url), 'utf8')
const uptime = readFileSync(new URL('../../docs/uptime.md', import.meta.url), 'utf8')

/** The passes that the manual's example lines come from. */
const passes: [time: string, state: SampleState, ms: number][] = [
  ['21T03:08:10', 'up', 84.2],
  ['21T03:09:10', 'up', 84.2],
  ['21T03:10:10', 'up', 84.2],
  ['21T03:11:10', 'down', 41.3],
  ['21T03:12:10', 'down', 41.3],
  ['21T03:49:10', 'down', 41.3],
  ['21T03:50:10', 'up', 97],
  ['21T03:51:10', 'up', 95],
  ['22T00:00:09', 'up', 95],
]

it('the lines in docs/history.md are what the recorder writes', () => {
  const { lines, live } = record(passes)
  // Of other writers than the recorder: a day of a metric, and the note of a prune.
  const others = /^\{"v":1,("d":"[\d-]+","n":\d+,"min":|"component":"\w+","writer":"\w+","before":)/
  const all = [...history.matchAll(/^\{"v":1,.*\}$/gm)].map(([text]) => text)
  const shown = all.filter((text) => !others.test(text))
  expect(all).toHaveLength(shown.length + 2)
  expect(lines).toEqual(expect.arrayContaining(shown.filter((text) => !text.includes('next_expected_at'))))
  expect(shown).toHaveLength(5)
  const snapshot = liveSchema.parse(JSON.parse(shown.find((text) => text.includes('next_expected_at')) ?? ''))
  expect(snapshot.components.api).toEqual({ ...live.components.api, recent: [97, 95, 95] })
})

it('the chain of the lines in docs/history.md holds', () => {
  const shown = [...history.matchAll(/^\{"v":1,"seq".*\}$/gm)].map(([text]) => text)
  const [second = '', third = ''] = shown.map((text) => hashLine(text))
  expect(shown.slice(1).map((text) => transitionSchema.parse(JSON.parse(text)).prev)).toEqual([second, third])
})

it('the account in docs/uptime.md is what the timeline gives', () => {
  const more = Array.from({ length: 8 }, (_, i): (typeof passes)[number] => [`21T03:${52 + i}:10`, 'up', 95])
  const { lines, live } = record([...passes.slice(0, 8), ...more])
  const transitions = lines.map((text) => {
    const { t_before, t_after, t_confirmed, ...line } = transitionSchema.parse(JSON.parse(text))
    const before = t_before === undefined ? {} : { before: Date.parse(t_before) }
    return {
      ...line,
      component: 'api',
      ...before,
      after: Date.parse(t_after),
      confirmed: Date.parse(t_confirmed),
    }
  })
  const to = Date.parse('2026-11-21T04:00:00Z')
  const window = { from: to - HOUR, to }
  const timeline = measuredTimeline('api', { transitions, rollups: [] }, [live], {
    ...window,
    intervalMs: MINUTE,
  })
  const {
    percent = NaN,
    coverage,
    downSeconds,
    time,
  } = uptimeOf(timeline, window, (status) => statuses[status].weight)
  expect([downSeconds, time.operational / 1000, time.unknown / 1000]).toEqual([180, 750, 2670])
  expect(uptime).toContain(
    `= ${formatPercent(percent)} %, coverage 930 / 3600 = ${(100 * coverage).toFixed(1)} %`,
  )
})

function record(seen: typeof passes): { lines: string[]; live: Live } {
  let live: Live | undefined
  const lines: string[] = []
  for (const [time, state, latencyMs] of seen) {
    const at = Date.parse(`2026-11-${time}Z`)
    const reasons = state === 'down' ? { reason: 'status is 503, expected 200', code: 'http_503' } : {}
    const sample: Sample = { check: 'api/0', component: 'api', at, state, latencyMs, ...reasons }
    const components = [{ id: 'api', confirm: 2 }]
    const recorded = recordPass({
      live,
      samples: [sample],
      components,
      writer: 'main',
      now: at,
      intervalMs: MINUTE,
    })
    live = recorded.live
    lines.push(...[...recorded.transitions, ...recorded.rollups].map(({ line }) => lineText(line)))
  }
  if (!live) throw new Error('no passes')
  return { lines, live }
}
