import { describe, expect, it } from 'vitest'
import { DAY } from '../src/model/time.ts'
import { body } from './body.ts'
import { evaluate } from './conditions.ts'
import type { Facts } from './contract.ts'
import { conditionOf, NOW } from './testing/checks.ts'
import { redactor } from './words.ts'

const json = {
  database: 'down',
  queue: 1200,
  ok: false,
  none: null,
  tags: ['eu', 'us', 5],
  a: { b: [{ 'x y': 'deep' }] },
  long: 'x'.repeat(200),
  odd: 'line\nnext\u202e\u0007',
}
const bodyOf = (text: string, more: { truncated?: boolean; contentType?: string } = {}) =>
  body([Buffer.from(text)], { truncated: false, ...more })
const facts: Facts = {
  status: 503,
  headers: { 'content-type': 'text/html', 'x-key': 'abc123', 'set-cookie': 'session=1' },
  body: bodyOf(JSON.stringify(json)),
  certificate: { validTo: NOW + 3.5 * DAY },
  answers: ['192.0.2.1', '192.0.2.2'],
  value: 41.5,
  rows: 3,
  expires: NOW + 20 * DAY,
  lossPercent: 25,
}
const finding = (text: string, of = facts, redact = redactor([])) =>
  evaluate(conditionOf(text), { facts: of, latencyMs: 950, now: NOW, redact })

describe('a condition that holds finds nothing', () => {
  it.each([
    'status == 503',
    'status != 200',
    'status < 504',
    'status <= 503',
    'status > 502',
    'status >= 503',
    'header Content-Type == "text/html"',
    'header content-type != "text/plain"',
    'header x-absent != "on"',
    'header content-type contains "html"',
    'header content-type matches "^text/(html|plain)"',
    'header content-type exists',
    'body contains "database"',
    'body != ""',
    'body matches "queue\\":\\d+"',
    'json $ exists',
    'json $.database == "down"',
    'json $.database != "up"',
    'json $.absent != "up"',
    'json $.database contains "ow"',
    'json $.database matches "^d"',
    'json $.database.length == 4',
    'json $.queue == 1200',
    'json $.queue < 1201',
    'json $.queue <= 1200',
    'json $.queue > 1199',
    'json $.queue >= 1200',
    'json $.ok == false',
    'json $.none == null',
    'json $.none exists',
    'json $.tags contains "us"',
    'json $.tags contains 5',
    'json $.tags.length >= 3',
    'json $.tags[1] == "us"',
    'json $.a.b[0]["x y"] == "deep"',
    'latency < 1s',
    'latency <= 950ms',
    'certificate > 3d',
    'certificate >= 84h',
    'answer == "192.0.2.2"',
    'answer != "192.0.2.3"',
    'answer contains "192.0"',
    'answer matches "\\.1$"',
    'answer exists',
    'value > 40',
    'value != "41.5"',
    'value exists',
    'rows == 3',
    'expires > 19d',
    'loss <= 25%',
  ])('%s', (text) => {
    expect(finding(text)).toBeUndefined()
  })
})

describe('a condition that fails shows the value found', () => {
  it.each([
    ['status == 200', 'status is 503, expected 200'],
    ['status != 503', 'status is 503, expected anything but 503'],
    ['status < 400', 'status is 503, expected less than 400'],
    ['status <= 399', 'status is 503, expected at most 399'],
    ['status > 503', 'status is 503, expected more than 503'],
    ['status >= 504', 'status is 503, expected at least 504'],
    ['header content-type == "json"', 'header content-type is "text/html", expected "json"'],
    [
      'header content-type contains "json"',
      'header content-type is "text/html", expected it to contain "json"',
    ],
    ['header content-type matches "^a"', 'header content-type is "text/html", expected it to match "^a"'],
    ['header etag exists', 'header etag is missing'],
    ['header etag == "x"', 'header etag is missing, expected "x"'],
    ['header set-cookie == "x"', 'header set-cookie is something else, expected "x"'],
    ['body == "ok"', 'body is not "ok"'],
    ['body contains "healthy"', 'body does not contain "healthy"'],
    ['body matches "^ok"', 'body does not match "^ok"'],
    ['json $.database == "up"', 'json $.database is "down", expected "up"'],
    ['json $.database != "down"', 'json $.database is "down", expected anything but "down"'],
    ['json $.queue < 1000', 'json $.queue is 1200, expected less than 1000'],
    ['json $.queue == "1200"', 'json $.queue is 1200, expected "1200"'],
    ['json $.database > 5', 'json $.database is "down", expected more than 5'],
    ['json $.ok == true', 'json $.ok is false, expected true'],
    ['json $.none == 0', 'json $.none is null, expected 0'],
    ['json $.a == 1', 'json $.a is an object, expected 1'],
    ['json $.tags contains "ap"', 'json $.tags is a list of 3, expected it to contain "ap"'],
    ['json $.absent.more == "x"', 'json $.absent.more is missing, expected "x"'],
    ['json $.tags[9] exists', 'json $.tags[9] is missing'],
    ['json $.constructor exists', 'json $.constructor is missing'],
    ['json $.long == "x"', `json $.long is "${'x'.repeat(79)}…", expected "x"`],
    ['json $.odd == "x"', 'json $.odd is "line next ", expected "x"'],
    ['latency < 800ms', 'latency is 950 ms, expected less than 800 ms'],
    ['latency <= 0.5s', 'latency is 950 ms, expected at most 500 ms'],
    ['answer == "192.0.2.3"', 'answer is "192.0.2.1", "192.0.2.2", expected "192.0.2.3"'],
    ['value < 40', 'value is 41.5, expected less than 40'],
    ['rows > 3', 'rows are 3, expected more than 3'],
    ['loss < 20%', 'loss is 25 %, expected less than 20 %'],
  ])('%s', (text, reason) => {
    expect(finding(text)).toMatchObject({ state: 'down', reason })
  })
})

