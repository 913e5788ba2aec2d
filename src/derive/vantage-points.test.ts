import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readWorld } from '../files/read-world.ts'
import type { SampleState } from '../model/check.ts'
import type { Live, Transition } from '../model/history.ts'
import type { Proposal } from '../model/proposal.ts'
import { MINUTE, parseInstant, SECOND, type Instant } from '../model/time.ts'
import type { World } from '../model/world.ts'
import { worldFolder } from '../testing/write-world.ts'
import { agreedChanges } from './agreed-changes.ts'
import { proposals } from './proposals.ts'
import { quorumOf } from './quorum.ts'
import { recordPass } from './record.ts'
import { siteFacts } from './site-facts.ts'
import { componentTimeline } from './timeline.ts'

/*
 * Several writers look once a minute, each at its own second, and stop and come back; after each look the number, the
 * page and the proposals are asked what they make of it.
 */

const start = parseInstant('2026-11-21T02:00:00Z') ?? NaN
const writers = ['ap-1', 'eu-1', 'us-1'] as const

/** What each writer sees minute by minute: `u`p, `d`own, `s`low, can`n`ot tell, or is `.` away. */
type Script = Partial<Record<(typeof writers)[number], string>>

const states: Record<string, SampleState> = { u: 'up', d: 'down', s: 'degraded', n: 'unknown' }

function world(quorum?: number): World {
  const check = `{ tcp: "127.0.0.1:9"${quorum === undefined ? '' : `, quorum: ${String(quorum)}`} }`
  return readWorld(
    worldFolder({
      'site.yaml': 'name: Acme\nurl: https://status.acme.example\n',
      'components.yaml': `components:\n  - id: api\n    name: API\n    check: ${check}\n`,
    }),
  )
}

/** The world after each look, oldest first. */
function* looks(empty: World, script: Script): Generator<{ now: Instant; world: World }> {
  const live = new Map<string, Live>()
  let transitions: Transition[] = []
  const minutes = Math.max(...Object.values(script).map((line) => line.length))
  for (let minute = 0; minute < minutes; minute++)
    for (const [index, writer] of writers.entries()) {
      const state = states[script[writer]?.[minute] ?? '.']
      const now = start + minute * MINUTE + index * 14 * SECOND
      if (state !== undefined) {
        const recorded = recordPass({
          live: live.get(writer),
          samples: [{ check: 'api/0', component: 'api', at: now, state }],
          components: [{ id: 'api', confirm: 2 }],
          writer,
          now,
          intervalMs: MINUTE,
        })
        live.set(writer, recorded.live)
        const lines = recorded.transitions.map(({ component, line }): Transition => ({
          ...{ component, writer, seq: line.seq, from: line.from, to: line.to },
          ...(line.t_before !== undefined && { before: Date.parse(line.t_before) }),
          ...{ after: Date.parse(line.t_after), confirmed: Date.parse(line.t_confirmed) },
        }))
        transitions = [...transitions, ...lines]
      }
      const history = { api: { transitions, rollups: [] } }
      yield { now, world: { ...empty, history, live: [...live.values()] } }
    }
}

const line = fc
  .array(fc.tuple(fc.constantFrom('u', 'u', 'd', 'd', 's', 'n', '.'), fc.integer({ min: 1, max: 9 })), {
    minLength: 1,
    maxLength: 14,
  })
  .map((runs) => runs.map(([letter, count]) => letter.repeat(count)).join(''))
const script = fc.record({ 'ap-1': line, 'eu-1': line, 'us-1': line }, { requiredKeys: ['eu-1'] })

describe('the number, the page and the proposals', () => {
  it('go by the same agreement, whatever the vantage points see', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(script, fc.constantFrom(undefined, 1, 2, 3), (lines, quorum) => {
        const empty = world(quorum)
        const [component] = empty.components
        if (!component) throw new Error('no component')
        for (const { now: looked, world: seen } of looks(empty, lines)) {
          const now = looked + SECOND
          const page = siteFacts(seen, now).rows[0]?.measured
          if (page?.status === undefined || page.status === 'unknown') continue
          const { timeline } = componentTimeline(seen, component, { from: start - MINUTE, to: now })
          const number = timeline.findLast(({ status }) => status !== 'unknown')?.status
          const looking = { now, intervalMs: MINUTE, quorum: quorumOf(component.checks) }
          const told = agreedChanges('api', seen.history['api'], seen.live, looking).at(-1)?.to
          expect({ number, told }).toEqual({ number: page.status, told: page.status })
        }
      }),
      { numRuns: 60 },
    )
  })
})

/** What an attentive reader of all proposals would have seen: which ids were opened, and which were open at once. */
function follow(empty: World, lines: Script) {
  const open = new Set<string>()
  const opened: string[] = []
  const ended = new Set<string>()
  const texts = new Map<string, Proposal>()
  let most = 0
  for (const { now, world: seen } of looks(empty, lines)) {
    for (const one of proposals(seen, now)) {
      const { id } = one.incident
      if (one.state === 'resolved') {
        if (open.delete(id)) ended.add(id)
        texts.set(id, one)
        continue
      }
      if (!open.has(id)) opened.push(id)
      open.add(id)
      texts.set(id, one)
    }
    most = Math.max(most, open.size)
  }
  return { open, opened, ended, most, texts }
}

describe('what is proposed while a component changes', () => {
  it('never has two incidents open, and none under two names or twice', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(script, fc.constantFrom(undefined, 1, 2), (lines, quorum) => {
        const { opened, most } = follow(world(quorum), lines)
        expect(most).toBeLessThanOrEqual(1)
        expect(new Set(opened).size).toBe(opened.length)
      }),
      { numRuns: 120 },
    )
  })

  it.each([
    ['thirty changes in an hour', 'uu' + 'dduu'.repeat(15) + 'u'.repeat(40)],
    ['sixty changes in two hours', 'uu' + 'dduu'.repeat(30) + 'u'.repeat(40)],
    ['thirty changes, and down at the end', 'uu' + 'dduu'.repeat(15) + 'd'.repeat(50) + 'u'.repeat(10)],
    ['changes between down and slow', 'uu' + 'ddss'.repeat(15) + 'u'.repeat(40)],
  ])('%s: one incident', (_what, seen) => {
    const { opened, ended } = follow(world(), { 'eu-1': seen })
    expect(opened).toHaveLength(1)
    expect([...ended]).toEqual(opened)
  })
})
