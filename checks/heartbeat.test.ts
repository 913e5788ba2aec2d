import { expect, it } from 'vitest'
import type { KnownBeats } from '../src/model/beat.ts'
import { checkKinds, conditionMisfit } from '../src/model/check.ts'
import { DAY, HOUR, MINUTE } from '../src/model/time.ts'
import { conditionOf, makeCheck, NOW, sampleOf } from './testing/checks.ts'

const written = { heartbeat: '15m', grace: '5m' }
const ask = (known: KnownBeats | undefined, options: Record<string, unknown> = written) =>
  sampleOf(makeCheck('heartbeat', options, 'backup/1'), {
    beatsOf: (check) => (check === 'backup/1' ? known : undefined),
  })
const ago = (silence: number, failed?: string): KnownBeats => ({
  last: { at: NOW - silence, ...(failed !== undefined && { failed }) },
  awaitedSince: NOW,
})

it.each<[when: string, known: KnownBeats | undefined, state: string, reason: string | undefined]>([
  ['a beat has just come', ago(0), 'up', undefined],
  ['a beat came at the deadline', ago(15 * MINUTE), 'up', undefined],
  [
    'the next beat is late',
    ago(16 * MINUTE),
    'degraded',
    'no beat for 16 minutes, expected one every 15 minutes',
  ],
  ['the grace is over', ago(21 * MINUTE), 'down', 'no beat for 21 minutes, expected one every 15 minutes'],
  ['nothing came for days', ago(3 * DAY), 'down', 'no beat for 3 days, expected one every 15 minutes'],
  ['the job failed', ago(MINUTE, 'disk full'), 'down', 'disk full'],
  ['the job failed long ago', ago(HOUR, 'disk full'), 'down', 'disk full'],
  ['the clock of the job runs ahead a little', ago(-4 * MINUTE), 'up', undefined],
  ['it runs ahead much', ago(-2 * HOUR), 'unknown', "the last beat is 2 hours ahead of this prober's clock"],
  [
    'none ever came',
    { awaitedSince: NOW - 20 * MINUTE },
    'unknown',
    'no beat yet; the first is awaited until 2026-11-21T12:00:00Z',
  ],
  [
    'none ever came, and one should have',
    { awaitedSince: NOW - 21 * MINUTE },
    'down',
    'no beat ever, in 21 minutes; expected one every 15 minutes',
  ],
  [
    'the clock was set back since it waits',
    { awaitedSince: NOW + HOUR },
    'unknown',
    'no beat yet; the first is awaited until 2026-11-21T13:20:00Z',
  ],
  [
    'a late one may stand elsewhere',
    { ...ago(HOUR), unread: 'beats not fetched' },
    'unknown',
    'beats not fetched',
  ],
  [
    'one after a failure may',
    { ...ago(MINUTE, 'disk full'), unread: 'beats not fetched' },
    'unknown',
    'beats not fetched',
  ],
  [
    'a first one may',
    { awaitedSince: NOW - DAY, unread: 'beats not fetched' },
    'unknown',
    'beats not fetched',
  ],
  [
    'a further one may, and the last is enough',
    { ...ago(MINUTE), unread: 'beats not fetched' },
    'up',
    undefined,
  ],
  ['nobody keeps beats', undefined, 'unknown', 'no beats are kept where this check is made'],
])('when %s', async (_, known, state, reason) => {
  const sample = await ask(known)
  expect({ state: sample.state, reason: sample.reason }).toEqual({ state, reason })
  // Nobody was waited for, so there is no time to show.
  expect(sample.latencyMs).toBeUndefined()
})

it('is down right after the deadline without a grace', async () => {
  expect(await ask(ago(15 * MINUTE + 1), { heartbeat: '15m' })).toMatchObject({ state: 'down' })
})

it('is sure at once, and asks no second time', () => {
  expect(checkKinds.heartbeat.options.parse(written)).toMatchObject({
    confirm: 1,
    retries: 0,
    grace: 5 * MINUTE,
  })
  expect(checkKinds.heartbeat.options.parse({ ...written, confirm: 3 })).toMatchObject({ confirm: 3 })
})

it.each([
  [{ heartbeat: '10ms' }, 'at least 1s'],
  [{ heartbeat: '15m', token: 'in-the-open' }, 'expected an environment variable'],
  [{ heartbeat: '15m', degraded_over: '1s' }, 'a heartbeat has no latency'],
])('refuses %j', (options, message) => {
  expect(checkKinds.heartbeat.options.safeParse(options).error?.issues[0]?.message).toContain(message)
})

it.each([
  ['silence', ago(DAY), 'unknown', 'offline'],
  ['a failure that was reported', ago(DAY, 'disk full'), 'down', 'beat_failed'],
])('of a prober without a network, %s', async (_, known, state, code) => {
  const sample = await sampleOf(makeCheck('heartbeat', written), {
    beatsOf: () => known,
    anchors: 'internet',
    interfaces: () => ({}),
  })
  expect(sample).toMatchObject({ state, code })
})

it('takes no conditions', () => {
  expect(conditionMisfit(conditionOf('latency < 1s'), 'heartbeat')).toBe(
    'a check of kind heartbeat takes no conditions',
  )
})
