import type { Socket } from 'node:net'
import mysql, { type Connection, type ConnectionOptions } from 'mysql2'
import { guardReading } from './connection.ts'

/** How the library gets to TLS, when the server has been asked for it. */
export type ToTls = (plain: Socket) => Promise<Socket>

/**
 * A client of the library over a connection that is open already. MySQL turns to TLS in the middle of its login, and the
 * library would do so by itself: without the examination of names and without a way to count what comes in. So that one
 * step is replaced. Waits for nothing; the first statement waits for the login. `failed` rejects with what goes wrong outside
 * of a statement.
 */
export function overConnection(
  socket: Socket,
  options: ConnectionOptions,
  toTls: ToTls | undefined,
): { connection: Connection; failed: Promise<never> } {
  guardReading(socket)
  const connection = mysql.createConnection({
    ...options,
    stream: socket,
    // Only says that TLS is wanted; what is examined is for `toTls` to know.
    ssl: toTls ? {} : undefined,
    // A deadline for the whole attempt is the runner's affair.
    connectTimeout: 0,
    // No code is made of the names of columns, and no file of this machine is sent to a server that asks for it.
    disableEval: true,
    flags: ['-LOCAL_FILES'],
  }) as Connection & Inner
  const handle = connection.handlePacket.bind(connection)
  connection.handlePacket = (packet) => {
    if (packet && packet.sequenceId !== connection.sequenceId) {
      // The library would print a line for each and go on. Some servers do not count when they refuse.
      if (packet.peekByte() !== REFUSAL) throw new Error('its packets are out of order')
      connection.sequenceId = packet.sequenceId
    }
    handle(packet)
  }
  const failed = new Promise<never>((_, reject) => {
    connection.on('error', reject)
    if (!toTls) return
    connection.startTLS = (done) => {
      socket.removeAllListeners('data')
      toTls(socket).then((secure) => {
        guardReading(secure)
        secure.on('error', reject)
        connection.stream = secure
        secure.on('data', (data: Buffer) => connection.packetParser.execute(data))
        done()
      }, reject)
    }
  })
  socket.resume()
  return { connection, failed }
}

const REFUSAL = 0xff

/** What is used of the library's inside (mysql2 3.24: lib/base/connection.js), which its types do not name. */
interface Inner {
  startTLS(done: () => void): void
  stream: Socket
  sequenceId: number
  handlePacket(packet: { sequenceId: number; peekByte(): number } | undefined): void
  packetParser: { execute(data: Buffer): void }
}
