import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls'
import { MAX_BODY_BYTES } from './body.ts'
import { certificateOf, trusted } from './certificate.ts'
import type { Certificate, ProbeContext } from './contract.ts'
import { ATTEMPT_PER_ADDRESS_MS } from './network.ts'

/**
 * Opens a connection to an address that the pass's network has examined, and destroys it when the attempt is over.
 * Rejects with the error of the lookup or the socket.
 */
export async function openConnection(
  { host, port }: { host: string; port: number },
  { pass, signal, waitFor }: ProbeContext,
): Promise<Socket> {
  waitFor('name lookup')
  await pass.network.addressesOf(host)
  waitFor('connection')
  const { lookup } = pass.network
  const socket = connect({ host, port, lookup, autoSelectFamilyAttemptTimeout: ATTEMPT_PER_ADDRESS_MS })
  const letGo = () => socket.destroy()
  signal.addEventListener('abort', letGo, { once: true })
  socket.once('close', () => signal.removeEventListener('abort', letGo))
  if (signal.aborted) letGo()
  await whileOpen(socket, new Promise<void>((resolve) => socket.once('connect', resolve)))
  return socket
}

/** How much of a certificate is examined: all, all but its name, or nothing, where TLS only hides what is said. */
export type Verification = 'full' | 'authority' | 'none'

/** Shakes hands over an open connection. Destroying either of the two sockets ends both. */
export async function secureConnection(
  socket: Socket,
  { host, verification }: { host: string; verification: Verification },
  { pass, waitFor }: Pick<ProbeContext, 'pass' | 'waitFor'>,
): Promise<{ socket: TLSSocket; certificate?: Certificate }> {
  waitFor('TLS handshake')
  const options: ConnectionOptions = {
    socket,
    host,
    ca: trusted(pass.ca),
    // RFC 6066: an address is no server name; the certificate is then examined for the host.
    servername: isIP(host) ? undefined : host,
    rejectUnauthorized: verification !== 'none',
    ...(verification === 'full' ? {} : { checkServerIdentity: () => undefined }),
  }
  const secure = connectTls(options)
  await whileOpen(secure, new Promise<void>((resolve) => secure.once('secureConnect', resolve)))
  return { socket: secure, certificate: certificateOf(secure) }
}

/** Waits for work over a connection; rejects with the connection's error, or `ClosedEarly`, when that ends first. */
export function whileOpen<T>(socket: Socket, work: Promise<T>): Promise<T> {
  const ended = new Promise<never>((_, reject) => {
    // Kept until the end: an error that comes later has nobody else to hear it, and Node would end the process.
    socket.on('error', reject)
    socket.once('close', () => reject(new ClosedEarly()))
  })
  return Promise.race([work, ended])
}

/** Reads what comes first, until `read` can tell what it is. The bytes are the caller's, to give back with `unshift`. */
export function readFirst<T>(
  socket: Socket,
  read: (bytes: Buffer) => T | undefined,
): Promise<{ found: T; bytes: Buffer }> {
  let bytes = Buffer.alloc(0)
  const found = new Promise<{ found: T; bytes: Buffer }>((resolve) => {
    const more = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk])
      if (bytes.length > MOST_TO_BEGIN_WITH) return void socket.destroy(new TooLarge())
      const found = read(bytes)
      if (found === undefined) return
      socket.off('data', more)
      socket.pause()
      resolve({ found, bytes })
    }
    socket.on('data', more)
    socket.resume()
  })
  return whileOpen(socket, found)
}

const MOST_TO_BEGIN_WITH = 64 * 1024

/**
 * Makes a connection safe to hand to a client library: one that brings more than 1 MiB is destroyed, and so is one whose
 * bytes make the library throw while it reads, which would end the process otherwise. `examine` sees each piece first.
 */
export function guardReading(socket: Socket, examine: (chunk: Buffer) => void = () => undefined): void {
  const emit = socket.emit.bind(socket) as (event: string | symbol, ...values: unknown[]) => boolean
  let received = 0
  socket.emit = (event: string | symbol, ...values: unknown[]) => {
    if (event !== 'data') return emit(event, ...values)
    try {
      const chunk = values[0] as Buffer
      received += chunk.length
      if (received > MAX_BODY_BYTES) throw new TooLarge()
      examine(chunk)
      return emit(event, ...values)
    } catch (error) {
      const isOurs = error instanceof TooLarge || error instanceof NotTheProtocol
      socket.destroy(isOurs ? error : new Garbled(error))
      return true
    }
  }
}

/** The other side closed the connection before it had answered. */
export class ClosedEarly extends Error {
  readonly code = 'ECONNRESET'
}

/** The other side speaks something else: `what it answers is not PostgreSQL`. */
export class NotTheProtocol extends Error {
  readonly code = 'NOT_THE_PROTOCOL'
  constructor(protocol: string) {
    super(`what it answers is not ${protocol}`)
  }
}

/** What the other side says makes no sense in its protocol; `cause` is what a library makes of it. */
export class Garbled extends Error {
  readonly code = 'GARBLED'
  constructor(cause: unknown) {
    super(`the answer cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`)
  }
}

/** More than a check reads. */
export class TooLarge extends Error {
  readonly code = 'TOO_LARGE'
}
