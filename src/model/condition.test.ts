import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkKindNames, checkKinds, conditionMisfit } from './check.ts'
import { parseCondition } from './condition.ts'
import { DAY, HOUR } from './time.ts'

describe('a condition is read', () => {
  it.each([
    ['status == 200', { subject: 'status', operator: '==', value: 200 }],
    ['status==200', { subject: 'status', operator: '==', value: 200 }],
    ['  status   !=   503 ', { subject: 'status', operator: '!=', value: 503 }],
    ['status < 400', { subject: 'status', operator: '<', value: 400 }],
    ['status <= 299', { subject: 'status', operator: '<=', value: 299 }],
    ['status > 199', { subject: 'status', operator: '>', value: 199 }],
    ['status>=200', { subject: 'status', operator: '>=', value: 200 }],
    ['header Server == "nginx"', { subject: 'header', path: 'server', operator: '==', value: 'nginx' }],
    ['header age != "0"', { subject: 'header', path: 'age', operator: '!=', value: '0' }],
    [
      'header content-type contains "json"',
      { subject: 'header', path: 'content-type', operator: 'contains', value: 'json' },
    ],
    ['header etag matches "^W/"', { subject: 'header', path: 'etag', operator: 'matches', value: '^W/' }],
    ['header etag exists', { subject: 'header', path: 'etag', operator: 'exists' }],
    ['header exists exists', { subject: 'header', path: 'exists', operator: 'exists' }],
    ['body == "ok"', { subject: 'body', operator: '==', value: 'ok' }],
    ['body != ""', { subject: 'body', operator: '!=', value: '' }],
    [
      'body contains "a \\"quoted\\" word"',
      { subject: 'body', operator: 'contains', value: 'a "quoted" word' },
    ],
    ['body contains "caf\\u00e9 ☕"', { subject: 'body', operator: 'contains', value: 'café ☕' }],
    ['body matches "v\\d+ \\"x\\""', { subject: 'body', operator: 'matches', value: 'v\\d+ "x"' }],
    ['json $ == "up"', { subject: 'json', path: '$', operator: '==', value: 'up' }],
    ['json $.database == "up"', { subject: 'json', path: '$.database', operator: '==', value: 'up' }],
    [
      'json $.a.b[0]["x y"] == true',
      { subject: 'json', path: '$.a.b[0]["x y"]', operator: '==', value: true },
    ],
    ['json $.a==null', { subject: 'json', path: '$.a', operator: '==', value: null }],
    ['json $.a != -1.5e3', { subject: 'json', path: '$.a', operator: '!=', value: -1500 }],
    ['json $.queue < 1000', { subject: 'json', path: '$.queue', operator: '<', value: 1000 }],
    ['json $.items.length >= 1', { subject: 'json', path: '$.items.length', operator: '>=', value: 1 }],
    ['json $.tags contains 5', { subject: 'json', path: '$.tags', operator: 'contains', value: 5 }],
    ['json $.v matches "^2\\."', { subject: 'json', path: '$.v', operator: 'matches', value: '^2\\.' }],
    ['json $.error-count exists', { subject: 'json', path: '$.error-count', operator: 'exists' }],
    ['latency < 800ms', { subject: 'latency', operator: '<', value: 800 }],
    ['latency<=1.5s', { subject: 'latency', operator: '<=', value: 1500 }],
    ['certificate > 14d', { subject: 'certificate', operator: '>', value: 14 * DAY }],
    ['certificate >= 36 h', { subject: 'certificate', operator: '>=', value: 36 * HOUR }],
    ['answer == "192.0.2.1"', { subject: 'answer', operator: '==', value: '192.0.2.1' }],
    ['answer != "192.0.2.1"', { subject: 'answer', operator: '!=', value: '192.0.2.1' }],
    ['answer contains "v=spf1"', { subject: 'answer', operator: 'contains', value: 'v=spf1' }],
    ['answer matches "^10 "', { subject: 'answer', operator: 'matches', value: '^10 ' }],
    ['answer exists', { subject: 'answer', operator: 'exists' }],
    ['value > 0', { subject: 'value', operator: '>', value: 0 }],
    ['value == "ok"', { subject: 'value', operator: '==', value: 'ok' }],
    ['rows >= 3', { subject: 'rows', operator: '>=', value: 3 }],
    ['expires > 30d', { subject: 'expires', operator: '>', value: 30 * DAY }],
    ['loss < 20%', { subject: 'loss', operator: '<', value: 20 }],
    ['loss <= 0.5 %', { subject: 'loss', operator: '<=', value: 0.5 }],
  ])('%s', (text, condition) => {
    expect(parseCondition(text)).toEqual({ condition: { text, ...condition } })
  })
})

