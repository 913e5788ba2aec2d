import mysql from 'mysql2'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'
import { createAuthority } from './certificates.ts'
import type { MysqlAtHand } from './expectations/mysql.ts'
import { startTcp } from './servers.ts'

/** The protocol by mysql2's own server, TLS and a few answers written here; `real` servers hold them to it. */
export async function startMysql(): Promise<MysqlAtHand & { said: string[]; close(): void }> {
  const authority = await createAuthority()
  const secureContext = createSecureContext(await authority.issue(['localhost']))
  const login = { user: 'probe', password: 'p@ss/word#1', database: 'shop' }
  const said: string[] = []
  const inner = mysql.createServer((connection) => {
    serve(connection as unknown as ServerConnection, login, said)
  })
  const listener = (inner as unknown as { _server: import('node:net').Server })._server
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  const outer = await startTcp((socket) => offerTls(socket, port, secureContext))
  return {
    ...login,
    said,
    port: outer.port,
    ca: authority.ca,
    close: () => {
      outer.close()
      listener.close()
    },
  }
}

function serve(connection: ServerConnection, { user, password, database }: Login, said: string[]): void {
  connection.on('error', () => connection.stream.destroy())
  connection.serverHandshake({
    protocolVersion: 10,
    serverVersion: '10.11.0-MariaDB',
    connectionId: 1,
    statusFlags: 2,
    characterSet: 45,
    capabilityFlags: 0x00_0f_a2_0f,
    authCallback: (seen, answer) => {
      const challenge = Buffer.concat([seen.authPluginData1, seen.authPluginData2])
      const isRight = nativePassword(password, challenge).equals(seen.authToken)
      if (seen.user !== user || !isRight) {
        answer(null, {
          code: 1045,
          message: `Access denied for user '${seen.user}'@'localhost' (using password: YES)`,
        })
      } else if (seen.database !== database) {
        answer(null, { code: 1049, message: `Unknown database '${seen.database}'` })
      } else answer(null)
      connection.sequenceId = 0
    },
  })
  const answer = (sql: string) => {
    said.push(sql)
    const {
      error,
      delay = 0,
      type,
      rows = [],
    } = answers[sql] ?? { error: [1064, 'You have an error in your SQL syntax'] }
    setTimeout(() => {
      if (error) connection.writeError({ code: error[0], message: error[1] })
      else if (type === undefined) connection.writeOk()
      else {
        connection.writeColumns(columns.map((name) => ({ ...column, name, orgName: name, columnType: type })))
        for (const row of rows) connection.writeTextRow([row, 'x'])
        connection.writeEof()
      }
      connection.sequenceId = 0
    }, delay)
  }
  connection.on('query', answer)
  // This server takes whatever begins with `set` for something to prepare.
  connection.on('stmt_prepare', (sql) => {
    said.push(sql)
    connection.writeOk()
    connection.sequenceId = 0
  })
}

/** mysql_native_password: the hash of the password, hidden under one of the challenge and of its own hash. */
function nativePassword(password: string, challenge: Buffer): Buffer {
  const sha1 = (bytes: Buffer | string) => createHash('sha1').update(bytes).digest()
  const hash = sha1(password)
  const cover = sha1(Buffer.concat([challenge, sha1(hash)]))
  return Buffer.from(hash.map((byte, index) => byte ^ (cover[index] ?? 0)))
}

const columns = ['a', 'b']
const column = {
  catalog: 'def',
  schema: '',
  table: '',
  orgTable: '',
  characterSet: 45,
  columnLength: 255,
  flags: 0,
  decimals: 0,
}

const [LONGLONG, DECIMAL, DOUBLE, NULL, TEXT] = [8, 246, 5, 6, 253]

/** What MariaDB answers; what is not here is no SQL. */
const answers: Record<
  string,
  { type?: number; rows?: (string | null)[]; error?: [number, string]; delay?: number }
