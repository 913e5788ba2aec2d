import { describe, expect, it } from 'vitest'
import { incidentPhases, maintenancePhases } from '../model/status.ts'
import { iso, parseInstant } from '../model/time.ts'
import {
  missesTime,
  phaseOfFirstWords,
  placeInTime,
  readUpdateHeading,
  updateAnchor,
} from './update-headings.ts'

describe('a heading', () => {
  it.each([
    ['Update 15:00 UTC', '15:00:00', undefined],
    ['15:00 UTC', '15:00:00', undefined],
    ['9:05 UTC', '09:05:00', undefined],
    ['15:00:30Z', '15:00:30', undefined],
    ['Resolved 15:00 UTC', '15:00:00', 'resolved'],
    ['15:00 utc - Monitoring', '15:00:00', 'monitoring'],
    ['15:00 UTC update', '15:00:00', 'update'],
    ['15:00 +01:00 identified', '14:00:00', 'identified'],
    ['15:00 +0530', '09:30:00', undefined],
    ['3:15 PM UTC', '15:15:00', undefined],
    ['12:05 a.m. UTC', '00:05:00', undefined],
    ['12:05 pm UTC', '12:05:00', undefined],
    ['15:00 UTC, in-progress', '15:00:00', 'in_progress'],
    ['15:00 UTC under review', '15:00:00', 'under_review'],
    ['15:00 UTC canceled', '15:00:00', 'cancelled'],
    ['03:31Z identified', '03:31:00', 'identified'],
  ])('%j holds a time of day', (heading, clock, phase) => {
    const read = readUpdateHeading(heading)
    expect(read?.timeOfDay).toBe(parseInstant(`1970-01-01T${clock}Z`) ?? NaN)
    expect(read).toMatchObject({ zoneMissing: false })
    expect(read?.impossible).toBeUndefined()
    expect(read?.phase).toBe(phase)
  })

  it.each([
    ['2026-11-21 03:50 UTC identified', '2026-11-21T03:50:00Z', 'identified'],
    ['2026-11-21T03:50Z', '2026-11-21T03:50:00Z', undefined],
    ['2026-11-21, 03:50 UTC: resolved', '2026-11-21T03:50:00Z', 'resolved'],
    ['Investigating (2026-11-21 01:50 +02:00)', '2026-11-20T23:50:00Z', 'investigating'],
    ['2026-11-21 3:50 PM +01:00', '2026-11-21T14:50:00Z', undefined],
  ])('%j holds a moment', (heading, moment, phase) => {
    const read = readUpdateHeading(heading)
    expect(read?.at === undefined ? undefined : iso(read.at)).toBe(moment)
    expect(read?.phase).toBe(phase)
  })

  it.each([...Object.keys(incidentPhases), ...Object.keys(maintenancePhases)])(
    'says the phase %s before its time, behind it, and in any case',
    (phase) => {
      for (const word of [phase, phase.replace('_', ' '), phase.replace('_', '-'), phase.toUpperCase()])
        for (const heading of [`${word} 15:00 UTC`, `15:00 UTC ${word}`, `2026-11-21 15:00 UTC: ${word}`])
          expect(readUpdateHeading(heading)?.phase).toBe(phase)
    },
  )

  it.each([
    'Root cause',
    'Impact',
    '',
    'Step 3 of 4',
    'Version 1.2.3',
    '2026-11-21',
    'ratio 12:3',
    'aa:bb:cc',
  ])('%j holds no time', (heading) => {
    expect(readUpdateHeading(heading)).toBeUndefined()
  })

  it.each(['25:00 UTC', '12:60 UTC', '2026-02-30 12:00 UTC', '2026-13-01 12:00 UTC'])(
    '%j cannot be',
    (heading) => {
      expect(readUpdateHeading(heading)?.impossible).toBe('does not exist')
    },
  )

  it.each(['0206-11-21', '1989-12-31', '2201-01-01', '9999-12-31'])('of %s is of no year', (day) => {
    const read = readUpdateHeading(`${day} 12:00 UTC`)
    expect(read?.impossible).toBe(`cannot be: the year ${day.slice(0, 4)} is not between 1990 and 2200`)
    expect(read?.at).toBeUndefined()
  })

  it.each(['15:00', '2026-11-21 15:00 resolved', '12:00-13:00 UTC', '15:00 CET'])(
    '%j says no zone that is one offset',
    (heading) => {
      expect(readUpdateHeading(heading)).toMatchObject({ zoneMissing: true })
    },
  )

  it.each(['Update', 'Identified', 'In progress', '2026-11-21', '2026-11-21 resolved'])(
    '%j misses its time',
    (heading) => {
      expect(missesTime(heading)).toBe(true)
    },
  )

  it.each(['Root cause', 'Resolution', 'Impact', 'Follow-up', 'Updates for partners'])(
    '%j needs no time',
    (heading) => {
      expect(missesTime(heading)).toBe(false)
    },
  )
})

