import { expect, it } from 'vitest'
import type { Status } from '../model/status.ts'
import { confirmChange, type Pending } from './confirm.ts'

const letters = {
  u: 'unknown',
  o: 'operational',
  d: 'degraded',
  p: 'partial_outage',
  m: 'major_outage',
} as const
type Letter = keyof typeof letters

// What was seen, and what it comes to: each pass's status once all passes are in, as letters.
it.each<[rule: string, start: Letter, confirm: number, seen: string, booked: string]>([
  ['one pass of trouble is not booked', 'o', 2, 'omoo', 'oooo'],
  ['two are, from the first', 'o', 2, 'ommo', 'ommm'],
  ['with confirm 1 every pass counts', 'o', 1, 'omdo', 'omdo'],
  ['with confirm 3 two passes are not enough', 'o', 3, 'ommo', 'oooo'],
  ['recovery is confirmed as well', 'm', 2, 'omoo', 'mmoo'],
  ['worse while pending: the milder at once, the worse when confirmed', 'o', 2, 'dmm', 'dmm'],
  ['milder while pending: the milder from the first', 'o', 2, 'mdd', 'ddd'],
  ['better and still not well: the step that both agree on', 'm', 2, 'od', 'dd'],
  ['the two sides of a status do not agree', 'p', 2, 'modo', 'pddd'],
  ['the change that is furthest along wins', 'o', 3, 'dpmmm', 'dpmmm'],
  ['what goes beyond is pending from after the last that agrees', 'o', 3, 'mdmm', 'dddd'],
  ['out of unknown one operational pass is enough', 'u', 3, 'o', 'o'],
  ['out of unknown trouble is confirmed', 'u', 2, 'm', 'u'],
  ['out of unknown trouble is booked to the first pass', 'u', 2, 'mm', 'mm'],
  ['out of unknown a pass of trouble before a good one is a blip', 'u', 2, 'mo', 'oo'],
  ['out of unknown the milder counts', 'u', 2, 'md', 'dd'],
])('%s (from %s, confirm %i, seen %s)', (_rule, start, confirm, seen, expected) => {
  let status: Status = letters[start]
  let pending: Pending | undefined
  const booked: Status[] = []
  const times = [...seen].map((_, i) => `2026-11-21T00:${String(i).padStart(2, '0')}:00Z`)
  for (const [i, letter] of [...seen].entries()) {
    booked[i] = status
    const before = i === 0 ? undefined : times[i - 1]
    const sample = { t: times[i] ?? '', status: letters[letter as Letter] }
    const next: ReturnType<typeof confirmChange> = confirmChange({ status, pending }, before, sample, confirm)
    for (const change of next.changes) {
      status = change.to
      const first = times.indexOf(change.t_after)
      expect(change.t_before).toBe(first === 0 ? undefined : times[first - 1])
      booked.fill(status, first)
    }
    pending = next.pending
  }
  expect(booked).toEqual([...expected].map((letter) => letters[letter as Letter]))
})
