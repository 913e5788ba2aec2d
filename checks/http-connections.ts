import { TLSSocket } from 'node:tls'
import { Agent, buildConnector } from 'undici'
import { body, MAX_BODY_BYTES } from './body.ts'
import { certificateOf, trusted } from './certificate.ts'
import type { Certificate, Facts, Observation, Pass, ProbeContext } from './contract.ts'
import { explainFailure } from './failures.ts'
import type { Request } from './http-request.ts'
import { ATTEMPT_PER_ADDRESS_MS } from './network.ts'

export interface Answered {
  outcome: 'answered'
  facts: Facts
  /** Of the connection that the answer came over. */
  certificate?: Certificate
}

/** Sends one request, without following redirects. A first attempt uses the pass's connections, a retry a new one. */
export async function askOnce(
  request: Request,
  context: ProbeContext,
): Promise<Answered | Exclude<Observation, { outcome: 'answered' }>> {
  const { pass, attempt } = context
  try {
    context.waitFor('name lookup')
    await pass.network.addressesOf(request.url.hostname)
    const shared = connectionsOf(pass)
    const mayBeStale = shared.used.has(request.url.origin)
    if (attempt > 0) return await onNewConnection(request, context)
    return await exchange(request, context, shared).catch((error: unknown) => {
      // A server may close an idle connection at the very moment that it is used again. That says nothing about its
      // health, so the same is asked once more on a new one.
      if (mayBeStale && error instanceof NoAnswer && error.wasCutOff) return onNewConnection(request, context)
      throw error
    })
  } catch (error) {
    return explainFailure(error instanceof NoAnswer ? error.cause : error, request.url.host)
  }
}

async function onNewConnection(request: Request, context: ProbeContext): Promise<Answered> {
  const connections = openConnections(context.pass)
  try {
    return await exchange(request, context, connections)
  } finally {
    void connections.agent.destroy()
  }
}

interface Connections {
  agent: Agent
  /** By host and port, as URLs have them. */
  certificates: Map<string, Certificate>
  /** Origins that have answered, to which an idle connection may stand. */
  used: Set<string>
}

const connectionsOfPass = new WeakMap<Pass, Connections>()

function connectionsOf(pass: Pass): Connections {
  let connections = connectionsOfPass.get(pass)
  if (!connections) {
    const opened = openConnections(pass)
    connectionsOfPass.set(pass, opened)
    pass.onEnd(() => void opened.agent.destroy())
    connections = opened
  }
  return connections
}

function openConnections({ network, ca }: Pass): Connections {
  const certificates = new Map<string, Certificate>()
  const connect = buildConnector({
    lookup: network.lookup,
    ca: trusted(ca),
    allowH2: false,
    // A resumed TLS session brings no certificate to read.
    maxCachedSessions: 0,
    autoSelectFamilyAttemptTimeout: ATTEMPT_PER_ADDRESS_MS,
    ...noTimeouts.connect,
  })
  const agent = new Agent({
    ...noTimeouts.request,
    connect: (options, callback) => {
      connect(options, (...[error, socket]) => {
        if (error) return callback(error, null)
        const certificate = socket instanceof TLSSocket ? certificateOf(socket) : undefined
        if (certificate && options.host) certificates.set(options.host, certificate)
        callback(null, socket)
      })
    },
  })
  return { agent, certificates, used: new Set() }
}

// The runner has one deadline for the whole attempt, which covers all of these.
const noTimeouts = { connect: { timeout: 0 }, request: { headersTimeout: 0, bodyTimeout: 0 } }

function exchange(request: Request, context: ProbeContext, connections: Connections): Promise<Answered> {
  const { url } = request
  const { signal } = context
  return new Promise((resolve, reject) => {
    let status = 0
    let headers: Facts['headers'] = {}
    let bytes = 0
    const chunks: Buffer[] = []
    let stop: ((reason: Error) => void) | undefined
    const abort = () => stop?.(new Error('the time for this attempt is over'))
    signal.addEventListener('abort', abort, { once: true })

    const answered = (truncated: boolean) => {
      signal.removeEventListener('abort', abort)
      connections.used.add(url.origin)
      const facts = {
        status,
        headers,
        body: body(chunks, { truncated, contentType: headers?.['content-type'] }),
      }
      resolve({ outcome: 'answered', facts, certificate: connections.certificates.get(url.host) })
    }

    context.waitFor('connection')
    connections.agent.dispatch(
      {
        origin: url.origin,
        path: url.pathname + url.search,
        method: request.method,
        headers: request.headers,
        body: request.body,
      },
      {
        onRequestStart(controller) {
          if (signal.aborted) return controller.abort(new Error('the time for this attempt is over'))
          stop = (reason) => controller.abort(reason)
          context.waitFor('answer')
        },
        onResponseStart(_, statusCode, received) {
          if (statusCode < 200) return
          status = statusCode
          headers = joined(received)
          context.waitFor('rest of the answer')
        },
        onResponseData(controller, chunk) {
          chunks.push(chunk.subarray(0, MAX_BODY_BYTES - bytes))
          bytes += chunk.length
          if (bytes <= MAX_BODY_BYTES) return
          answered(true)
          controller.abort(new Error('enough was read'))
        },
        onResponseEnd: () => answered(false),
        onResponseError(_, error) {
          signal.removeEventListener('abort', abort)
          reject(new NoAnswer(error, status > 0))
        },
      },
    )
  })
}

function joined(received: NodeJS.Dict<string | string[]>): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(received)) {
    if (value !== undefined) headers[name] = typeof value === 'string' ? value : value.join(', ')
  }
  return headers
}

class NoAnswer extends Error {
  /** Whether the connection ended before any of an answer. */
  readonly wasCutOff: boolean
  constructor(cause: Error & { code?: string }, hadStarted: boolean) {
    super(cause.message, { cause })
    this.wasCutOff = !hadStarted && ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(cause.code ?? '')
  }
}
