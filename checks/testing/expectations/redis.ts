import { describe, expect, it } from 'vitest'
import { makeCheck, sampleOf } from '../checks.ts'
import { up } from './up.ts'

/** A Redis that asks for a login, and at a second port offers the same over TLS with a certificate for `localhost`. */
export interface RedisAtHand {
  port: number
  tlsPort: number
  user: string
  password: string
  ca: string
}

/** What has to be in its database 0. */
export const redisContents = [
  ['SET', 'waiting', '12'],
  ['SET', 'version', '1.10'],
  ['SET', 'greeting', 'héllo\r\nwörld'],
  ['RPUSH', 'jobs', 'a', 'b', 'c'],
]

/** What a check sees of any Redis, whether it is the real one or stands in for it. */
export function expectRedis(at: () => RedisAtHand): void {
  const ask = (written: Record<string, unknown>, change: Partial<Record<string, string>> = {}) => {
    const { port, user, password, ca } = at()
    const login = change['login'] ?? `${user}:\${PASSWORD}@`
    return sampleOf(
      makeCheck('redis', { redis: `redis://${login}localhost:${port}${change['path'] ?? ''}`, ...written }),
      {
        ca,
        env: { PASSWORD: change['password'] ?? password },
      },
    )
  }

  describe('what a command gives', () => {
    it.each([
      [['PING'], ['answer == "PONG"', 'value == "PONG"', 'latency < 1h']],
      [
        ['get', 'waiting'],
        ['value < 20', 'value == 12', 'answer == "12"'],
      ],
      [['GET', 'version'], ['value == "1.10"']],
      [
        ['GET', 'greeting'],
        ['value contains "héllo"', 'answer == "wörld"'],
      ],
      [
        ['GET', 'nothing'],
        ['value == null', 'answer != "12"'],
      ],
      [['LLEN', 'jobs'], ['value == 3']],
      [['LINDEX', 'jobs', -1], ['answer == "c"']],
      [
        ['LRANGE', 'jobs', 0, -1],
        ['answer == "b"', 'answer != "d"', 'value != 3'],
      ],
      [['MGET', 'nothing', 'waiting'], ['answer == "12"']],
      [['ROLE'], ['answer == "master"']],
      [
        ['INFO', 'replication'],
        ['answer == "role:master"', 'answer matches "^connected_slaves:0$"'],
      ],
    ])('%j: %j', async (command, expected) => {
      expect(await ask({ command, expect: expected })).toEqual(up)
    })

    it.each(['', '/0', '/1'])('from database "%s"', async (path) => {
      const expected = path === '/1' ? 'value == 0' : 'value == 3'
      expect(await ask({ command: ['LLEN', 'jobs'], expect: [expected] }, { path })).toEqual(up)
    })
  })

  describe('what makes it down', () => {
    it.each([
      [['GET', 'waiting'], ['value < 10'], 'value is 12, expected less than 10', 'value'],
      [['GET', 'nothing'], ['answer exists'], 'there is no answer', 'answer'],
      [
        ['LLEN', 'waiting'],
        [],
        'WRONGTYPE Operation against a key holding the wrong kind of value',
        'redis_WRONGTYPE',
      ],
      [['GET'], [], "ERR wrong number of arguments for 'get' command", 'redis_ERR'],
    ])('%j: %j', async (command, expected, words, code) => {
      const sample = await ask({ command, expect: expected })
      expect(sample).toMatchObject({ state: 'down', code })
      expect(sample.reason).toContain(words)
    })

    it.each([
      [
        'the wrong password',
        { password: 'not-the-right-one' },
        'WRONGPASS invalid username-password pair or user is disabled.',
        'redis_WRONGPASS',
      ],
      ['no password', { login: '' }, 'NOAUTH Authentication required.', 'redis_NOAUTH'],
      ['a database that is not there', { path: '/99' }, 'ERR DB index is out of range', 'redis_ERR'],
    ])('%s', async (_, change, words, code) => {
      expect(await ask({}, change)).toMatchObject({
        state: 'down',
        reason: `localhost:${at().port}: ${words}`,
        code,
      })
    })
  })

  it('is degraded when the answer takes longer than it should', async () => {
    expect(await ask({ degraded_over: '0ms' })).toMatchObject({ state: 'degraded', code: 'latency' })
  })

  describe('over TLS', () => {
    const overTls = (host: string, options: { ca?: string }) => {
      const { user, password, tlsPort } = at()
      const redis = `rediss://${user}:${password}@${host}:${tlsPort}`
      return sampleOf(makeCheck('redis', { redis, expect: ['certificate > 14d'] }), options)
    }

    it('there is a certificate', async () => {
      expect(await overTls('localhost', at())).toEqual(up)
    })

    it('its name counts', async () => {
      expect(await overTls('127.0.0.1', at())).toMatchObject({
        state: 'down',
        reason: `127.0.0.1:${at().tlsPort}: the certificate is for localhost, not for this name`,
      })
    })

    it('and so does its authority', async () => {
      expect(await overTls('localhost', {})).toMatchObject({ state: 'down', code: 'certificate' })
    })
  })
}
