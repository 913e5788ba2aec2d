import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { fuzz } from './testing/fuzz.ts'
import { expectFaults } from './testing/expectations/faults.ts'
import { expectPostgres } from './testing/expectations/postgres.ts'
import { makeCheck, sampleOf } from './testing/checks.ts'
import { error, int32, message, startPostgres } from './testing/postgres-server.ts'
import { startTcp, type RunningServer } from './testing/servers.ts'

describe('PostgreSQL', () => {
  let server: Awaited<ReturnType<typeof startPostgres>>
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.close())

  expectPostgres(() => server)

  it.each([
    ['postgres://probe:${PASSWORD}@localhost:PORT/shop', 'p@ss/word#1', {}],
    ['postgresql://probe:p%40ss%2Fword%231@localhost:PORT/shop', 'unused', {}],
    ['${DATABASE_URL}', 'unused', {}],
    ['postgres://probe@localhost:PORT/shop', 'p@ss/word#1', { password: '${PASSWORD}' }],
    [
      'postgres://probe:other@localhost:PORT/shop?application_name=a',
      'p@ss/word#1',
      { password: '${PASSWORD}' },
    ],
  ])('logs in with %s', async (address, password, more) => {
    const withPort = (text: string) => text.replace('PORT', String(server?.port))
    const postgres = withPort(address)
    const url = `postgres://probe:p%40ss%2Fword%231@localhost:${server.port}/shop`
    const env = { PASSWORD: password, DATABASE_URL: url }
    expect(await sampleOf(makeCheck('postgres', { postgres, ...more }), { env })).toMatchObject({
      state: 'up',
    })
  })
})

expectFaults({
  kind: 'postgres',
  protocol: 'PostgreSQL',
  written: (host, port) => ({ postgres: `postgres://probe:secret@${host}:${port}/shop` }),
})

let server: RunningServer | undefined
afterEach(() => server?.close())

/** A server without TLS that says these bytes, one piece for each message of the client's. */
async function askScripted(
  pieces: Buffer[],
  { address = 'postgres://probe:secret@127.0.0.1:PORT/shop', ...written }: Record<string, string> = {},
  env = {},
) {
  server = await startTcp((socket) => {
    let at = 0
    socket.on('data', () => {
      const piece = pieces[at++]
      if (piece) socket.write(piece)
    })
  })
  const withPort = (text: string) => text.replace('PORT', String(server?.port))
  const postgres = withPort(address)
  const sample = await sampleOf(makeCheck('postgres', { postgres, ...written }), {
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, withPort(String(value))])),
  })
  return { ...sample, reason: sample.reason?.replace(`127.0.0.1:${server.port}`, 'target') }
}

const ready = Buffer.concat([message('R', int32(0)), message('Z', Buffer.from('I'))])
const begun = Buffer.concat([message('C', Buffer.from('BEGIN\0')), message('Z', Buffer.from('T'))])

