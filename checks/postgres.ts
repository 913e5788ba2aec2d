import type { Socket } from 'node:net'
import { Client, DatabaseError } from 'pg'
import type { CheckOptions } from '../src/model/check.ts'
import { misused, readAddress, secretsOfAddress, unreadableAddress, type Address } from './address.ts'
import {
  Garbled,
  guardReading,
  NotTheProtocol,
  openConnection,
  readFirst,
  secureConnection,
  whileOpen,
  type Verification,
} from './connection.ts'
import type { Certificate, Facts, Observation, Probe, ProbeContext } from './contract.ts'
import { explainFailure } from './failures.ts'
import { CheckedQuery } from './postgres-query.ts'

/** Logs in to PostgreSQL and asks one question, in a transaction that cannot write. */
export const postgres: Probe<'postgres'> = {
  kind: 'postgres',
  takesEnv: ['postgres', 'password'],
  secretsOf: ({ postgres, password }) => [...secretsOfAddress(postgres), ...(password ? [password] : [])],
  async ask(options, context) {
    const address = readAddress(options.postgres, { schemes: ['postgres', 'postgresql'], port: 5432 })
    if (!address) return unreadableAddress('postgres://user:password@host:5432/database')
    const { user, parameters } = address
    if (user === undefined) return misused('the address names no user')
    const unknown = Object.keys(parameters).find((name) => !PARAMETERS.has(name))
    if (unknown !== undefined) return misused(`the address has ${unknown}, which this check does not know`)
    const mode = parameters['sslmode'] ?? 'prefer'
    if (!isMode(mode)) return misused(`sslmode is ${mode}, expected ${Object.keys(modes).join(', ')}`)

    const target = `${address.host}:${address.port}`
    try {
      const open = await openConnection(address, context)
      try {
        const { socket, certificate } = await negotiate(open, address, modes[mode], context)
        context.waitFor('answer')
        const facts = await askOver(socket, { ...address, user }, options)
        return { outcome: 'answered', facts: certificate ? { ...facts, certificate } : facts }
      } finally {
        open.destroySoon()
      }
    } catch (error) {
      return explained(error, target)
    }
  },
}

/** libpq's `sslmode`: whether TLS is asked for, whether it must be, and how much of the certificate is examined. */
const modes = {
  disable: { tls: 'never', verification: 'none' },
  // libpq tries again without TLS where TLS fails; a check makes one connection, and says what failed.
  allow: { tls: 'offered', verification: 'none' },
  prefer: { tls: 'offered', verification: 'none' },
  require: { tls: 'always', verification: 'none' },
  'verify-ca': { tls: 'always', verification: 'authority' },
  'verify-full': { tls: 'always', verification: 'full' },
} as const satisfies Record<string, TlsWish>

interface TlsWish {
  tls: 'never' | 'offered' | 'always'
  verification: Verification
}

const isMode = (text: string): text is keyof typeof modes => Object.hasOwn(modes, text)

const PARAMETERS = new Set(['sslmode', 'application_name', 'options', 'channel_binding', 'connect_timeout'])

/** Asks for TLS as the protocol has it (SSLRequest): the server answers with one letter, and only then do both shake hands. */
async function negotiate(
  socket: Socket,
  { host }: Address,
  { tls, verification }: TlsWish,
  context: ProbeContext,
): Promise<{ socket: Socket; certificate?: Certificate }> {
  if (tls === 'never') return { socket }
  socket.write(SSL_REQUEST)
  context.waitFor('answer')
  const { found: letter, bytes } = await readFirst(socket, (bytes) => bytes.toString('latin1', 0, 1))
  // Whoever has put more behind the letter wants it to be taken for what was said under TLS (CVE-2021-23222).
  if (letter === 'S' && bytes.length === 1) return secureConnection(socket, { host, verification }, context)
  if (letter === 'N' && bytes.length === 1) {
    if (tls === 'always') throw new NoTls()
    return { socket }
  }
  if (letter !== 'E') throw new NotTheProtocol('PostgreSQL')
  // An error in place of the letter: the server has no room even to negotiate. `pg` reads what it says.
  socket.unshift(bytes)
  return { socket }
}

// Its length, and the number that stands where a protocol version would.
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])

async function askOver(
  socket: Socket,
  { user, password: inAddress, database = user, parameters }: Address & { user: string },
  { password = inAddress, query, timeout }: CheckOptions<'postgres'>,
): Promise<Facts> {
  const client = new Client({
    user,
    // A function, so that neither the prober's PGPASSWORD nor its password file is sent to a server named in a check.
    password: () => password ?? '',
    database,
    application_name: parameters['application_name'] ?? 'Candor',
    options: parameters['options'],
    ssl: false,
    enableChannelBinding: ['prefer', 'require'].includes(parameters['channel_binding'] ?? ''),
    stream: () => alreadyConnected(socket),
  })
  const failed = new Promise<never>((_, reject) => client.on('error', reject))
  let isFirst = true
  guardReading(socket, (chunk) => {
    if (isFirst && !FIRST_MESSAGES.has(chunk.toString('latin1', 0, 1))) throw new NotTheProtocol('PostgreSQL')
    isFirst = false
  })
  const answer = async () => {
    await client.connect()
    // As statements and not as settings of the connection: poolers such as PgBouncer refuse those.
    await client.query(`begin read only; set local statement_timeout = ${Math.ceil(timeout)}`)
    const facts = await client.query(new CheckedQuery(query)).result
    void client.end()
    return facts
  }
  return whileOpen(socket, Promise.race([answer(), failed]))
}

/** Authentication, an error, a notice, or the negotiation of a version. */
const FIRST_MESSAGES = new Set(['R', 'E', 'N', 'v'])

/** `pg` connects the stream it is given and waits until that is done. */
function alreadyConnected(socket: Socket): Socket {
  socket.connect = () => {
    process.nextTick(() => {
      socket.emit('connect')
      // Reading was paused after the server's letter; by now `pg` listens.
      socket.resume()
    })
    return socket
  }
  return socket
}

function explained(error: unknown, target: string): Observation {
  if (error instanceof DatabaseError && error.code !== undefined) {
    return { outcome: 'failed', reason: `${target}: ${error.message}`, code: `sql_${error.code}` }
  }
  if (error instanceof AggregateError || (error instanceof Error && 'code' in error)) {
    return explainFailure(error, target)
  }
  if (error instanceof Error && /password must be a/.test(error.message)) {
    return {
      outcome: 'failed',
      reason: `${target}: asks for a password, and the check has none`,
      code: 'login',
    }
  }
  // What `pg` says without a code is about what the server has sent.
  return explainFailure(new Garbled(error), target)
}

class NoTls extends Error {
  readonly code = 'NO_TLS'
  constructor() {
    super('does not offer TLS, which sslmode asks for')
  }
}
