import { describe, expect, it } from 'vitest'
import type { Sample, SampleState } from '../model/check.ts'
import { liveSchema, lineText, rollupSchema, transitionSchema, type Live } from '../model/history.ts'
import { MINUTE, SECOND, parseInstant, type Instant } from '../model/time.ts'
import { hashLine } from './chain.ts'
import { recordPass, type Recorded } from './record.ts'
import { resumeLive } from './resume.ts'

const noon = at('12:00:00')

describe('transitions', () => {
  it('begin with the first sample there is, out of unknown', () => {
    const { transitions, live } = run([[noon, 'up']])
    expect(transitions).toEqual([
      {
        v: 1,
        seq: 1,
        from: 'unknown',
        to: 'operational',
        t_after: stamp('12:00:00'),
        t_confirmed: stamp('12:00:00'),
        ms: 120,
        writer: 'main',
      },
    ])
    expect(live.components.api).toMatchObject({
      status: 'operational',
      since: stamp('12:00:00'),
      seq: 1,
      ms: 120,
    })
  })

  it('are booked between the samples on either side and say why', () => {
    const { transitions, live } = run([
      [noon, 'up'],
      [noon + MINUTE, 'down'],
      [noon + 2 * MINUTE, 'down'],
    ])
    expect(transitions[1]).toMatchObject({
      seq: 2,
      from: 'operational',
      to: 'major_outage',
      t_before: stamp('12:00:00'),
      t_after: stamp('12:01:00'),
      t_confirmed: stamp('12:02:00'),
      why: 'status is 503, expected 200',
      code: 'http_503',
    })
    expect(live.components.api).toMatchObject({ status: 'major_outage', since: stamp('12:00:30') })
  })

  it('form a chain of hashes over their lines', () => {
    const { transitions } = run([
      [noon, 'up'],
      [noon + MINUTE, 'down'],
      [noon + 2 * MINUTE, 'down'],
      [noon + 3 * MINUTE, 'up'],
      [noon + 4 * MINUTE, 'up'],
    ])
    expect(transitions.map(({ seq }) => seq)).toEqual([1, 2, 3])
    expect(transitions.map(({ prev }) => prev)).toEqual([
      undefined,
      ...transitions.slice(0, 2).map((line) => hashLine(lineText(line))),
    ])
  })

  it('are lines as the schema wants them', () => {
    const { transitions, rollups, live } = run([
      [noon, 'up'],
      [noon + MINUTE, 'down'],
      [noon + 2 * MINUTE, 'down'],
      [noon + 24 * 60 * MINUTE, 'up'],
    ])
    for (const line of transitions) expect(transitionSchema.parse(JSON.parse(lineText(line)))).toEqual(line)
    for (const line of rollups) expect(rollupSchema.parse(JSON.parse(lineText(line)))).toEqual(line)
    expect(liveSchema.parse(JSON.parse(JSON.stringify(live)))).toEqual(live)
  })
})

