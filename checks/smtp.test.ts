import type { Socket } from 'node:net'
import { generate } from 'selfsigned'
import type { SMTPServerOptions } from 'smtp-server'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { checkKinds } from '../src/model/check.ts'
import { smtpSecurity } from '../src/model/check-kinds/smtp.ts'
import { DAY } from '../src/model/time.ts'
import { createAuthority, FAR } from './testing/certificates.ts'
import { makeCheck, sampleOf, testing } from './testing/checks.ts'
import { closedPort, startTcp, type RunningServer } from './testing/servers.ts'
import { startSmtp, startSmtpScript } from './testing/smtp-server.ts'

let authority: Awaited<ReturnType<typeof createAuthority>>
let good: { key: string; cert: string }
beforeAll(async () => {
  authority = await createAuthority()
  good = await authority.issue(['localhost'])
})
const running: { close(): void }[] = []
afterEach(() => {
  for (const server of running.splice(0)) server.close()
})
async function serve(options: SMTPServerOptions): Promise<string> {
  const server = await startSmtp({ ...good, banner: 'Acme mail', ...options })
  running.push(server)
  return `localhost:${server.port}`
}
async function up(server: Promise<RunningServer>): Promise<string> {
  const started = await server
  running.push(started)
  return `localhost:${started.port}`
}
const env = { MAIL_PASSWORD: 'c0rrect h0rse' }
const ask = (smtp: string, written: Record<string, unknown> = {}, now = testing.now()) =>
  sampleOf(makeCheck('smtp', { smtp, ...written }), { env, ca: authority.ca, now: () => now })

const certain = { expect: ['certificate > 14d'] }
const securities = [
  ['none', {}],
  ['starttls', certain],
  ['tls', certain],
] as const
const secureOf = (security: string): SMTPServerOptions => ({ secure: security === 'tls' })

describe.each(securities)('with the security %s', (security, extra) => {
  it('is up when the server greets', async () => {
    const target = await serve({ ...secureOf(security), authOptional: true })
    const sample = await ask(target, { security, ...extra })
    expect(sample.reason).toBeUndefined()
    expect(sample.state).toBe('up')
    expect(sample.latencyMs).toBeGreaterThan(0)
  })

  it('lets go of its connection when the time is over', async () => {
    const closed = Promise.withResolvers<unknown>()
    const target = await up(
      startTcp((socket) => {
        socket.resume().on('close', () => closed.resolve('closed'))
      }),
    )
    expect(await ask(target, { security, timeout: security === 'tls' ? '1s' : '300ms' })).toMatchObject({
      state: 'down',
      reason:
        security === 'tls' ? 'the TLS handshake was not complete within 1 s' : 'no answer within 300 ms',
      code: 'timeout',
    })
    expect(await closed.promise).toBe('closed')
  })

  it.each([
    ['resets the connection', (socket: Socket) => void socket.resetAndDestroy()],
    ['closes the connection', (socket: Socket) => void socket.end()],
  ])('is down when the server %s', async (_, onConnection) => {
    const target = await up(startTcp(onConnection))
    expect(await ask(target, { security })).toMatchObject({ state: 'down', code: 'ECONNRESET' })
  })
})

describe.each(['starttls', 'tls'])('the certificate with %s', (security) => {
  const certificates = [
    ['for another name', () => authority.issue(['www.example.com']), /is for www\.example\.com/],
    ['that has expired', () => authority.issue(['localhost'], { to: Date.UTC(2021, 4, 6) }), /has expired/],
    ['that is self-signed', selfSigned, /is self-signed/],
  ] as const
  it.each(certificates)('is down with one %s', async (_, issue, reason) => {
    const target = await serve({ ...(await issue()), ...secureOf(security) })
    const sample = await ask(target, { security })
    expect(sample).toMatchObject({ state: 'down', code: 'certificate' })
    expect(sample.reason).toMatch(reason)
  })

  it('is degraded with one that is near its end', async () => {
    const target = await serve(secureOf(security))
    expect(await ask(target, { security, ...certain }, FAR - 3.5 * DAY)).toMatchObject({
      state: 'degraded',
      reason: 'certificate expires in 3 days, expected more than 14 days',
    })
  })
})

it('is degraded when it is slow', async () => {
  const target = await serve({ authOptional: true })
  expect(await ask(target, { security: 'none', degraded_over: '0ms' })).toMatchObject({ state: 'degraded' })
})

it.each([
  ['none', 'answer contains "Acme mail"', 'up'],
  ['none', 'answer matches "^250[ -]STARTTLS$"', 'up'],
  ['starttls', 'answer contains "Acme mail"', 'up'],
  ['starttls', 'answer matches "^250[ -]AUTH"', 'up'],
  ['starttls', 'answer contains "STARTTLS"', 'down'],
])(
  'with %s the answer holds the greeting and what is offered: %s is %s',
  async (security, condition, state) => {
    const target = await serve({ authOptional: true })
    expect(await ask(target, { security, expect: [condition] })).toMatchObject({ state })
  },
)