it('a certificate that is still valid is degraded, one that is not is down', () => {
  expect(finding('certificate > 14d')).toEqual({
    state: 'degraded',
    reason: 'certificate expires in 3 days, expected more than 14 days',
    code: 'certificate',
  })
  expect(finding('certificate > 14d', { certificate: { validTo: NOW - DAY } })).toEqual({
    state: 'down',
    reason: 'certificate expired 24 hours ago',
    code: 'certificate',
  })
})

it('a registration that goes on is degraded, one that has ended is down', () => {
  expect(finding('expires > 30d')).toEqual({
    state: 'degraded',
    reason: 'registration expires in 20 days, expected more than 30 days',
    code: 'registration',
  })
  expect(finding('expires > 30d', { expires: NOW - 2 * DAY })).toMatchObject({ state: 'down' })
})

describe('a body that is no JSON', () => {
  it.each([
    ['', 'it is empty'],
    ['<html>', 'it is not JSON'],
    ['{"a":1', 'it is not JSON'],
  ])('%j', (text, problem) => {
    const reason = `body cannot be read as JSON: ${problem}`
    expect(finding('json $.a != 1', { body: bodyOf(text) })).toEqual({ state: 'down', reason, code: 'json' })
  })
})

it.each([
  ['\uFEFF{"a":"é"}', undefined],
  ['{"a":"é"}', 'application/json; charset=utf-8'],
  ['{"a":"é"}', 'application/json; charset=no-such-charset'],
])('a body is decoded by its charset: %j as %s', (text, contentType) => {
  expect(finding('json $.a == "é"', { body: bodyOf(text, { contentType }) })).toBeUndefined()
  const latin1 = body([Buffer.from('é', 'latin1')], {
    truncated: false,
    contentType: 'text/plain; charset=ISO-8859-1',
  })
  expect(finding('body == "é"', { body: latin1 })).toBeUndefined()
})

it('a pattern is only tried on the first 64 KiB', () => {
  const long = bodyOf(`${'x'.repeat(64 * 1024)}end`)
  expect(finding('body matches "end"', { body: long })).toMatchObject({ state: 'down' })
  expect(finding('body contains "end"', { body: long })).toBeUndefined()
})

it('a pattern that would take years is given up, and nothing is known', () => {
  const text = bodyOf(`${'a'.repeat(60)}!`)
  expect(finding('body matches "^(a+)+$"', { body: text })).toEqual({
    state: 'unknown',
    reason: 'the pattern in `body matches "^(a+)+$"` takes too long on this answer',
    code: 'pattern',
  })
})

it('secrets are blanked out before a value is cut short', () => {
  const value = `${'x'.repeat(75)}hunter2hunter2`
  const redact = redactor(['hunter2hunter2'])
  expect(finding('header x == "y"', { headers: { x: value } }, redact)?.reason).toBe(
    `header x is "${'x'.repeat(75)}•••", expected "y"`,
  )
})

it('a kind of check that has no such fact cannot decide', () => {
  for (const text of [
    'status == 200',
    'body contains "x"',
    'json $.a exists',
    'answer exists',
    'rows > 1',
    'expires > 1d',
    'loss < 1%',
  ]) {
    expect(finding(text, {}), text).toMatchObject({ state: 'unknown', code: 'condition' })
  }
})
