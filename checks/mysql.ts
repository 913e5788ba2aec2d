import type { Socket } from 'node:net'
import type { Connection, QueryError } from 'mysql2'
import type { CheckOptions } from '../src/model/check.ts'
import { misused, readAddress, secretsOfAddress, unreadableAddress, type Address } from './address.ts'
import {
  Garbled,
  NotTheProtocol,
  openConnection,
  readFirst,
  secureConnection,
  whileOpen,
  type Verification,
} from './connection.ts'
import type { Certificate, Facts, Observation, Probe, ProbeContext } from './contract.ts'
import { explainFailure } from './failures.ts'
import { overConnection } from './mysql-connection.ts'
import { readGreeting } from './mysql-greeting.ts'
import { MAX_ROWS, numberWhereSafe } from './query-value.ts'

/** Logs in to MySQL or MariaDB and asks one question, in a session that cannot write. */
export const mysql: Probe<'mysql'> = {
  kind: 'mysql',
  takesEnv: ['mysql', 'password'],
  secretsOf: ({ mysql, password }) => [...secretsOfAddress(mysql), ...(password ? [password] : [])],
  async ask(options, context) {
    const address = readAddress(options.mysql, { schemes: ['mysql', 'mariadb'], port: 3306 })
    if (!address) return unreadableAddress('mysql://user:password@host:3306/database')
    if (address.user === undefined) return misused('the address names no user')
    const unknown = Object.keys(address.parameters).find((name) => name !== 'ssl-mode')
    if (unknown !== undefined) return misused(`the address has ${unknown}, which this check does not know`)
    const mode = (address.parameters['ssl-mode'] ?? 'preferred').toLowerCase()
    if (!isMode(mode)) return misused(`ssl-mode is ${mode}, expected ${Object.keys(modes).join(', ')}`)

    const target = `${address.host}:${address.port}`
    try {
      const socket = await openConnection(address, context)
      try {
        return { outcome: 'answered', facts: await askOver(socket, address, modes[mode], options, context) }
      } finally {
        socket.destroySoon()
      }
    } catch (error) {
      return explained(error, target)
    }
  },
}

/** MySQL's `ssl-mode`: whether TLS is taken, whether it must be, and how much of the certificate is examined. */
const modes = {
  disabled: { tls: 'never', verification: 'none' },
  preferred: { tls: 'offered', verification: 'none' },
  required: { tls: 'always', verification: 'none' },
  verify_ca: { tls: 'always', verification: 'authority' },
  verify_identity: { tls: 'always', verification: 'full' },
} as const satisfies Record<string, TlsWish>

interface TlsWish {
  tls: 'never' | 'offered' | 'always'
  verification: Verification
}

const isMode = (text: string): text is keyof typeof modes => Object.hasOwn(modes, text)

async function askOver(
  socket: Socket,
  { host, user, password: inAddress, database }: Address,
  { tls, verification }: TlsWish,
  { password = inAddress, query, timeout }: CheckOptions<'mysql'>,
  context: ProbeContext,
): Promise<Facts> {
  context.waitFor('answer')
  const { found: greeting, bytes } = await readFirst(socket, readGreeting)
  if (greeting.says === 'something else') throw new NotTheProtocol('MySQL')
  const isOffered = greeting.says === 'hello' && greeting.offersTls
  if (greeting.says === 'hello' && tls === 'always' && !isOffered) throw new NoTls()
  socket.unshift(bytes)

  let certificate: Certificate | undefined
  const toTls = async (plain: Socket) => {
    const secure = await secureConnection(plain, { host, verification }, context)
    certificate = secure.certificate
    context.waitFor('answer')
    return secure.socket
  }
  const login = { user, password, database, connectAttributes: { program_name: 'Candor' } }
  const { connection, failed } = overConnection(
    socket,
    login,
    isOffered && tls !== 'never' ? toTls : undefined,
  )
  const answer = async () => {
    const isMariaDb = greeting.says === 'hello' && greeting.isMariaDb
    await limit(
      connection,
      isMariaDb ? `max_statement_time = ${timeout / 1000}` : `max_execution_time = ${timeout}`,
    )
    // A transaction that only reads is not enough: MariaDB commits it for a `create table`, and then creates it.
    await run(connection, 'set session transaction read only')
    const facts = await run(connection, query)
    connection.end()
    return certificate ? { ...facts, certificate } : facts
  }
  return whileOpen(socket, Promise.race([answer(), failed]))
}

/** Limits what the session may ask of the server; old versions know no limit of time, and then have none. */
async function limit(connection: Connection, time: string): Promise<void> {
  const rows = `set session sql_select_limit = ${MAX_ROWS}`
  await run(connection, `${rows}, ${time}`).catch((error: unknown) => {
    if (!isServerError(error) || error.code !== 'ER_UNKNOWN_SYSTEM_VARIABLE') throw error
    return run(connection, rows)
  })
}

/** Runs one statement; the first result counts, the rows of further ones do not. Resolves early when there are enough. */
function run(connection: Connection, sql: string): Promise<Pick<Facts, 'value' | 'rows'>> {
  return new Promise((resolve, reject) => {
    let value: Facts['value']
    let rows = 0
    let isFirst = true
    const query = connection.query({
      sql,
      rowsAsArray: true,
      typeCast: (field) => {
        // Every field has to be read, for the next one to be found; JSON would be taken for binary without its charset.
        const text = field.string('utf8')
        if (isFirst) value = text !== null && NUMBERS.has(field.type) ? numberWhereSafe(text) : text
        isFirst = false
        return null
      },
    })
    query.on('error', reject)
    query.on('result', (row: unknown, index: number) => {
      if (!Array.isArray(row) || index > 0) return
      if (++rows >= MAX_ROWS) resolve({ value, rows })
    })
    query.on('end', () => resolve({ value, rows }))
  })
}

const NUMBERS = new Set<string>([
  'TINY',
  'SHORT',
  'INT24',
  'LONG',
  'LONGLONG',
  'YEAR',
  'FLOAT',
  'DOUBLE',
  'DECIMAL',
  'NEWDECIMAL',
])

function explained(error: unknown, target: string): Observation {
  if (isServerError(error)) {
    return { outcome: 'failed', reason: `${target}: ${error.sqlMessage}`, code: error.code }
  }
  const plugin = error instanceof Error && /unknown plugin (\w+)/.exec(error.message)?.[1]
  if (plugin) return misused(`${target}: asks for a login by ${plugin}, which this check does not know`)
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const isFromLibrary = error instanceof Error && (code === '' || LIBRARY_CODES.test(code))
  return explainFailure(isFromLibrary ? new Garbled(error) : error, target)
}

/** What the library says by itself, or Node within it, is about what the server has sent. */
const LIBRARY_CODES = /^(?:(?:PROTOCOL|HANDSHAKE|AUTH|MYSQL)_|ERR_(?:OUT_OF|BUFFER|INVALID|ENCODING))/

/** An error that the server has sent. */
function isServerError(error: unknown): error is QueryError & { sqlMessage: string } {
  return error instanceof Error && 'sqlMessage' in error && 'errno' in error
}

class NoTls extends Error {
  readonly code = 'NO_TLS'
  constructor() {
    super('does not offer TLS, which ssl-mode asks for')
  }
}