it('says hello with its address, or the name that it is given, and goodbye', async () => {
  const heard: string[] = []
  const ended = Promise.withResolvers<unknown>()
  const target = await up(
    startTcp((socket) => {
      socket.write('220 mail\r\n')
      socket.on('data', (data) => {
        heard.push(data.toString().trim())
        socket.write('250 ok\r\n')
      })
      socket.on('close', () => heard.length === 4 && ended.resolve('ended'))
    }),
  )
  for (const helo of [undefined, 'status.example.com']) {
    expect(await ask(target, { security: 'none', helo })).toMatchObject({ state: 'up' })
  }
  await ended.promise
  expect(heard.toSorted()).toEqual(['EHLO [127.0.0.1]', 'EHLO status.example.com', 'QUIT', 'QUIT'])
})

it('cuts the connection to a server that does not say goodbye', async () => {
  const closed = Promise.withResolvers<unknown>()
  const target = await up(
    startTcp((socket) => {
      socket.write('220 mail\r\n')
      socket.once('data', () => socket.write('250 ok\r\n'))
      socket.on('close', () => closed.resolve('closed'))
    }),
  )
  expect(await ask(target, { security: 'none' })).toMatchObject({ state: 'up' })
  expect(await closed.promise).toBe('closed')
})

describe('a login', () => {
  const login = { user: 'status', password: '${MAIL_PASSWORD}' }
  const taking = (password: string): SMTPServerOptions => ({
    onAuth: (auth, _, callback) =>
      auth.username === 'status' && auth.password === password
        ? callback(null, { user: auth.username })
        : callback(new Error(`wrong password ${String(auth.password)}`)),
  })

  it.each(['PLAIN', 'LOGIN'])('is up when it is taken (%s)', async (method) => {
    const target = await serve({ ...taking(env.MAIL_PASSWORD), authMethods: [method] })
    const sample = await ask(target, login)
    expect(sample.reason).toBeUndefined()
    expect(sample.state).toBe('up')
  })

  it('is down when it is refused, and nothing of it is shown', async () => {
    const target = await serve(taking('other'))
    expect(await ask(target, login)).toMatchObject({
      state: 'down',
      reason: `${target}: the login was refused (535)`,
      code: 'login',
    })
  })

  it('shows nothing of a password that the server repeats in its own coding', async () => {
    const coded = Buffer.from(`\0status\0${env.MAIL_PASSWORD}`).toString('base64')
    const offers = await serve({
      onAuth: (_, __, callback) => callback(Object.assign(new Error(coded), { responseCode: 454 })),
    })
    const sample = await ask(offers, login)
    expect(sample.reason).toBe(`${offers}: the login was refused (454)`)
  })

  it('is unknown without its password', async () => {
    const check = makeCheck('smtp', { smtp: 'localhost:587', ...login })
    expect(await sampleOf(check, { env: {} })).toMatchObject({ state: 'unknown', code: 'env' })
  })
})

