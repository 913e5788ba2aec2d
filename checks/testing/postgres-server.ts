import { PGlite } from '@electric-sql/pglite'
import type { Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'
import type { PostgresAtHand } from './expectations/postgres.ts'
import { createAuthority } from './certificates.ts'
import { startTcp } from './servers.ts'

/**
 * PostgreSQL's own code (PGlite, compiled to WebAssembly) behind a socket. The server's front is written here: TLS, the
 * login with a password, and which database there is; every message after that is PostgreSQL's to answer.
 */
export async function startPostgres(): Promise<PostgresAtHand & { close(): Promise<void> }> {
  const authority = await createAuthority()
  const context = createSecureContext(await authority.issue(['localhost']))
  const database = await PGlite.create()
  const login = { user: 'probe', password: 'p@ss/word#1', database: 'shop' }
  // PGlite has one session: whoever comes next waits until the last one has gone.
  let line = Promise.resolve()
  const server = await startTcp((socket) => {
    void serve(socket)
  })

  async function serve(plain: Socket): Promise<void> {
    let socket: Socket = plain
    let messages = reader(socket)
    let startup = await messages.startup()
    if (startup?.readInt32BE(4) === SSL_REQUEST) {
      messages.stop()
      plain.write('S')
      socket = new TLSSocket(plain, { isServer: true, secureContext: context })
      socket.on('error', () => socket.destroy())
      messages = reader(socket)
      startup = await messages.startup()
    }
    if (!startup) return
    const asked = Object.fromEntries(pairs(startup.toString('utf8', 8).split('\0')))
    socket.write(message('R', int32(3)))
    const password = (await messages.next())?.toString('utf8', 5).replace(/\0$/, '')
    if (asked['user'] !== login.user || password !== login.password) {
      socket.end(error('28P01', `password authentication failed for user "${asked['user'] ?? ''}"`))
    } else if (asked['database'] !== login.database) {
      socket.end(error('3D000', `database "${asked['database'] ?? ''}" does not exist`))
    } else {
      const turn = line.then(() => session(socket, messages))
      line = turn.catch(() => undefined)
      await line
    }
  }

  async function session(socket: Socket, messages: Messages): Promise<void> {
    socket.write(Buffer.concat([message('R', int32(0)), message('Z', Buffer.from('I'))]))
    let batch: Buffer[] = []
    for (let next = await messages.next(); next; next = await messages.next()) {
      const type = next.toString('latin1', 0, 1)
      if (type === 'X') break
      batch.push(next)
      if (type !== 'Q' && type !== 'S') continue
      socket.write(await database.execProtocolRaw(Buffer.concat(batch)))
      batch = []
    }
    socket.end()
    await database.exec('rollback')
  }

  return {
    ...login,
    port: server.port,
    ca: authority.ca,
    close: async () => {
      server.close()
      await line
      await database.close()
    },
  }
}

/** An error as the protocol writes it: a severity, a code and words. */
export function error(code: string, words: string): Buffer {
  return message('E', Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${words}\0\0`))
}

export function message(type: string, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from(type), int32(content.length + 4), content])
}

export function int32(number: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(number)
  return bytes
}

const SSL_REQUEST = 80877103

interface Messages {
  /** The first message, which has no type; `undefined` at the end of the connection. */
  startup(): Promise<Buffer | undefined>
  next(): Promise<Buffer | undefined>
  stop(): void
}

function reader(socket: Socket): Messages {
  let bytes = Buffer.alloc(0)
  let ended = false
  let wake: () => void = () => undefined
  const more = (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk])
    wake()
  }
  socket.on('data', more)
  socket.on('close', () => {
    ended = true
    wake()
  })
  async function take(before: number): Promise<Buffer | undefined> {
    for (;;) {
      const length = bytes.length >= before + 4 ? before + bytes.readInt32BE(before) : Infinity
      if (bytes.length >= length) {
        const taken = bytes.subarray(0, length)
        bytes = bytes.subarray(length)
        return taken
      }
      if (ended) return undefined
      await new Promise<void>((resolve) => (wake = resolve))
    }
  }
  return { startup: () => take(0), next: () => take(1), stop: () => void socket.off('data', more).pause() }
}

function pairs(texts: string[]): [string, string][] {
  return texts.flatMap((text, index) => (index % 2 === 0 && text ? [[text, texts[index + 1] ?? '']] : []))
}
