import { describe, expect, it } from 'vitest'
import { makeCheck, sampleOf } from '../checks.ts'
import { up } from './up.ts'

/** A PostgreSQL that offers TLS with a certificate for `localhost`, and asks for a password. */
export interface PostgresAtHand {
  port: number
  user: string
  password: string
  database: string
  ca: string
}

/** What a check sees of any PostgreSQL, whether it is the real one or stands in for it. */
export function expectPostgres(at: () => PostgresAtHand): void {
  const ask = (written: Record<string, unknown>, change: Partial<Record<string, string>> = {}) => {
    const { port, user, database, password, ca } = at()
    const login = `${change['user'] ?? user}:\${PASSWORD}`
    const place = `localhost:${port}/${change['database'] ?? database}`
    const written_ = { postgres: `postgres://${login}@${place}${change['parameters'] ?? ''}`, ...written }
    return sampleOf(makeCheck('postgres', written_), {
      ca,
      env: { PASSWORD: change['password'] ?? password },
    })
  }

  describe('what a query gives', () => {
    it.each([
      ['select 1', ['value == 1', 'rows == 1', 'latency < 1h']],
      ['select count(*) from generate_series(1, 3)', ['value == 3']],
      ['select 12.5::numeric', ['value == 12.5']],
      ['select 0.25::float8', ['value < 0.3']],
      ['select -7::int2', ['value < 0']],
      ['select 9007199254740993::int8', ['value == "9007199254740993"']],
      ['select 1.2345678901234567::numeric', ['value == "1.2345678901234567"']],
      ["select 'NaN'::numeric", ['value == "NaN"']],
      ['select true', ['value == true']],
      ['select false, 1', ['value == false']],
      ['select null', ['value == null', 'value exists', 'rows == 1']],
      ["select 'naïve'", ['value contains "naïve"']],
      ['select 1 where false', ['rows == 0', 'value != 1']],
      ['values (3), (2), (1)', ['rows == 3', 'value == 3']],
      ['select generate_series(1, 1000000)', ['rows == 1000', 'value == 1']],
      ['show transaction_read_only', ['value == "on"']],
      ['show statement_timeout', ['value == "10s"']],
      ["with a as (select 1 as b) select b, ';' from a -- why", ['value == 1']],
    ])('%s: %j', async (query, expected) => {
      expect(await ask({ query, expect: expected })).toEqual(up)
    })
  })

  describe('what makes it down', () => {
    it.each([
      ['select 2', ['value == 1'], 'value is 2, expected 1', 'value'],
      ['select 1 where false', ['value == 1'], 'there is no value, expected 1', 'value'],
      ['select 1', ['rows > 1'], 'rows are 1, expected more than 1', 'rows'],
      ['select from where', [], 'syntax error at or near "where"', 'sql_42601'],
      ['select 1; select 2', [], 'cannot insert multiple commands into a prepared statement', 'sql_42601'],
      ['select 1 from nothing', [], 'relation "nothing" does not exist', 'sql_42P01'],
      [
        'create table written (a int)',
        [],
        'cannot execute CREATE TABLE in a read-only transaction',
        'sql_25006',
      ],
    ])('%s: %j', async (query, expected, words, code) => {
      const sample = await ask({ query, expect: expected })
      expect(sample).toMatchObject({ state: 'down', code })
      expect(sample.reason).toContain(words)
    })

    it('the wrong password, without showing it', async () => {
      const sample = await ask({}, { password: 'not-the-right-one' })
      expect(sample).toMatchObject({
        state: 'down',
        reason: `localhost:${at().port}: password authentication failed for user "${at().user}"`,
        code: 'sql_28P01',
      })
    })

    it('a database that is not there', async () => {
      expect(await ask({}, { database: 'nowhere' })).toMatchObject({
        state: 'down',
        reason: `localhost:${at().port}: database "nowhere" does not exist`,
        code: 'sql_3D000',
      })
    })
  })

  it('is degraded when the answer takes longer than it should', async () => {
    expect(await ask({ query: 'select pg_sleep(0.02)', degraded_over: '5ms' })).toMatchObject({
      state: 'degraded',
      code: 'latency',
    })
  })

  describe('over TLS', () => {
    it.each(['', '?sslmode=prefer', '?sslmode=require', '?sslmode=verify-ca', '?sslmode=verify-full'])(
      'with%s there is a certificate',
      async (parameters) => {
        expect(await ask({ expect: ['certificate > 14d'] }, { parameters })).toEqual(up)
      },
    )

    it('with sslmode=disable there is none', async () => {
      expect(await ask({ expect: ['certificate > 14d'] }, { parameters: '?sslmode=disable' })).toMatchObject({
        state: 'down',
        reason: 'there is no certificate: the answer did not come over TLS',
      })
    })

    it.each([
      ['require', 'up', undefined],
      ['verify-ca', 'up', undefined],
      ['verify-full', 'down', 'the certificate is for localhost, not for this name'],
    ])('a certificate for another name: sslmode=%s', async (mode, state, words) => {
      const { user, password, port, database, ca } = at()
      const check = makeCheck('postgres', {
        postgres: `postgres://${user}:${password}@127.0.0.1:${port}/${database}?sslmode=${mode}`,
      })
      const sample = await sampleOf(check, { ca })
      expect(sample.state).toBe(state)
      expect(sample.reason).toBe(words && `127.0.0.1:${port}: ${words}`)
    })

    it.each([
      ['require', 'up'],
      ['verify-ca', 'down'],
      ['verify-full', 'down'],
    ])('a certificate of an authority that nobody knows: sslmode=%s', async (mode, state) => {
      const { user, password, port, database } = at()
      const check = makeCheck('postgres', {
        postgres: `postgres://${user}:${password}@localhost:${port}/${database}?sslmode=${mode}`,
      })
      expect((await sampleOf(check)).state).toBe(state)
    })
  })
}
