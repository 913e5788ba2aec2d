import type { IncomingMessage } from 'node:http'
import type { TcpNetConnectOpts } from 'node:net'
import { TLSSocket } from 'node:tls'
import { WebSocket, type ClientOptions, type RawData } from 'ws'
import type { CheckOptions } from '../src/model/check.ts'
import { body, MAX_BODY_BYTES } from './body.ts'
import { certificateOf, trusted } from './certificate.ts'
import type { Certificate, Observation, Probe, ProbeContext } from './contract.ts'
import { explainFailure } from './failures.ts'
import { ATTEMPT_PER_ADDRESS_MS } from './network.ts'

/**
 * Opens a WebSocket. The accepted upgrade is the answer; where something is sent, or a condition is about a message, it is
 * the first message.
 */
export const websocket: Probe<'websocket'> = {
  kind: 'websocket',
  takesEnv: ['websocket', 'headers', 'send'],
  async ask(options, context) {
    const url = URL.parse(options.websocket)
    if (!url) {
      // Not shown: after the environment was filled in, it may hold a secret.
      return { outcome: 'unknown', reason: 'the address cannot be read as a URL', code: 'url', final: true }
    }
    url.hash = ''
    try {
      context.waitFor('name lookup')
      await context.pass.network.addressesOf(url.hostname)
      context.signal.throwIfAborted()
      return await converse(url, options, context)
    } catch (error) {
      return explained(error, url.host)
    }
  },
}

/** How long a server may take to say goodbye; then its connection is cut. */
const CLOSE_TIMEOUT_MS = 1_000

function converse(
  url: URL,
  options: CheckOptions<'websocket'>,
  { pass, signal, waitFor }: ProbeContext,
): Promise<Observation> {
  const settings: Settings = {
    headers: { 'user-agent': 'Candor', ...options.headers },
    lookup: pass.network.lookup,
    ca: trusted(pass.ca),
    autoSelectFamilyAttemptTimeout: ATTEMPT_PER_ADDRESS_MS,
    maxPayload: MAX_BODY_BYTES,
    // A small compressed message can stand for a large one.
    perMessageDeflate: false,
    closeTimeout: CLOSE_TIMEOUT_MS,
    finishRequest: (request) => {
      request.once('socket', (socket) => {
        socket.once('connect', () => waitFor(url.protocol === 'wss:' ? 'TLS handshake' : 'answer'))
        socket.once('secureConnect', () => waitFor('answer'))
      })
      request.end()
    },
  }
  waitFor('connection')
  const socket = open(url, options.protocols, settings)
  const letGo = () => socket.terminate()
  signal.addEventListener('abort', letGo, { once: true })

  return new Promise<Observation>((resolve, reject) => {
    let certificate: Certificate | undefined
    const answered = (message?: Buffer) => {
      const facts = {
        ...(message && { body: body([message], { truncated: false }) }),
        ...(certificate && { certificate }),
      }
      resolve({ outcome: 'answered', facts })
      socket.close(1000)
    }
    // Attached for good: an error may still come while the connection is closed.
    socket.on('error', reject)
    socket.once('upgrade', ({ socket }) => {
      certificate = socket instanceof TLSSocket ? certificateOf(socket) : undefined
    })
    socket.once('unexpected-response', (_, response) => {
      resolve(refused(url.host, response))
      letGo()
    })
    socket.once('open', () => {
      if (options.send !== undefined) socket.send(options.send)
      if (!wantsMessage(options)) answered()
    })
    socket.once('message', (data) => answered(bytesOf(data)))
    socket.once('close', (code) => reject(new ClosedEarly(code)))
  }).finally(() => signal.removeEventListener('abort', letGo))
}

function open(url: URL, protocols: string[], settings: Settings): WebSocket {
  try {
    return new WebSocket(url, protocols, settings)
  } catch (cause) {
    // Nothing was sent yet, so it is the check that is at fault, not the target.
    throw new CannotBeSent(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

function wantsMessage({ send, expect }: CheckOptions<'websocket'>): boolean {
  return send !== undefined || expect.some((line) => /^\s*(?:body|json)\b/.test(line))
}

function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data)
  return data instanceof ArrayBuffer ? Buffer.from(data) : data
}

function refused(host: string, { statusCode = 0 }: IncomingMessage): Observation {
  const reason = `${host}: the upgrade to WebSocket was refused: status is ${statusCode}, expected 101`
  return { outcome: 'failed', reason, code: `http_${statusCode}` }
}

function explained(error: unknown, host: string): Observation {
  if (error instanceof CannotBeSent) {
    const reason = `the request cannot be sent: ${error.message}`
    return { outcome: 'unknown', reason, code: 'request', final: true }
  }
  const failed = (words: string, code: string): Observation => ({
    outcome: 'failed',
    reason: `${host}: ${words}`,
    code,
  })
  if (error instanceof ClosedEarly) {
    // RFC 6455 §7.1.5: 1006 stands for an end without a close frame, 1005 for a close frame without a code.
    return error.status === 1006
      ? failed('the connection was closed before the answer was complete', 'ECONNRESET')
      : failed(`closed (${error.status}) before there was a message`, 'closed')
  }
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' || code === 'WS_ERR_TOO_MANY_BUFFERED_PARTS') {
    return failed('its first message is larger than 1 MiB', 'too_large')
  }
  // What is wrong with a handshake comes without a code, what is wrong with a frame with one of these.
  if (code === undefined || code.startsWith('WS_ERR_')) {
    return failed(`what it answers is not WebSocket: ${message}`, 'not_websocket')
  }
  return explainFailure(error, host)
}

class CannotBeSent extends Error {}

class ClosedEarly extends Error {
  readonly status: number
  constructor(status: number) {
    super('closed early')
    this.status = status
  }
}

type Settings = ClientOptions &
  Pick<TcpNetConnectOpts, 'autoSelectFamilyAttemptTimeout' | 'lookup'> & { closeTimeout: number }
