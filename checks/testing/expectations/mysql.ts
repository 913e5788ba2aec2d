import { describe, expect, it } from 'vitest'
import { makeCheck, sampleOf } from '../checks.ts'
import { up } from './up.ts'

/** A MariaDB that offers TLS with a certificate for `localhost`, and asks for a password. */
export interface MysqlAtHand {
  port: number
  user: string
  password: string
  database: string
  ca: string
}

/** What a check sees of any MariaDB, whether it is the real one or stands in for it. */
export function expectMysql(at: () => MysqlAtHand): void {
  const ask = (written: Record<string, unknown>, change: Partial<Record<string, string>> = {}) => {
    const { port, user, database, password, ca } = at()
    const place = `localhost:${port}/${change['database'] ?? database}${change['parameters'] ?? ''}`
    return sampleOf(makeCheck('mysql', { mysql: `mysql://${user}:\${PASSWORD}@${place}`, ...written }), {
      ca,
      env: { PASSWORD: change['password'] ?? password },
    })
  }

  describe('what a query gives', () => {
    it.each([
      ['select 1', ['value == 1', 'rows == 1', 'latency < 1h']],
      ['select count(*) from (select 1 union select 2 union select 3) a', ['value == 3']],
      ['select 12.5', ['value == 12.5']],
      ['select 25e-2', ['value < 0.3']],
      ['select -7', ['value < 0']],
      ['select 9007199254740993', ['value == "9007199254740993"']],
      ['select 1.2345678901234567', ['value == "1.2345678901234567"']],
      ['select true', ['value == 1']],
      ['select null, 2', ['value == null', 'value exists', 'rows == 1']],
      ["select 'naïve'", ['value contains "naïve"']],
      ["select json_object('a', 1)", ['value == "{\\"a\\": 1}"']],
      ['select 1 from dual where false', ['rows == 0', 'value != 1']],
      ['select 3 union select 2 union select 1', ['rows == 3', 'value == 3']],
      ['select 1 from information_schema.collations a, information_schema.collations b', ['rows == 1000']],
      ['select @@max_statement_time', ['value == 10']],
    ])('%s: %j', async (query, expected) => {
      expect(await ask({ query, expect: expected })).toEqual(up)
    })
  })

  describe('what makes it down', () => {
    it.each([
      ['select 2', ['value == 1'], 'value is 2, expected 1', 'value'],
      ['select 1 from dual where false', ['value == 1'], 'there is no value, expected 1', 'value'],
      ['select 1', ['rows > 1'], 'rows are 1, expected more than 1', 'rows'],
      ['select from where', [], 'You have an error in your SQL syntax', 'ER_PARSE_ERROR'],
      ['select 1; select 2', [], 'You have an error in your SQL syntax', 'ER_PARSE_ERROR'],
      ['select 1 from nothing', [], "Table 'shop.nothing' doesn't exist", 'ER_NO_SUCH_TABLE'],
      [
        'create table written (a int)',
        [],
        'Cannot execute statement in a READ ONLY transaction',
        'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION',
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
        reason: `localhost:${at().port}: Access denied for user '${at().user}'@'localhost' (using password: YES)`,
        code: 'ER_ACCESS_DENIED_ERROR',
      })
    })

    it('a database that is not there', async () => {
      expect(await ask({}, { database: 'nowhere' })).toMatchObject({
        state: 'down',
        reason: `localhost:${at().port}: Unknown database 'nowhere'`,
        code: 'ER_BAD_DB_ERROR',
      })
    })
  })

  it('is degraded when the answer takes longer than it should', async () => {
    expect(await ask({ query: 'select sleep(0.02)', degraded_over: '5ms' })).toMatchObject({
      state: 'degraded',
      code: 'latency',
    })
  })

  describe('over TLS', () => {
    it.each([
      '',
      '?ssl-mode=PREFERRED',
      '?ssl-mode=required',
      '?ssl-mode=VERIFY_CA',
      '?ssl-mode=VERIFY_IDENTITY',
    ])('with%s there is a certificate', async (parameters) => {
      expect(await ask({ expect: ['certificate > 14d', 'value == 1'] }, { parameters })).toEqual(up)
    })

    it('with ssl-mode=DISABLED there is none', async () => {
      expect(
        await ask({ expect: ['certificate > 14d'] }, { parameters: '?ssl-mode=DISABLED' }),
      ).toMatchObject({
        state: 'down',
        reason: 'there is no certificate: the answer did not come over TLS',
      })
    })

    it.each([
      ['REQUIRED', 'up', undefined],
      ['VERIFY_CA', 'up', undefined],
      ['VERIFY_IDENTITY', 'down', 'the certificate is for localhost, not for this name'],
    ])('a certificate for another name: ssl-mode=%s', async (mode, state, words) => {
      const { user, password, port, database, ca } = at()
      const mysql = `mysql://${user}:${password}@127.0.0.1:${port}/${database}?ssl-mode=${mode}`
      const sample = await sampleOf(makeCheck('mysql', { mysql }), { ca })
      expect(sample.state).toBe(state)
      expect(sample.reason).toBe(words && `127.0.0.1:${port}: ${words}`)
    })

    it.each([
      ['REQUIRED', 'up', undefined],
      ['VERIFY_CA', 'down', 'certificate'],
      ['VERIFY_IDENTITY', 'down', 'certificate'],
    ])('a certificate of an authority that nobody knows: ssl-mode=%s', async (mode, state, code) => {
      const { user, password, port, database } = at()
      const mysql = `mysql://${user}:${password}@localhost:${port}/${database}?ssl-mode=${mode}`
      const sample = await sampleOf(makeCheck('mysql', { mysql }))
      expect(sample.state).toBe(state)
      expect(sample.code).toBe(code)
    })
  })
}
