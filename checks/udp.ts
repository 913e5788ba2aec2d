import { createSocket, type Socket } from 'node:dgram'
import type { LookupAddress } from 'node:dns'
import { HEX_DATAGRAM } from '../src/model/check-kinds/udp.ts'
import { body } from './body.ts'
import type { Probe } from './contract.ts'
import { explainFailure } from './failures.ts'
import { hostAndPort } from './host-and-port.ts'
import { ATTEMPT_PER_ADDRESS_MS } from './network.ts'

/**
 * Sends one datagram. The first that comes back is the answer; where none is required, it is that the host does not say
 * within a second that nobody listens.
 */
export const udp: Probe<'udp'> = {
  kind: 'udp',
  takesEnv: ['send'],
  async ask(options, { pass, signal, waitFor }) {
    const { host, port } = hostAndPort(options.udp)
    const datagram = bytesOf(options.send)
    if (!datagram) {
      const reason = '`send` has something else than pairs of hexadecimal digits after `hex:`'
      return { outcome: 'unknown', reason, code: 'request', final: true }
    }
    try {
      waitFor('name lookup')
      const addresses = await pass.network.addressesOf(host)
      signal.throwIfAborted()
      waitFor('answer')
      const reply = await firstReply(addresses, { port, datagram, signal, replyRequired: options.reply })
      return reply
        ? { outcome: 'answered', facts: { body: body([reply], { truncated: false }) } }
        : { outcome: 'answered', facts: {}, latencyMs: 'none' }
    } catch (error) {
      return refused(error)
        ? {
            outcome: 'failed',
            reason: `${options.udp}: nobody listens there (port unreachable)`,
            code: 'ECONNREFUSED',
          }
        : explainFailure(error, options.udp)
    }
  },
}

/** The bytes to send; `undefined` when what the environment put in is no hexadecimal, which would be cut off in silence. */
function bytesOf(send: string): Buffer | undefined {
  if (!send.startsWith('hex:')) return Buffer.from(send)
  return HEX_DATAGRAM.test(send) ? Buffer.from(send.slice(4).replaceAll(/\s/g, ''), 'hex') : undefined
}

/**
 * Asks one address after the other, each on a connected socket: only such a one takes datagrams from nobody else and is
 * told that a port is unreachable. The next address is asked when one fails, or is silent for a second while a reply is
 * required. Resolves without a reply when none is required and an address is silent; rejects when all have failed.
 */
function firstReply(addresses: readonly LookupAddress[], question: Question): Promise<Buffer | undefined> {
  const { port, datagram, signal, replyRequired } = question
  const left = [...addresses]
  const open = new Set<Socket>()
  const errors: unknown[] = []
  let silence: NodeJS.Timeout | undefined

  return new Promise<Buffer | undefined>((resolve, reject) => {
    const askNext = () => {
      clearTimeout(silence)
      const next = left.shift()
      if (!next) return
      const socket = createSocket(next.family === 6 ? 'udp6' : 'udp4')
      open.add(socket)
      const fail = (error: unknown) => {
        if (!open.delete(socket)) return
        socket.close()
        errors.push(error)
        if (errors.length === addresses.length) reject(new AggregateError(errors))
        else askNext()
      }
      socket.once('message', resolve)
      socket.on('error', fail)
      socket.once('connect', () => socket.send(datagram, (error) => error && fail(error)))
      socket.connect(port, next.address)
      silence = setTimeout(replyRequired ? askNext : () => resolve(undefined), ATTEMPT_PER_ADDRESS_MS)
    }
    signal.addEventListener('abort', () => reject(new Error('the time for this attempt is over')), {
      once: true,
    })
    askNext()
  }).finally(() => {
    clearTimeout(silence)
    for (const socket of open) socket.close()
    open.clear()
  })
}

/** Whether every address that could be asked refused. */
function refused(error: unknown): boolean {
  return (
    error instanceof AggregateError &&
    error.errors.some((one: { code?: string }) => one.code === 'ECONNREFUSED')
  )
}

interface Question {
  port: number
  datagram: Buffer
  signal: AbortSignal
  replyRequired: boolean
}