describe('first words', () => {
  it.each([
    ['Issue resolved. API latency back to normal.', 'resolved'],
    ['Identified cause: Database connection pool exhausted.', 'identified'],
    ['Investigating elevated API response times.', 'investigating'],
    ['We are investigating reports of errors.', 'investigating'],
    ['We continue to investigate.', 'investigating'],
    ['A fix is in place and we are monitoring.', undefined],
    ['Monitoring the fix.', 'monitoring'],
    ['This is not yet resolved.', undefined],
    ["The cause isn't identified yet.", undefined],
    ['Once resolved, we will write more.', undefined],
    ['Some words.', undefined],
    ['', undefined],
  ])('%j say %j', (text, phase) => {
    expect(phaseOfFirstWords(text)).toBe(phase)
  })
})

describe('bare times', () => {
  const place = (headings: string[], started: string) =>
    placeInTime(
      headings.flatMap((heading) => readUpdateHeading(heading) ?? []),
      parseInstant(started) ?? NaN,
    ).map(iso)

  it.each([
    [
      'take their date from the start',
      ['14:30 UTC', '14:45 UTC', '15:00 UTC'],
      '2025-11-06T14:30:00Z',
      ['2025-11-06T14:30:00Z', '2025-11-06T14:45:00Z', '2025-11-06T15:00:00Z'],
    ],
    [
      'move on a day when they would run backwards',
      ['23:50 UTC', '00:10 UTC', '23:00 UTC', '01:00 UTC'],
      '2025-12-31T23:45:00Z',
      ['2025-12-31T23:50:00Z', '2026-01-01T00:10:00Z', '2026-01-01T23:00:00Z', '2026-01-02T01:00:00Z'],
    ],
    [
      'may be the minute in which it started',
      ['14:30 UTC'],
      '2025-11-06T14:30:45Z',
      ['2025-11-06T14:30:00Z'],
    ],
    [
      'go on from a heading that has its date',
      ['23:50 UTC', '2025-11-09 08:00 UTC', '07:00 UTC'],
      '2025-11-06T23:45:00Z',
      ['2025-11-06T23:50:00Z', '2025-11-09T08:00:00Z', '2025-11-10T07:00:00Z'],
    ],
  ])('%s, newest or oldest first', (_, headings, started, moments) => {
    expect(place(headings, started)).toEqual(moments)
    expect(place(headings.toReversed(), started)).toEqual(moments.toReversed())
  })
})

describe('the anchor of an update', () => {
  it.each([
    ['2025-11-06T15:00:00Z', '20251106T1500Z'],
    ['2025-11-06T15:00:07Z', '20251106T150007Z'],
  ])('at %s is %s', (moment, anchor) => {
    expect(updateAnchor(parseInstant(moment) ?? NaN)).toBe(anchor)
  })
})