describe('a pause in measuring', () => {
  it('of exactly the longest that is allowed leaves no trace', () => {
    const { transitions } = run([
      [noon, 'up'],
      [noon + 10 * MINUTE, 'up'],
    ])
    expect(transitions).toHaveLength(1)
  })

  it('is unknown from half an interval after the last sample to half an interval before the next', () => {
    const { transitions, live } = run([
      [noon, 'up'],
      [noon + 30 * MINUTE, 'up'],
    ])
    expect(transitions.slice(1)).toMatchObject([
      {
        from: 'operational',
        to: 'unknown',
        t_before: stamp('12:00:00'),
        t_after: stamp('12:01:00'),
        t_confirmed: stamp('12:30:00'),
        code: 'gap',
      },
      {
        from: 'unknown',
        to: 'operational',
        t_before: stamp('12:29:00'),
        t_after: stamp('12:30:00'),
        t_confirmed: stamp('12:30:00'),
      },
    ])
    expect(live.components.api).toMatchObject({ since: stamp('12:29:30'), today: { gaps: 1 } })
  })

  it("is measured in the component's own pace, where that is slower than the loop's", () => {
    const slow = { confirm: 1, intervalMs: 60 * MINUTE }
    expect(
      run(
        [
          [noon, 'up'],
          [noon + 120 * MINUTE, 'up'],
        ],
        slow,
      ).transitions,
    ).toHaveLength(1)
    expect(
      run(
        [
          [noon, 'up'],
          [noon + 190 * MINUTE, 'up'],
        ],
        slow,
      ).transitions,
    ).toHaveLength(3)
  })

  it('is written down by the first pass that could not tell for too long, and once only', () => {
    const passes = [0, 5, 10, 15, 20, 25].map((minute): [Instant, SampleState] => [
      noon + minute * MINUTE,
      minute === 0 ? 'up' : 'unknown',
    ])
    const { transitions, live } = run(passes)
    expect(transitions.slice(1)).toMatchObject([
      {
        to: 'unknown',
        t_before: stamp('12:00:00'),
        t_after: stamp('12:01:00'),
        t_confirmed: stamp('12:15:00'),
      },
    ])
    expect(live.components.api).toMatchObject({
      status: 'unknown',
      checked_at: stamp('12:00:00'),
      today: { n: 6, ok: 1, unk: 5, gaps: 1 },
    })
  })

  it('forgets a change that was not confirmed before it', () => {
    const { transitions } = run([
      [noon, 'up'],
      [noon + MINUTE, 'down'],
      [noon + 60 * MINUTE, 'down'],
      [noon + 61 * MINUTE, 'up'],
    ])
    expect(transitions.map(({ to }) => to)).toEqual(['operational', 'unknown', 'operational'])
    expect(transitions[1]).toMatchObject({ t_before: stamp('12:01:00') })
    expect(transitions[2]).toMatchObject({ t_before: stamp('12:59:00'), t_after: stamp('13:00:00') })
  })

  it('leaves the component what it was when the next pass says the same', () => {
    const { transitions, live } = run([
      [noon, 'down'],
      [noon + MINUTE, 'down'],
      [noon + 30 * MINUTE, 'down'],
    ])
    expect(transitions.map(({ to }) => to)).toEqual(['major_outage', 'unknown', 'major_outage'])
    expect(live.components.api).toMatchObject({ status: 'major_outage', since: stamp('12:29:30') })
  })

  it('before every pass does not keep an outage from being seen', () => {
    const { transitions } = run([
      [noon, 'up'],
      [noon + 20 * MINUTE, 'down'],
      [noon + 40 * MINUTE, 'down'],
      [noon + 60 * MINUTE, 'up'],
    ])
    const times = transitions.map(({ to, t_before, t_after }) => [to, t_before, t_after])
    expect(times).toEqual([
      ['operational', undefined, stamp('12:00:00')],
      ['unknown', stamp('12:00:00'), stamp('12:01:00')],
      ['major_outage', stamp('12:19:00'), stamp('12:20:00')],
      ['unknown', stamp('12:20:00'), stamp('12:21:00')],
      ['major_outage', stamp('12:39:00'), stamp('12:40:00')],
      ['unknown', stamp('12:40:00'), stamp('12:41:00')],
      ['operational', stamp('12:59:00'), stamp('13:00:00')],
    ])
  })

  it('leaves trouble unknown that was seen once before it and not again after it', () => {
    const { transitions } = run([
      [noon, 'up'],
      [noon + 20 * MINUTE, 'down'],
      [noon + 40 * MINUTE, 'up'],
    ])
    expect(transitions.map(({ to, t_after }) => [to, t_after])).toEqual([
      ['operational', stamp('12:00:00')],
      ['unknown', stamp('12:01:00')],
      ['operational', stamp('12:40:00')],
    ])
  })

  it('does not begin with a pass that could not tell, nor is a run interrupted by one', () => {
    const { transitions } = run([
      [noon, 'up'],
      [noon + MINUTE, 'down'],
      [noon + 2 * MINUTE, 'unknown'],
      [noon + 3 * MINUTE, 'down'],
    ])
    expect(transitions[1]).toMatchObject({
      to: 'major_outage',
      t_before: stamp('12:00:00'),
      t_after: stamp('12:01:00'),
      t_confirmed: stamp('12:03:00'),
    })
  })
})

