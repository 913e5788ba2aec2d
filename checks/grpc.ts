import { connect, type ClientHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { CheckOptions } from '../src/model/check.ts'
import { certificateOf } from './certificate.ts'
import type { Facts, Observation, Probe } from './contract.ts'
import { explainFailure } from './failures.ts'
import { call, NotGrpc, openConnection, type Reply } from './grpc-call.ts'
import { healthStatus, statusWord } from './grpc-messages.ts'
import { hostAndPort } from './host-and-port.ts'
import { shownValue } from './words.ts'

/**
 * Asks by the gRPC health checking protocol (`grpc.health.v1.Health/Check`). Spoken over Node's own HTTP/2, so that
 * addresses, certificates and failures are treated as with every other kind; the two messages are one field each.
 */
export const grpc: Probe<'grpc'> = {
  kind: 'grpc',
  takesEnv: ['headers'],
  async ask(options, context) {
    const { host } = hostAndPort(options.grpc)
    if (!Object.values(options.headers).every((value) => SENDABLE.test(value))) return unsendable
    let connection: Socket | undefined
    let session: ClientHttp2Session | undefined
    const letGo = () => {
      session?.destroy()
      connection?.destroy()
    }
    context.signal.addEventListener('abort', letGo, { once: true })
    try {
      context.waitFor('name lookup')
      await context.pass.network.addressesOf(host)
      context.waitFor('connection')
      connection = await openConnection(options, context)
      const facts: Facts = connection instanceof TLSSocket ? { certificate: certificateOf(connection) } : {}
      context.waitFor('answer')
      session = connect(`${options.tls ? 'https' : 'http'}://${options.grpc}`, {
        createConnection: () => connection as Socket,
        settings: { enablePush: false },
      })
      return judged(await call(session, options), facts, options)
    } catch (error) {
      return explained(error, options.grpc)
    } finally {
      context.signal.removeEventListener('abort', letGo)
      letGo()
    }
  },
}

/** What gRPC's `ASCII-Value` can carry. Node would send a line break as it is. */
const SENDABLE = /^[\x20-\x7e]*$/

const unsendable: Observation = {
  outcome: 'unknown',
  reason: 'the metadata cannot be sent: it holds more than printable ASCII',
  code: 'request',
  final: true,
}

function judged(
  { headers, trailers, message }: Reply,
  facts: Facts,
  options: CheckOptions<'grpc'>,
): Observation {
  const isGrpc = headers['content-type']?.startsWith('application/grpc') === true
  if (!isGrpc) {
    const status = headers[':status']
    throw new NotGrpc(status === undefined ? 'there is no answer' : `its HTTP status is ${status}`)
  }
  // Of a call that fails at once, the trailers are in the headers.
  const code = trailers['grpc-status'] ?? headers['grpc-status']
  if (code !== '0') {
    const words = trailers['grpc-message'] ?? headers['grpc-message']
    return refused(Number(code ?? NaN), typeof words === 'string' ? words : '', options)
  }
  const status = healthStatus(message)
  if (status === undefined) throw new NotGrpc('its answer is not that of a health check')
  const finding = statuses[status](serviceWords(options))
  return { outcome: 'answered', facts, ...(finding && { finding }) }
}

const statuses = {
  SERVING: () => undefined,
  NOT_SERVING: (service) => ({ state: 'down', reason: `${service} is not serving`, code: 'NOT_SERVING' }),
  // The server was asked and does not know, so neither do we.
  UNKNOWN: (service) => ({
    state: 'unknown',
    reason: `the server does not know how ${service} is doing (UNKNOWN)`,
    code: 'UNKNOWN',
  }),
  SERVICE_UNKNOWN: (service) => ({
    state: 'down',
    reason: `the server has no ${service} (SERVICE_UNKNOWN)`,
    code: 'SERVICE_UNKNOWN',
  }),
} satisfies Record<
  NonNullable<ReturnType<typeof healthStatus>>,
  (service: string) => (Observation & { outcome: 'answered' })['finding']
>

/** A call that ended with a status of gRPC itself: about the target, or about this check. */
function refused(code: number, words: string, options: CheckOptions<'grpc'>): Observation {
  const word = statusWord(code)
  const said = words && ` ${shownValue(decoded(words), (text) => text)}`
  if (word === 'NOT_FOUND') {
    return {
      outcome: 'failed',
      reason: `${options.grpc} has no ${serviceWords(options)} (NOT_FOUND)`,
      code: word,
    }
  }
  const ours = faultsOfTheCheck[word]
  if (ours !== undefined)
    return {
      outcome: 'unknown',
      reason: `${options.grpc} ${ours}${said && `:${said}`}`,
      code: word,
      final: true,
    }
  return { outcome: 'failed', reason: `${options.grpc} answers ${word}${said}`, code: word }
}

const faultsOfTheCheck: Record<string, string> = {
  UNIMPLEMENTED: 'does not offer grpc.health.v1, so it cannot be asked how it is doing (UNIMPLEMENTED)',
  UNAUTHENTICATED: "does not accept this check's credentials (UNAUTHENTICATED)",
  PERMISSION_DENIED: 'does not allow this check to ask (PERMISSION_DENIED)',
}

function serviceWords({ service }: CheckOptions<'grpc'>): string {
  return service === '' ? 'the server' : `service ${service}`
}

/** `grpc-message` is percent-encoded; what cannot be decoded is taken as it is. */
function decoded(words: string): string {
  try {
    return decodeURIComponent(words)
  } catch {
    return words
  }
}

function explained(error: unknown, target: string): Observation {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (error instanceof NotGrpc || code.startsWith('ERR_HTTP2')) {
    const why = error instanceof NotGrpc ? `: ${error.message}` : ''
    return { outcome: 'failed', reason: `${target}: what it answers is not gRPC${why}`, code: 'not_grpc' }
  }
  return explainFailure(error, target)
}
