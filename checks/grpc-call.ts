import { constants, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2'
import { connect as connectTcp, isIP, type Socket, type TcpNetConnectOpts } from 'node:net'
import { connect as connectTls, TLSSocket } from 'node:tls'
import type { CheckOptions } from '../src/model/check.ts'
import { trusted } from './certificate.ts'
import type { ProbeContext } from './contract.ts'
import { healthRequest } from './grpc-messages.ts'
import { hostAndPort } from './host-and-port.ts'
import { ATTEMPT_PER_ADDRESS_MS } from './network.ts'

/** A connection on which HTTP/2 can be spoken. */
export function openConnection(
  { grpc: target, tls }: CheckOptions<'grpc'>,
  context: ProbeContext,
): Promise<Socket> {
  const { host, port } = hostAndPort(target)
  const { network, ca } = context.pass
  const to: TcpNetConnectOpts = {
    host,
    port,
    lookup: network.lookup,
    autoSelectFamilyAttemptTimeout: ATTEMPT_PER_ADDRESS_MS,
  }
  return new Promise((resolve, reject) => {
    const socket = tls
      ? connectTls({
          ...to,
          ca: trusted(ca),
          servername: isIP(host) ? undefined : host,
          ALPNProtocols: ['h2'],
        })
      : connectTcp(to)
    const letGo = () => socket.destroy()
    context.signal.addEventListener('abort', letGo, { once: true })
    socket.once('close', () => context.signal.removeEventListener('abort', letGo))
    socket.once('error', reject)
    socket.once('close', () => reject(new Cut()))
    if (!(socket instanceof TLSSocket)) return void socket.once('connect', () => resolve(socket))
    socket.once('connect', () => context.waitFor('TLS handshake'))
    socket.once('secureConnect', () => {
      if (socket.alpnProtocol === 'h2') return resolve(socket)
      socket.destroy()
      reject(new NotGrpc('it does not offer HTTP/2'))
    })
  })
}

/** What came back, before it is judged. Of a call that fails at once, the trailers are in the headers. */
export interface Reply {
  headers: IncomingHttpHeaders
  trailers: IncomingHttpHeaders
  message: Buffer
}

/** The answer is a few bytes; whoever sends more does not speak this protocol. */
const LONGEST_MESSAGE = 4 * 1024

/** Asks for the health of a service. Rejects with the connection's error, or when what answers is not gRPC. */
export function call(session: ClientHttp2Session, options: CheckOptions<'grpc'>): Promise<Reply> {
  return new Promise((resolve, reject) => {
    session.once('error', reject)
    session.once('close', () => reject(new Cut()))
    const stream = session.request({
      ...options.headers,
      [constants.HTTP2_HEADER_METHOD]: 'POST',
      [constants.HTTP2_HEADER_PATH]: '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      'user-agent': 'Candor',
      te: 'trailers',
    })
    const reply: Reply = { headers: {}, trailers: {}, message: Buffer.alloc(0) }
    stream.once('error', reject)
    stream.once('response', (headers) => (reply.headers = headers))
    stream.once('trailers', (trailers) => (reply.trailers = trailers))
    stream.on('data', (chunk: Buffer) => {
      reply.message = Buffer.concat([reply.message, chunk])
      if (reply.message.length > LONGEST_MESSAGE) reject(new NotGrpc('its answer is far too long'))
    })
    stream.once('end', () => stream.close())
    stream.once('close', () => resolve(reply))
    stream.end(healthRequest(options.service))
  })
}

/** What answers speaks something else. */
export class NotGrpc extends Error {}
class Cut extends Error {
  readonly code = 'ECONNRESET'
}