> = {
  'select 1': { type: LONGLONG, rows: ['1'] },
  'select 2': { type: LONGLONG, rows: ['2'] },
  'select count(*) from (select 1 union select 2 union select 3) a': { type: LONGLONG, rows: ['3'] },
  'select 12.5': { type: DECIMAL, rows: ['12.5'] },
  'select 25e-2': { type: DOUBLE, rows: ['0.25'] },
  'select -7': { type: LONGLONG, rows: ['-7'] },
  'select 9007199254740993': { type: LONGLONG, rows: ['9007199254740993'] },
  'select 1.2345678901234567': { type: DECIMAL, rows: ['1.2345678901234567'] },
  'select true': { type: LONGLONG, rows: ['1'] },
  'select null, 2': { type: NULL, rows: [null] },
  "select 'naïve'": { type: TEXT, rows: ['naïve'] },
  "select json_object('a', 1)": { type: TEXT, rows: ['{"a": 1}'] },
  'select 1 from dual where false': { type: LONGLONG, rows: [] },
  'select 3 union select 2 union select 1': { type: LONGLONG, rows: ['3', '2', '1'] },
  // More than the limit that was set, which a server may not know.
  'select 1 from information_schema.collations a, information_schema.collations b': {
    type: LONGLONG,
    rows: Array.from({ length: 3_000 }, () => '1'),
  },
  'select @@max_statement_time': { type: DOUBLE, rows: ['10.000000'] },
  'select sleep(0.02)': { type: LONGLONG, rows: ['0'], delay: 20 },
  'select 1 from nothing': { error: [1146, "Table 'shop.nothing' doesn't exist"] },
  'create table written (a int)': { error: [1792, 'Cannot execute statement in a READ ONLY transaction'] },
  'select a flood': { type: TEXT, rows: Array.from({ length: 900 }, () => 'x'.repeat(2_000)) },
}

/**
 * Stands before a server without TLS and offers it. A client that takes it says so in a packet of its own, by which the
 * count of packets is one ahead of the inner server's until the login is over.
 */
function offerTls(client: Socket, port: number, secureContext: import('node:tls').SecureContext): void {
  const server = connect({ port, host: '127.0.0.1' })
  const end = () => {
    client.destroy()
    server.destroy()
  }
  client.on('error', end).on('close', end)
  server.on('error', end).on('close', () => client.end())
  const relay = (socket: Socket) => {
    socket.pipe(server)
    server.pipe(socket)
  }
  server.once('data', (greeting: Buffer) => {
    server.pause()
    const capabilities = greeting.indexOf(0, 5) + 1 + 4 + 8 + 1
    greeting.writeUInt16LE(greeting.readUInt16LE(capabilities) | CLIENT_SSL, capabilities)
    client.write(greeting)
    client.once('data', (reply: Buffer) => {
      client.pause()
      if (reply.readUIntLE(0, 3) !== SSL_REQUEST_LENGTH) {
        server.write(reply)
        return relay(client)
      }
      // What follows at once belongs to the handshake.
      if (reply.length > SSL_REQUEST_LENGTH + 4) client.unshift(reply.subarray(SSL_REQUEST_LENGTH + 4))
      const secure = new TLSSocket(client, { isServer: true, secureContext })
      secure.on('error', end)
      secure.once('data', (login: Buffer) => {
        secure.pause()
        login[3] = 1
        server.write(login)
        server.once('data', (verdict: Buffer) => {
          server.pause()
          verdict[3] = 3
          secure.write(verdict)
          relay(secure)
        })
        server.resume()
      })
    })
  })
}

const CLIENT_SSL = 0x0800
const SSL_REQUEST_LENGTH = 32

interface Login {
  user: string
  password: string
  database: string
}

/** The server's side of mysql2, as far as it is used here; its types have the client's only. */
interface ServerConnection {
  stream: Socket
  /** Of the next packet; it begins again with each command, which the library leaves to its user. */
  sequenceId: number
  on(event: 'query' | 'stmt_prepare' | 'error', listener: (sql: string) => void): void
  serverHandshake(options: {
    authCallback(seen: Seen, answer: (error: null, refusal?: { code: number; message: string }) => void): void
    [setting: string]: unknown
  }): void
  writeOk(): void
  writeEof(): void
  writeError(error: { code: number; message: string }): void
  writeColumns(columns: object[]): void
  writeTextRow(values: (string | null)[]): void
}

interface Seen {
  user: string
  database: string
  authPluginData1: Buffer
  authPluginData2: Buffer
  authToken: Buffer
}
