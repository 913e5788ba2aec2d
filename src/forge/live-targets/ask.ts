import { Agent, request } from 'undici'
import { ForgeError } from '../forge-error.ts'
import type { GuardedNetwork } from './contract.ts'

/** A live snapshot of two hundred components at 60 s is 2 MB at the end of a day. */
const MOST_BYTES = 16 * 1024 * 1024
const LONGEST_MS = 10_000

export interface Question {
  url: string
  method: 'GET' | 'PUT'
  headers?: Record<string, string>
  body?: string
}

/**
 * Asks once, with an end in time and size, and follows no redirect. Returns the text of the answer.
 * @throws {ForgeError} when there is none, or none with a status of 200 to 299
 */
export async function ask({ url, ...question }: Question, network: GuardedNetwork): Promise<string> {
  const { host, hostname } = new URL(url)
  const agent = new Agent({ connect: { lookup: network.lookup }, pipelining: 0 })
  try {
    // An address that is written out is never looked up, so it is looked at here.
    await network.addressesOf(hostname)
    const { statusCode, body } = await request(url, {
      ...question,
      dispatcher: agent,
      signal: AbortSignal.timeout(LONGEST_MS),
    })
    const parts: Buffer[] = []
    let bytes = 0
    for await (const part of body as AsyncIterable<Buffer>) {
      bytes += part.length
      if (bytes > MOST_BYTES) throw new ForgeError('refused', `${host} answered with more than 16 MiB`)
      parts.push(part)
    }
    if (statusCode < 200 || statusCode > 299)
      throw new ForgeError('refused', `${host} answered ${String(statusCode)} to ${question.method}`)
    return Buffer.concat(parts).toString('utf8')
  } catch (error) {
    if (error instanceof ForgeError) throw error
    const late = error instanceof Error && error.name === 'TimeoutError'
    const why = late
      ? `no answer within ${String(LONGEST_MS / 1000)} s`
      : error instanceof Error
        ? error.message
        : String(error)
    throw new ForgeError('unreachable', `${host}: ${why}`, { cause: error })
  } finally {
    await agent.destroy()
  }
}