describe('a day', () => {
  it('becomes a rollup at the first pass on a later one, and only then', () => {
    const night = at('23:58:00')
    const { rollups, live } = run([
      [night, 'up'],
      [night + MINUTE, 'degraded'],
      [night + 3 * MINUTE, 'down'],
      [night + 4 * MINUTE, 'up'],
    ])
    expect(rollups).toEqual([
      {
        v: 1,
        d: '2026-11-21',
        n: 2,
        ok: 1,
        deg: 1,
        down: 0,
        unk: 0,
        t0: '23:58:00',
        t1: '23:59:00',
        p50: 120,
        p95: 120,
        p99: 120,
        hist: [0, 0, 0, 2, 0, 0, 0, 0, 0, 0],
        gaps: 0,
      },
    ])
    expect(live.components.api?.today).toMatchObject({
      d: '2026-11-22',
      n: 2,
      ok: 1,
      down: 1,
      t0: '00:01:00',
      t1: '00:02:00',
    })
  })

  it('on which nobody looked leaves no line', () => {
    const { rollups } = run([
      [noon, 'up'],
      [noon + 3 * 24 * 60 * MINUTE, 'up'],
      [noon + 4 * 24 * 60 * MINUTE, 'up'],
    ])
    expect(rollups.map(({ d }) => d)).toEqual(['2026-11-21', '2026-11-24'])
  })

  it('counts a pass by the time of its samples, though it was over after midnight', () => {
    const before = pass(undefined, at('23:59:00'), [sample('api', at('23:59:00'), 'up')])
    const across = pass(before.live, at('23:59:58') + 5 * SECOND, [sample('api', at('23:59:58'), 'up')])
    const after = pass(across.live, at('23:59:58') + MINUTE, [sample('api', at('23:59:58') + MINUTE, 'up')])
    expect(across.rollups).toEqual([])
    expect(after.rollups[0]?.line).toMatchObject({ d: '2026-11-21', n: 2, t1: '23:59:58' })
  })

  it('is closed for a component that was not due, or is no longer listed', () => {
    const first = pass(undefined, noon, [sample('api', noon, 'up')])
    const next = recordPass({
      live: first.live,
      samples: [],
      components: [],
      writer: 'main',
      now: noon + 24 * 60 * MINUTE,
      intervalMs: MINUTE,
    })
    expect(next.rollups).toMatchObject([{ component: 'api', line: { d: '2026-11-21', n: 1 } }])
    expect(next.live.components.api).toMatchObject({ seq: 1, today: { d: '2026-11-22', n: 0 } })
  })

  it('has percentiles by nearest rank and a histogram with closed upper bounds', () => {
    const passes = [25, 26, 400, 6400, 6401].map((ms, i): [Instant, SampleState, number] => [
      noon + i * MINUTE,
      'up',
      ms,
    ])
    const { rollups } = run([...passes, [noon + 24 * 60 * MINUTE, 'up', 1]])
    expect(rollups[0]).toMatchObject({ p50: 400, p95: 6401, p99: 6401, hist: [1, 1, 0, 0, 1, 0, 0, 0, 1, 1] })
  })
})

describe('samples that are not taken', () => {
  it('are those no newer than the last, as when the clock is set back', () => {
    const first = pass(undefined, noon, [sample('api', noon, 'up')])
    const back = pass(first.live, noon - MINUTE, [sample('api', noon - MINUTE, 'down')])
    expect(back.rejected).toEqual([{ component: 'api', at: noon - MINUTE, last: noon, why: 'not_newer' }])
    expect(back.live).toEqual(first.live)
    expect(back.transitions).toEqual([])
    expect(pass(first.live, noon, [sample('api', noon, 'up')]).rejected).toHaveLength(1)
  })

  it('are those of components that are not listed', () => {
    const { rejected, live } = pass(undefined, noon, [sample('api', noon, 'up'), sample('web', noon, 'up')])
    expect(rejected).toEqual([{ component: 'web', at: noon, why: 'not_listed' }])
    expect(Object.keys(live.components)).toEqual(['api'])
  })
})

describe('several checks in one pass', () => {
  it("give the worst one's reason, the slowest one's time and the latest one's moment", () => {
    const { live, transitions } = recordPass({
      live: undefined,
      samples: [
        sample('api', noon, 'up', 80.04),
        sample('api', noon + SECOND, 'down', undefined),
        sample('api', noon + 500, 'up', 300),
      ],
      components: [{ id: 'api', confirm: 1 }],
      writer: 'main',
      now: noon + 2 * SECOND,
      intervalMs: MINUTE,
    })
    expect(live.components.api).toMatchObject({
      status: 'partial_outage',
      why: 'status is 503, expected 200',
      ms: 300,
      checked_at: stamp('12:00:01'),
      today: { part: 1 },
    })
    expect(live).toMatchObject({ checked_at: stamp('12:00:02'), next_expected_at: stamp('12:01:02') })
    expect(transitions[0]?.line.t_after).toBe(stamp('12:00:01'))
  })
})