describe('a bad condition names the column and what was expected', () => {
  it.each([
    ['', 1, 'expected one of status', undefined],
    ['   ', 4, 'expected one of status', undefined],
    ['== 200', 1, 'expected one of status', undefined],
    ['stauts == 200', 1, 'unknown subject "stauts"', 'status == 200'],
    ['  Status == 200', 3, 'unknown subject "Status"', '  status == 200'],
    ['response_time < 2s', 1, 'unknown subject', 'latency < 2s'],
    ['weather == "fine"', 1, 'unknown subject "weather"', undefined],
    ['toString == 200', 1, 'unknown subject', undefined],
    ['expiry > 30d', 1, 'unknown subject', 'expires > 30d'],
    ['loss < 20', 8, 'expected a percentage', 'loss < 20%'],
    ['rows > "3"', 8, 'without quotes', 'rows > 3'],
    ['status', 7, 'expected `==`', undefined],
    ['status 200', 8, 'expected `==`', undefined],
    ['status = 200', 8, 'unknown operator "="', 'status == 200'],
    ['status is 200', 8, 'unknown operator "is"', 'status == 200'],
    ['status contains 200', 8, 'cannot be compared with `contains`', undefined],
    ['status exists', 8, 'cannot be compared with `exists`', undefined],
    ['status ==', 10, 'expected a status code', undefined],
    ['status > "x"', 10, 'expected a status code', undefined],
    ['status == "200"', 11, 'without quotes', 'status == 200'],
    ['status == 2000', 11, 'from 100 to 599', undefined],
    ['status == 200.5', 11, 'whole number', undefined],
    ['status == 2xx', 11, 'expected a status code', undefined],
    ['status == 200 and latency < 2s', 15, 'its own line', undefined],
    ['status == 200 201', 15, 'expected the end', undefined],
    ['header == "x"', 8, "expected a header's name", undefined],
    ['header contains "json"', 8, "expected a header's name", undefined],
    ['header server "nginx"', 15, 'expected `==`', undefined],
    ['header age == 5', 15, 'expected text in double quotes', 'header age == "5"'],
    ['header age > 5', 12, 'cannot be compared with `>`', undefined],
    ['header etag exists "x"', 20, 'expected the end', undefined],
    ['body contains ok', 15, 'expected text in double quotes', 'body contains "ok"'],
    ["body contains 'all is well'", 15, 'double quotes', 'body contains "all is well"'],
    ['body contains "ok', 15, 'expected a closing double quote', 'body contains "ok"'],
    ['body contains "\\d"', 15, "expected JSON's escapes", undefined],
    ['body matches "("', 14, 'Invalid regular expression', undefined],
    ['body < "x"', 6, 'cannot be compared', undefined],
    ['json == "up"', 6, 'a path that starts with $', undefined],
    ['json database == "up"', 6, 'a path that starts with $', 'json $.database == "up"'],
    ['json $. == "up"', 8, 'expected a name after the dot', undefined],
    ['json $.a[x] == 1', 10, 'expected a place in a list', undefined],
    ['json $.a[0 == 1', 10, 'a closing bracket', undefined],
    ['json $.a["x] == 1', 10, 'expected a place in a list', undefined],
    ['json $.a["\\q"] == 1', 10, 'expected a place in a list', undefined],
    ['json $.a', 9, 'expected `==`', undefined],
    ['json $.a == up', 13, 'expected text in double quotes', 'json $.a == "up"'],
    ['json $.a > "5"', 12, 'expected a number', 'json $.a > 5'],
    ['json $.a matches 5', 18, 'expected text in double quotes', 'json $.a matches "5"'],
    ['latency == 5s', 9, 'cannot be compared with `==`', undefined],
    ['latency < 800', 11, 'expected a duration', 'latency < 800ms'],
    ['latency < fast', 11, 'expected a duration', undefined],
    ['certificate > 14', 15, 'expected a duration', 'certificate > 14d'],
    ['certificate > 14 days', 15, 'expected a duration', 'certificate > 14d'],
    ['certificate < 14d', 13, 'cannot be compared with `<`', undefined],
    ['answer == 192.0.2.1', 11, 'expected text in double quotes', 'answer == "192.0.2.1"'],
  ])('%j at column %i', (text, column, words, fix) => {
    const result = parseCondition(text)
    if ('condition' in result) throw new Error('it was read')
    expect(result.error).toContain(words)
    expect(result.column).toBe(column)
    expect(result.fix).toBe(fix)
  })

  it('leads, one suggestion after another, to a condition that can be read', () => {
    for (const text of [
      'status = "200"',
      'stauts is 200',
      'response_time < "2s"',
      "text has 'x'",
      'json a.b is 1',
    ]) {
      let result = parseCondition(text)
      for (let turn = 0; turn < 3 && 'error' in result && result.fix; turn++)
        result = parseCondition(result.fix)
      expect(result, text).toHaveProperty('condition')
    }
  })
})

it('never throws, and every error points into the text', () => {
  const pieces = [
    'status',
    'json',
    '$.a',
    '["x y"]',
    'header',
    '==',
    '<',
    '"x"',
    '14d',
    '200',
    ' ',
    '\\',
    "'",
  ]
  const text = fc.oneof(
    fc.string(),
    fc.array(fc.constantFrom(...pieces)).map((some) => some.join(' ')),
  )
  fc.assert(
    fc.property(text, (text) => {
      const result = parseCondition(text)
      if ('condition' in result) return
      expect(result.column).toBeGreaterThanOrEqual(1)
      expect(result.column).toBeLessThanOrEqual(text.length + 1)
    }),
  )
})

describe('a condition fits a kind of check or not', () => {
  const of = (text: string) => {
    const result = parseCondition(text)
    if ('error' in result) throw new Error(result.error)
    return result.condition
  }
  it.each([
    ['tcp', 'status == 200', 'a tcp check has no status; its conditions can be about latency'],
    [
      'dns',
      'certificate > 14d',
      'a dns check has no certificate; its conditions can be about answer and latency',
    ],
    ['tls', 'certificate > 14d', undefined],
    ['http', 'json $.a exists', undefined],
  ] as const)('%s: %s', (kind, text, misfit) => {
    expect(conditionMisfit(of(text), kind)).toBe(misfit)
  })

  it('every kind that asks the target itself can be asked about latency', () => {
    const askingOthers = ['domain', 'heartbeat', 'prometheus', 'upstream']
    const without = checkKindNames.filter((kind) => {
      const subjects: readonly string[] = checkKinds[kind].subjects
      return !subjects.includes('latency')
    })
    expect(without.sort()).toEqual(askingOthers)
  })

  it('a kind without conditions says so', () => {
    expect(conditionMisfit(of('status == 200'), 'upstream')).toBe(
      'a check of kind upstream takes no conditions',
    )
  })
})