describe('is down', () => {
  it('where nobody listens', async () => {
    const target = `localhost:${await closedPort()}`
    expect(await ask(target)).toMatchObject({
      state: 'down',
      reason: `${target}: connection refused`,
      code: 'ECONNREFUSED',
    })
  })

  it('when STARTTLS is not offered', async () => {
    const target = await serve({ disabledCommands: ['STARTTLS'] })
    expect(await ask(target)).toMatchObject({
      state: 'down',
      reason: `${target}: STARTTLS is not offered, which this check requires`,
      code: 'starttls',
    })
  })

  it('where TLS is expected and not spoken', async () => {
    const target = await serve({})
    expect(await ask(target, { security: 'tls' })).toMatchObject({ state: 'down', code: 'tls' })
  })

  const hello = '250 mail\r\n'
  const withStartTls = '250-mail\r\n250 STARTTLS\r\n'
  const scripts: [string, string, string[], 'none' | 'starttls', string, string | RegExp][] = [
    [
      'greets with 554',
      '554 5.7.1 No service for you\r\n',
      [],
      'none',
      'smtp_554',
      'says "554 5.7.1 No service for you"',
    ],
    ['greets with 421', '421 4.3.2 Too busy\r\n', [], 'none', 'smtp_421', 'says "421 4.3.2 Too busy"'],
    [
      'greets in several lines',
      '554-No\r\n554 service\r\n',
      [],
      'none',
      'smtp_554',
      'says "554-No 554 service"',
    ],
    ['greets without an end', '554 No service', [], 'none', 'timeout', /no answer within/],
    [
      'does not know us',
      '220 mail\r\n',
      ['550 no\r\n', '550 5.7.1 no\r\n'],
      'none',
      'smtp_550',
      'answers HELO with "550 5.7.1 no"',
    ],
    [
      'refuses STARTTLS',
      '220 mail\r\n',
      [withStartTls, '454 4.7.0 TLS not available\r\n'],
      'starttls',
      'smtp_454',
      'answers STARTTLS with "454 4.7.0 TLS not available"',
    ],
    ['closes after the greeting', '220 mail\r\n', [], 'none', 'ECONNRESET', /closed before the answer/],
    [
      'closes after STARTTLS',
      '220 mail\r\n',
      [withStartTls],
      'starttls',
      'ECONNRESET',
      /closed before the answer/,
    ],
    [
      'closes in the handshake',
      '220 mail\r\n',
      [withStartTls, '220 go\r\n'],
      'starttls',
      'ECONNRESET',
      /closed before the answer/,
    ],
    [
      'speaks no TLS after all',
      '220 mail\r\n',
      [withStartTls, '220 go\r\n', 'HELLO\r\n'],
      'starttls',
      'tls',
      /not TLS/,
    ],
    [
      'hides words behind STARTTLS',
      '220 mail\r\n',
      [withStartTls, '220 go\r\n250 injected\r\n'],
      'starttls',
      'ECONNRESET',
      /closed/,
    ],
    ['speaks SSH', 'SSH-2.0-OpenSSH_9.2\r\n', [], 'none', 'not_smtp', 'what it answers is not SMTP'],
    ['sends bytes', '\u0000\u0001\u00ff\r\n', [], 'none', 'not_smtp', 'what it answers is not SMTP'],
    ['hangs after the greeting', '220 mail\r\n', [''], 'none', 'timeout', /no answer within/],
    [
      'hangs in the handshake',
      '220 mail\r\n',
      [withStartTls, '220 go\r\n', ''],
      'starttls',
      'timeout',
      /TLS handshake/,
    ],
  ]
  it.each(scripts)('when the server %s', async (_, greeting, replies, security, code, reason) => {
    const target = await up(startSmtpScript(greeting, replies))
    const sample = await ask(target, {
      security,
      ...(code === 'timeout' && { timeout: security === 'none' ? '300ms' : '1s' }),
    })
    expect(sample).toMatchObject({ state: 'down', code })
    if (typeof reason === 'string') expect(sample.reason).toBe(`${target}: ${reason}`)
    else expect(sample.reason).toMatch(reason)
  })

  it.each([
    ['a line', 'x'.repeat(1024)],
    ['a reply', '220-more\r\n'],
  ])('when the server never ends %s', async (_, piece) => {
    const target = await up(startTcp((socket) => flood(socket, '220-', piece.repeat(64))))
    expect(await ask(target, { security: 'none' })).toMatchObject({ state: 'down', code: 'not_smtp' })
  })

  it('survives a server that goes on and on after its greeting', async () => {
    const target = await up(startTcp((socket) => flood(socket, '', `${hello}`.repeat(512))))
    expect(await ask(target, { security: 'none' })).toMatchObject({ state: 'down' })
  })
})

it('is unknown for a private address', async () => {
  const check = makeCheck('smtp', { smtp: '127.0.0.1:25' })
  expect(await sampleOf(check, { allowPrivate: false })).toMatchObject({
    state: 'unknown',
    code: 'private_address',
  })
})

it.each([
  ['mail.example:25', undefined, 'none'],
  ['mail.example:465', undefined, 'tls'],
  ['mail.example:587', undefined, 'starttls'],
  ['mail.example:2525', undefined, 'starttls'],
  ['mail.example:25', 'starttls', 'starttls'],
] as const)('%s with the security %s has %s', (target, security, expected) => {
  expect(smtpSecurity({ smtp: target, security })).toBe(expected)
})

it.each([
  [{ smtp: 'mail.example:587', user: 'a' }, 'user'],
  [{ smtp: 'mail.example:587', password: 'a' }, 'password'],
  [{ smtp: 'mail.example:25', user: 'a', password: 'b' }, 'password'],
  [{ smtp: 'mail.example:587', security: 'none', user: 'a', password: 'b' }, 'password'],
  [{ smtp: 'mail.example:587', helo: 'a\r\nRSET' }, 'helo'],
])('refuses %j for its %s', (written, option) => {
  const { error } = checkKinds.smtp.options.safeParse(written)
  expect(error?.issues.map(({ path }) => path[0])).toEqual([option])
})

async function selfSigned(): Promise<{ key: string; cert: string }> {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
  })
  return { key: made.private, cert: made.cert }
}

/** Sends a piece over and over, as fast as it is taken. */
function flood(socket: Socket, first: string, piece: string): void {
  socket.write(first)
  const more = () => {
    while (!socket.destroyed && socket.write(piece));
    if (!socket.destroyed) socket.once('drain', more)
  }
  more()
}