it('keeps the last 48 latencies, with a place for passes that were not answered', () => {
  const passes = Array.from({ length: 60 }, (_, i): [Instant, SampleState, number?] => [
    noon + i * MINUTE,
    i === 59 ? 'down' : 'up',
    i,
  ])
  const { live } = run(passes)
  expect(live.components.api?.recent).toEqual([...Array.from({ length: 47 }, (_, i) => i + 12), null])
})

it('leaves what it was given as it was', () => {
  const { live } = run([
    [noon, 'up'],
    [noon + MINUTE, 'down'],
  ])
  const copy = structuredClone(live)
  pass(live, noon + 2 * MINUTE, [sample('api', noon + 2 * MINUTE, 'down')])
  expect(live).toEqual(copy)
})

describe('a writer that starts again', () => {
  const before = run([
    [noon, 'up'],
    [noon + MINUTE, 'down'],
  ])
  const after = pass(before.live, noon + 2 * MINUTE, [sample('api', noon + 2 * MINUTE, 'down')])
  const line = after.transitions[0]?.line
  const tips = { api: line ? { transition: { line, text: lineText(line) } } : {} }
  const start = (live: Live | undefined) => resumeLive({ live, tips, writer: 'main', intervalMs: MINUTE })

  it('goes on from its history when it was killed before it wrote its snapshot', () => {
    const resumed = start(before.live)
    expect(resumed?.components.api).toMatchObject({
      status: 'major_outage',
      seq: 2,
      prev: after.live.components.api?.prev,
      since: stamp('12:00:30'),
      checked_at: stamp('12:02:00'),
    })
    expect(resumed?.components.api?.pending).toBeUndefined()
    const next = pass(resumed, noon + 3 * MINUTE, [sample('api', noon + 3 * MINUTE, 'up')])
    const last = pass(next.live, noon + 4 * MINUTE, [sample('api', noon + 4 * MINUTE, 'up')])
    expect(last.transitions[0]?.line).toMatchObject({
      seq: 3,
      from: 'major_outage',
      to: 'operational',
      prev: hashLine(tips.api.transition?.text ?? ''),
    })
  })

  it('goes on from its history alone when the snapshot is gone', () => {
    expect(start(undefined)).toMatchObject({
      writer: 'main',
      checked_at: stamp('12:02:00'),
      components: { api: { status: 'major_outage', seq: 2, today: { n: 0 } } },
    })
  })

  it('keeps its snapshot when the history says nothing new', () => {
    expect(start(after.live)).toEqual(after.live)
  })

  it('begins afresh when there is neither', () => {
    expect(resumeLive({ live: undefined, tips: {}, writer: 'main', intervalMs: MINUTE })).toBeUndefined()
  })
})

function run(
  passes: [at: Instant, state: SampleState, ms?: number][],
  component: { confirm: number; intervalMs?: number } = { confirm: 2 },
) {
  let live: Live | undefined
  const transitions = []
  const rollups = []
  for (const [when, state, ms = 120] of passes) {
    const samples = [sample('api', when, state, state === 'up' || state === 'degraded' ? ms : undefined)]
    const recorded: Recorded = recordPass({
      live,
      samples,
      components: [{ id: 'api', ...component }],
      writer: 'main',
      now: when,
      intervalMs: MINUTE,
    })
    live = recorded.live
    transitions.push(...recorded.transitions.map(({ line }) => line))
    rollups.push(...recorded.rollups.map(({ line }) => line))
  }
  if (!live) throw new Error('no passes')
  return { live, transitions, rollups }
}

function pass(live: Live | undefined, now: Instant, samples: Sample[]): Recorded {
  return recordPass({
    live,
    samples,
    components: [{ id: 'api', confirm: 2 }],
    writer: 'main',
    now,
    intervalMs: MINUTE,
  })
}

function sample(component: string, when: Instant, state: SampleState, latencyMs?: number): Sample {
  const reasons = state === 'down' ? { reason: 'status is 503, expected 200', code: 'http_503' } : {}
  return {
    check: `${component}/0`,
    component,
    at: when,
    state,
    ...reasons,
    ...(latencyMs !== undefined && { latencyMs }),
  }
}

function stamp(time: string): string {
  return `2026-11-21T${time}Z`
}

function at(time: string): Instant {
  return parseInstant(stamp(time)) ?? NaN
}
