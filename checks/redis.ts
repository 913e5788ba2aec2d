import type { Socket } from 'node:net'
import type { CheckOptions } from '../src/model/check.ts'
import { misused, readAddress, secretsOfAddress, unreadableAddress, type Address } from './address.ts'
import { guardReading, openConnection, secureConnection, whileOpen } from './connection.ts'
import type { Certificate, Facts, Observation, Probe, ProbeContext } from './contract.ts'
import { explainFailure } from './failures.ts'
import { numberWhereSafe } from './query-value.ts'
import { readReplies, Refusal, writeCommand, type Reply } from './redis-reply.ts'

/** Logs in to Redis and sends one command that reads. */
export const redis: Probe<'redis'> = {
  kind: 'redis',
  takesEnv: ['redis', 'password'],
  secretsOf: ({ redis, password }) => [...secretsOfAddress(redis), ...(password ? [password] : [])],
  async ask(options, context) {
    const address = readAddress(options.redis, { schemes: Object.keys(usesTls), port: 6379 })
    if (!address) return unreadableAddress('redis://user:password@host:6379/0')
    const [parameter] = Object.keys(address.parameters)
    if (parameter !== undefined)
      return misused(`the address has ${parameter}, which this check does not know`)
    const target = `${address.host}:${address.port}`
    try {
      const { socket, certificate } = await open(address, context)
      try {
        context.waitFor('answer')
        const reply = await converse(socket, [...logins(address, options), options.command])
        return observed(reply, certificate, target)
      } finally {
        socket.destroy()
      }
    } catch (error) {
      return explainFailure(error, target)
    }
  },
}

const usesTls: Record<string, boolean> = { redis: false, rediss: true, valkey: false, valkeys: true }

async function open(
  address: Address,
  context: ProbeContext,
): Promise<{ socket: Socket; certificate?: Certificate }> {
  const socket = await openConnection(address, context)
  if (!usesTls[address.scheme]) return { socket }
  return secureConnection(socket, { host: address.host, verification: 'full' }, context)
}

/** What goes before the command: a login where there is a password, and the choice of a database other than 0. */
function logins(
  { user, password: inAddress, database }: Address,
  { password = inAddress }: CheckOptions<'redis'>,
): string[][] {
  const login = password === undefined ? [] : [['AUTH', ...(user === undefined ? [] : [user]), password]]
  return database === undefined || database === '0' ? login : [...login, ['SELECT', database]]
}

/** Sends all commands at once. The answer is that to the last one, or the first refusal. */
async function converse(socket: Socket, commands: readonly (readonly string[])[]): Promise<Reply> {
  const replies = new Promise<Reply[]>((resolve) => {
    let bytes = Buffer.alloc(0)
    guardReading(socket)
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk])
      const replies = readReplies(bytes, commands.length)
      if (replies) resolve(replies)
    })
  })
  socket.write(commands.map(writeCommand).join(''))
  const all = await whileOpen(socket, replies)
  return all.find((reply) => reply instanceof Refusal) ?? all.at(-1) ?? null
}

function observed(reply: Reply, certificate: Certificate | undefined, target: string): Observation {
  if (reply instanceof Refusal) {
    const code = /^[A-Z]+(?= )/.exec(reply.words)?.[0] ?? 'ERR'
    return { outcome: 'failed', reason: `${target}: ${reply.words}`, code: `redis_${code}` }
  }
  const facts = factsOf(reply)
  return { outcome: 'answered', facts: certificate ? { ...facts, certificate } : facts }
}

/** One text for each line or member; and one value, unless the reply is a list. */
function factsOf(reply: Exclude<Reply, Refusal>): Facts {
  if (reply === null) return { value: null, answers: [] }
  if (typeof reply === 'number') return { value: reply, answers: [String(reply)] }
  if (typeof reply === 'string') {
    return { value: valueOf(reply), answers: reply.split(/\r?\n/).filter((line) => line !== '') }
  }
  return { answers: reply.flatMap(textsOf) }
}

function textsOf(reply: Reply): string[] {
  if (Array.isArray(reply)) return reply.flatMap(textsOf)
  if (reply === null) return []
  return [reply instanceof Refusal ? reply.words : String(reply)]
}

/** Redis keeps numbers as text. One that is written as numbers are is taken for one; `007` and `1.10` stay text. */
function valueOf(text: string): string | number {
  const number = numberWhereSafe(text)
  return String(number) === text ? number : text
}
