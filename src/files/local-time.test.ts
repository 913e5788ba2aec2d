import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { iso } from '../model/time.ts'
import { readMoment } from './local-time.ts'

/** What the owner wrote, in which zone, and which moment that is. */
const ordinary = [
  ['2026-07-01T12:00', 'Europe/Berlin', '2026-07-01T10:00:00Z'],
  ['2026-12-01 12:00:30', 'Europe/Berlin', '2026-12-01T11:00:30Z'],
  ['2026-03-29T01:59', 'Europe/Berlin', '2026-03-29T00:59:00Z'],
  ['2026-03-29T03:00', 'Europe/Berlin', '2026-03-29T01:00:00Z'],
  ['2026-10-25T01:59', 'Europe/Berlin', '2026-10-24T23:59:00Z'],
  ['2026-10-25T03:00', 'Europe/Berlin', '2026-10-25T02:00:00Z'],
  ['2026-07-01T12:00', 'America/New_York', '2026-07-01T16:00:00Z'],
  ['2026-03-08T03:00', 'America/New_York', '2026-03-08T07:00:00Z'],
  ['2026-11-01T02:00', 'America/New_York', '2026-11-01T07:00:00Z'],
  ['2026-01-01T12:00', 'Australia/Lord_Howe', '2026-01-01T01:00:00Z'],
  ['2026-07-01T12:00', 'Australia/Lord_Howe', '2026-07-01T01:30:00Z'],
  ['2026-10-04T02:30', 'Australia/Lord_Howe', '2026-10-03T15:30:00Z'],
  ['2026-07-01T12:00', 'Asia/Kathmandu', '2026-07-01T06:15:00Z'],
  ['2026-07-01T12:00', 'UTC', '2026-07-01T12:00:00Z'],
] as const

const skipped = [
  ['2026-03-29T02:30', 'Europe/Berlin'],
  ['2026-03-29T02:00', 'Europe/Berlin'],
  ['2026-03-08T02:15', 'America/New_York'],
  ['2026-10-04T02:10', 'Australia/Lord_Howe'],
] as const

const twice = [
  ['2026-10-25T02:30', 'Europe/Berlin'],
  ['2026-10-25T02:00', 'Europe/Berlin'],
  ['2026-11-01T01:15', 'America/New_York'],
  ['2026-04-05T01:45', 'Australia/Lord_Howe'],
] as const

describe('a local time', () => {
  it.each(ordinary)('%s in %s is %s', (text, zone, moment) => {
    expect(readMoment(text, zone)).toEqual({ at: Date.parse(moment) })
  })

  it.each(skipped)('%s in %s is refused, because the clocks skip it', (text, zone) => {
    const read = readMoment(text, zone)
    expect(read).toMatchObject({ error: `the clocks in ${zone} skip ${text}:00; write it with an offset` })
    expect(readMoment('fix' in read ? (read.fix ?? '') : '', undefined)).toHaveProperty('at')
  })

  it.each(twice)('%s in %s is refused, because the clocks show it twice', (text, zone) => {
    const read = readMoment(text, zone)
    expect(read).toMatchObject({
      error: `the clocks in ${zone} show ${text}:00 twice; write it with an offset`,
    })
    expect(readMoment('fix' in read ? (read.fix ?? '') : '', undefined)).toHaveProperty('at')
  })

  it('without a zone is refused, with the line in UTC', () => {
    expect(readMoment('2026-07-01 12:00', undefined)).toEqual({
      error: 'a local time needs an offset, or "timezone" beside it',
      fix: '2026-07-01T12:00:00Z',
    })
  })

  it.each(['tomorrow', '2026-07-01', '2026-02-30T12:00', '2026-07-01T24:00', '12:00', ''])(
    '%j is no date and time',
    (text) => {
      expect(readMoment(text, 'Europe/Berlin')).toHaveProperty('error')
    },
  )

  it('in a zone that does not exist is refused', () => {
    expect(readMoment('2026-07-01T12:00', 'Mars/Olympus')).toMatchObject({
      error: expect.stringMatching(/no time zone/) as string,
    })
  })
})

it('a moment with an offset needs no zone, and a zone does not move it', () => {
  expect(readMoment('2026-07-01T12:00+02:00', 'America/New_York')).toEqual({
    at: Date.parse('2026-07-01T10:00:00Z'),
  })
})

it.each(['America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'])(
  'reads the same on a machine in %s',
  { timeout: 60_000 },
  (machineZone) => {
    const module = path.join(import.meta.dirname, 'local-time.ts')
    const cases = [...ordinary, ...skipped, ...twice].map(([text, zone]) => [text, zone])
    const script = `
      import { readMoment } from ${JSON.stringify(module)}
      const cases = ${JSON.stringify(cases)}
      console.log(new Date(0).getTimezoneOffset() === 0 ? 'UTC' : JSON.stringify(cases.map(([text, zone]) => readMoment(text, zone))))`
    const output = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
      env: { ...process.env, TZ: machineZone, NODE_OPTIONS: '' },
    })
    expect(JSON.parse(output)).toEqual(cases.map(([text = '', zone]) => readMoment(text, zone)))
    expect(ordinary.map(([, , moment]) => iso(Date.parse(moment)))).toEqual(
      ordinary.map(([, , moment]) => moment),
    )
  },
)
