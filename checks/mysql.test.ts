import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { makeCheck, sampleOf } from './testing/checks.ts'
import { expectFaults } from './testing/expectations/faults.ts'
import { expectMysql } from './testing/expectations/mysql.ts'
import { fuzz } from './testing/fuzz.ts'
import { greeting, ok, one, packet, refusal } from './testing/mysql-packets.ts'
import { startMysql } from './testing/mysql-server.ts'
import { startTcp, type RunningServer } from './testing/servers.ts'

describe('MariaDB', () => {
  let server: Awaited<ReturnType<typeof startMysql>>
  beforeAll(async () => {
    server = await startMysql()
  })
  afterAll(() => server.close())

  expectMysql(() => server)

  it('is told what it may not do before it is asked', async () => {
    server.said.length = 0
    const mysql = `mariadb://probe:p@ss/word#1@localhost:${server.port}/shop`
    await sampleOf(makeCheck('mysql', { mysql, timeout: '2500ms' }))
    expect(server.said).toEqual([
      'set session sql_select_limit = 1000, max_statement_time = 2.5',
      'set session transaction read only',
      'select 1',
    ])
  })

  it.each(['DISABLED', 'REQUIRED'])(
    'an answer without end is unknown, and given up after 1 MiB: %s',
    async (mode) => {
      const mysql = `mysql://probe@localhost:${server.port}/shop?ssl-mode=${mode}`
      const check = makeCheck('mysql', { mysql, password: '${PASSWORD}', query: 'select a flood' })
      expect(await sampleOf(check, { env: { PASSWORD: server.password } })).toMatchObject({
        state: 'unknown',
        reason: `localhost:${server.port}: the answer is larger than the 1 MiB that a check reads`,
        code: 'too_large',
      })
    },
  )
})

expectFaults({
  kind: 'mysql',
  protocol: 'MySQL',
  speaksFirst: true,
  written: (host, port) => ({ mysql: `mysql://probe:secret@${host}:${port}/shop` }),
})

let server: RunningServer | undefined
afterEach(() => server?.close())

/** A server that says the first piece by itself, and one more for each piece of the client's. */
async function askScripted(
  pieces: Buffer[],
  { parameters = '', ...written }: Record<string, string> = {},
): Promise<{ reason?: string; state: string; code?: string; heard: string }> {
  let heard = ''
  server = await startTcp((socket) => {
    let at = 0
    const say = () => socket.write(pieces[at++] ?? '')
    say()
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1')
      say()
    })
  })
  const mysql = `mysql://probe:s%26cret@127.0.0.1:${server.port}/shop${parameters}`
  const sample = await sampleOf(makeCheck('mysql', { mysql, ...written }))
  return { ...sample, reason: sample.reason?.replace(`127.0.0.1:${server.port}`, 'target'), heard }
}

describe('what a server says instead of an answer', () => {
  it.each([
    [
      'too many connections',
      [refusal(0, 1040, 'Too many connections')],
      'ER_CON_COUNT_ERROR',
      'target: Too many connections',
    ],
    [
      'no login',
      [greeting(), refusal(2, 1045, 'no, probe with s&cret or s%26cret')],
      'ER_ACCESS_DENIED_ERROR',
      'target: no, probe with ••• or •••',
    ],
    [
      'a login that breaks off',
      [greeting(), packet(2, Buffer.from([7, 7]))],
      'protocol',
      'target: the answer cannot be read: Unexpected packet during handshake phase',
    ],
  ])('%s is down', async (_, pieces, code, reason) => {
    expect(await askScripted(pieces)).toMatchObject({ state: 'down', code, reason })
  })

  it('no TLS is down where ssl-mode asks for it, and nothing is sent', async () => {
    expect(await askScripted([greeting()], { parameters: '?ssl-mode=REQUIRED' })).toMatchObject({
      state: 'down',
      reason: 'target: does not offer TLS, which ssl-mode asks for',
      code: 'NO_TLS',
      heard: '',
    })
  })

  it('a request for the password in clear is refused', async () => {
    const pieces = [greeting(), packet(2, Buffer.from('\u{fe}mysql_clear_password\0', 'latin1'))]
    const { state, heard } = await askScripted(pieces)
    expect(state).toBe('down')
    expect(heard).not.toContain('s&cret')
  })

  it('a login that the library does not know is unknown', async () => {
    const pieces = [greeting(), packet(2, Buffer.from('\u{fe}client_ed25519\0abc\0', 'latin1'))]
    expect(await askScripted(pieces)).toMatchObject({
      state: 'unknown',
      reason: 'target: asks for a login by client_ed25519, which this check does not know',
    })
  })

  it('a request for a file of the prober gets none', async () => {
    const file = packet(1, Buffer.from('\u{fb}/etc/hostname', 'latin1'))
    const { state, heard } = await askScripted([greeting(), ok(2), ok(1), ok(1), file, ok(3)])
    expect(state).toBe('down')
    expect(heard.endsWith('\u{0}\u{0}\u{0}\u{2}')).toBe(true)
  })

  it('a server too old to know a limit of time is asked without one', async () => {
    const unknown = refusal(1, 1193, "Unknown system variable 'max_execution_time'")
    const { state, heard } = await askScripted([
      greeting({ version: '5.6.51' }),
      ok(2),
      unknown,
      ok(1),
      ok(1),
      one(),
    ])
    expect(state).toBe('up')
    expect(heard).toMatch(/max_execution_time = 10000.*set session sql_select_limit = 1000.{5}set session/s)
  })
})

describe('an address that cannot be used is unknown', () => {
  it.each([
    ['mysql://db.example/shop', 'the address names no user'],
    [
      'mysql://probe@db.example/shop?ssl-mode=maybe',
      'ssl-mode is maybe, expected disabled, preferred, required',
    ],
    ['mysql://probe@db.example/shop?ssl=true', 'the address has ssl, which this check does not know'],
    ['${DATABASE_URL}', 'the address cannot be read'],
  ])('%s', async (mysql, words) => {
    const sample = await sampleOf(makeCheck('mysql', { mysql }), {
      env: { DATABASE_URL: 'postgres://a@b/c' },
    })
    expect(sample).toMatchObject({ state: 'unknown', code: 'options' })
    expect(sample.reason).toContain(words)
  })
})

it('survives any bytes that a server may send', async () => {
  await fuzz(
    [greeting(), ok(2), ok(1), ok(1), one()],
    (port, timeout) => makeCheck('mysql', { mysql: `mysql://probe:secret@127.0.0.1:${port}/shop`, timeout }),
    { speaksFirst: true },
  )
})