describe('what a server says instead of an answer', () => {
  const no = Buffer.from('N')
  it.each([
    [
      'too many connections',
      [no, error('53300', 'sorry, too many clients already')],
      'sql_53300',
      /too many clients/,
    ],
    ['starting', [no, error('57P03', 'the database system is starting up')], 'sql_57P03', /is starting up$/],
    [
      'no room to negotiate',
      [error('53300', 'remaining slots are reserved')],
      'sql_53300',
      /^target: remaining slots/,
    ],
    ['the login breaks off', [no, message('R', int32(77))], 'protocol', /cannot be read: Unknown auth/],
    [
      'rows that nobody asked for',
      [no, Buffer.concat([ready, message('D', Buffer.from([0, 0]))])],
      'protocol',
      /unexpected dataRow/,
    ],
    [
      'a length that cannot be',
      [no, ready, Buffer.from('T\0\0\0\u{1}\u{1}\u{1}')],
      'protocol',
      /cannot be read/,
    ],
    ['words behind the letter for TLS', [Buffer.from('Sx')], 'protocol', /is not PostgreSQL$/],
  ])('%s is down', async (_, pieces, code, reason) => {
    const sample = await askScripted(pieces, { timeout: '2s' })
    expect(sample).toMatchObject({ state: 'down', code })
    expect(sample.reason).toMatch(reason)
  })

  it('no TLS is down where sslmode asks for it, and the password is not sent', async () => {
    let said = ''
    server = await startTcp((socket) =>
      socket.on('data', (chunk) => {
        said += chunk.toString('latin1')
        socket.write('N')
      }),
    )
    const { port } = server
    const postgres = `postgres://probe:secret@127.0.0.1:${port}/shop?sslmode=require`
    expect(await sampleOf(makeCheck('postgres', { postgres }))).toMatchObject({
      state: 'down',
      reason: `127.0.0.1:${port}: does not offer TLS, which sslmode asks for`,
      code: 'NO_TLS',
    })
    expect(said).toHaveLength(8)
  })

  it('an answer without end is unknown, and given up after 1 MiB', async () => {
    const flood = Buffer.concat([Buffer.from('D'), int32(2_000_000_000), Buffer.alloc(1_200_000)])
    expect(await askScripted([no, ready, begun, flood])).toMatchObject({
      state: 'unknown',
      reason: 'target: the answer is larger than the 1 MiB that a check reads',
      code: 'too_large',
    })
  })

  it('a login without a password to give is down', async () => {
    const sasl = [
      message('R', Buffer.concat([int32(10), Buffer.from('SCRAM-SHA-256\0\0')])),
      message('R', Buffer.concat([int32(11), Buffer.from('r=a,s=YQ==,i=4096')])),
    ]
    const sample = await askScripted([no, ...sasl], { address: 'postgres://probe@127.0.0.1:PORT' })
    expect(sample).toMatchObject({
      state: 'down',
      reason: 'target: asks for a password, and the check has none',
      code: 'login',
    })
  })
})

describe('never shows a password that the server repeats', () => {
  const words = 'no login for probe with "p@ss word" or p%40ss%20word'
  const pieces = [Buffer.from('N'), error('28P01', words)]
  it.each([
    ['in the address', { postgres: 'postgres://probe:p%40ss%20word@127.0.0.1:PORT/shop' }],
    [
      'in a variable of its own',
      { postgres: 'postgres://probe@127.0.0.1:PORT/shop', password: '${PASSWORD}' },
    ],
    ['in an address from the environment', { postgres: '${DATABASE_URL}' }],
  ])('%s', async (_, { postgres: address, ...written }) => {
    const env = {
      PASSWORD: 'p@ss word',
      DATABASE_URL: 'postgres://probe:p%40ss%20word@127.0.0.1:PORT/shop',
    }
    const sample = await askScripted(pieces, { address, ...written }, env)
    expect(sample.reason).toBe('target: no login for probe with "•••" or •••')
  })
})

describe('an address that cannot be used is unknown', () => {
  it.each([
    ['postgres://db.example/shop', 'the address names no user'],
    ['postgres://probe@db.example/shop?sslmode=maybe', 'sslmode is maybe, expected disable, allow, prefer'],
    [
      'postgres://probe@db.example/shop?sslrootcert=a.pem',
      'the address has sslrootcert, which this check does not know',
    ],
    ['postgres://probe@a.example,b.example/shop', 'the address cannot be read'],
    ['postgres://probe@db.example:99999/shop', 'the address cannot be read'],
    ['${DATABASE_URL}', 'the address cannot be read'],
  ])('%s', async (postgres, words) => {
    const sample = await sampleOf(makeCheck('postgres', { postgres }), {
      env: { DATABASE_URL: 'mysql://a@b/c' },
    })
    expect(sample).toMatchObject({ state: 'unknown', code: 'options' })
    expect(sample.reason).toContain(words)
  })
})

it('survives any bytes that a server may send', async () => {
  const row = message('T', Buffer.from('\0\u{1}a\0\0\0\0\0\0\0\0\0\0\u{17}\0\u{4}\0\0\0\0\0\0', 'latin1'))
  const answer = Buffer.concat([
    message('1', Buffer.alloc(0)),
    message('2', Buffer.alloc(0)),
    row,
    message('D', Buffer.from('\0\u{1}\0\0\0\u{1}1', 'latin1')),
    message('C', Buffer.from('SELECT 1\0')),
    message('Z', Buffer.from('T')),
  ])
  await fuzz([Buffer.from('N'), ready, begun, answer], (port, timeout) =>
    makeCheck('postgres', { postgres: `postgres://probe:secret@127.0.0.1:${port}/shop`, timeout }),
  )
})
