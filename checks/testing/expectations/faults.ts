import type { Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { CheckKind } from '../../../src/model/check.ts'
import { makeCheck, sampleOf } from '../checks.ts'
import { closedPort, startTcp, type RunningServer } from '../servers.ts'

/** What any check that logs in to a server sees where that server is not well, is another one, or may not be asked. */
export function expectFaults({ kind, protocol, written, speaksFirst = false }: CheckedServer): void {
  let server: RunningServer | undefined
  afterEach(() => server?.close())
  const ask = async (onConnection: (socket: Socket) => void, more: Record<string, unknown> = {}) => {
    server = await startTcp(onConnection)
    const sample = await sampleOf(makeCheck(kind, { ...written('127.0.0.1', server.port), ...more }))
    return { ...sample, reason: sample.reason?.replace(`127.0.0.1:${server.port}`, 'target') }
  }

  it('is down where nobody listens', async () => {
    const port = await closedPort()
    expect(await sampleOf(makeCheck(kind, written('127.0.0.1', port)))).toMatchObject({
      state: 'down',
      reason: `127.0.0.1:${port}: connection refused`,
      code: 'ECONNREFUSED',
    })
  })

  it('is down when the server accepts and says nothing', async () => {
    expect(await ask(() => undefined, { timeout: '400ms' })).toMatchObject({
      state: 'down',
      reason: 'no answer within 400 ms',
      code: 'timeout',
    })
  })

  it.each([
    ['closes at once', (socket: Socket) => void socket.end()],
    ['resets the connection', (socket: Socket) => void socket.resetAndDestroy()],
  ])('is down when the server %s', async (_, behave) => {
    expect(await ask(behave)).toMatchObject({
      state: 'down',
      reason: 'target: the connection was closed before the answer was complete',
      code: 'ECONNRESET',
    })
  })

  if (!speaksFirst)
    it('is down when the server closes when it is asked', async () => {
      expect(await ask((socket) => void socket.once('data', () => socket.end()))).toMatchObject({
        state: 'down',
        reason: 'target: the connection was closed before the answer was complete',
      })
    })

  it.each([
    ['a mail server', '220 mail.example ESMTP\r\n'],
    ['a web server', 'HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n'],
    ['a login shell', 'SSH-2.0-OpenSSH_9.2p1\r\n'],
    ['zeros', '\0'.repeat(4096)],
    ['noise', '\u{ff}\u{fe}\u{80}\u{7f}'.repeat(1024)],
  ])('is down where %s answers', async (_, words) => {
    expect(await ask((socket) => socket.write(words, 'latin1'))).toMatchObject({
      state: 'down',
      reason: `target: what it answers is not ${protocol}`,
      code: 'protocol',
    })
  })

  describe('is unknown', () => {
    it('when a variable of its environment is not set', async () => {
      const address = written('${DB_HOST}', 1)
      expect(await sampleOf(makeCheck(kind, address))).toMatchObject({
        state: 'unknown',
        reason: 'the environment variable DB_HOST is not set',
        code: 'env',
      })
    })

    it.each(['127.0.0.1', 'localhost', '[::1]', '169.254.169.254', '10.0.0.1'])(
      'at %s, a private address, where those are not asked',
      async (host) => {
        const check = makeCheck(kind, { ...written(host, 9), retries: 5 })
        const sample = await sampleOf(check, { allowPrivate: false })
        expect(sample).toMatchObject({ state: 'unknown', code: 'private_address' })
      },
    )
  })

  it('lets go of its connection when the time is over', async () => {
    const closed = Promise.withResolvers<string>()
    await ask((socket) => socket.resume().on('close', () => closed.resolve('closed')), { timeout: '60ms' })
    expect(await closed.promise).toBe('closed')
  })
}

export interface CheckedServer {
  kind: CheckKind
  /** Whether the server is the first to say something, and the check waits for that. */
  speaksFirst?: boolean
  /** As the reason calls it. */
  protocol: string
  /** The check of a server at an address. */
  written(host: string, port: number): Record<string, unknown>
}
