import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { Json, Operation } from './description.ts'
import { faultAnswer, takeFault, type Fault } from './faults.ts'
import { answerGraphql } from './graphql.ts'
import {
  Refusal,
  type Answer,
  type Dispatch,
  type Handler,
  type Hub,
  type Issue,
  type Pull,
  type Settings,
} from './hub.ts'
import { issueHandlers } from './issues.ts'
import { objectHandlers } from './objects.ts'
import type { OperationId } from './operations.ts'
import { linkHeader, pageOf } from './pages.ts'
import { pullHandlers } from './pulls.ts'
import { refHandlers } from './refs.ts'
import { repositoryHandlers } from './repository.ts'

/** Answers one request: trouble first, then who asks, then what GitHub's description and the handlers say. */
export async function serve(
  hub: Hub,
  fake: Playing,
  tokens: Record<string, { denied?: string[] }> | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', `http://${request.headers.host}`)
  const text = await bodyOf(request)
  const found = match(hub.description.operations, request.method ?? 'GET', url.pathname)
  const id = url.pathname === '/graphql' ? 'graphql' : found?.operation.id
  fake.requests.push(id ?? `${request.method} ${url.pathname}`)

  const fault = takeFault(fake.faults, id)
  if (fault?.kind === 'latency') await delay(fault.milliseconds)
  if (fault && fault.kind !== 'latency') {
    if (fault.takesEffect && found) await act(hub, fake, found, url, text)
    const instead = faultAnswer(fault)
    if (instead) return send(response, instead.status, instead.body, instead.headers)
    return void request.socket.resetAndDestroy()
  }

  if (!request.headers['user-agent'])
    return send(response, 403, { message: 'Request forbidden by administrative rules.' })
  const token = /^(?:token|bearer) (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
  const rights = token === undefined ? undefined : tokens?.[token]
  if (tokens && !rights) return send(response, 401, { message: 'Bad credentials', documentation_url: docs })
  if (id && rights?.denied?.includes(id)) return send(response, 403, denied(id))

  if (id === 'graphql') {
    const answer = await answerGraphql(hub, JSON.parse(text) as Json)
    if (answer) return send(response, 200, answer)
  }
  const here = [hub.owner, hub.name].join('/').toLowerCase()
  const there = `${found?.path.owner}/${found?.path.repo}`.toLowerCase()
  if (found && there !== here) return send(response, 404, { message: 'Not Found', documentation_url: docs })
  if (!found) {
    fake.unimplemented.push(id ?? `${request.method} ${url.pathname}`)
    return send(response, 501, { message: `The fake does not know ${request.method} ${url.pathname}` })
  }

  const { status, body, headers } = await act(hub, fake, found, url, text)
  const etag = `"${createHash('sha1')
    .update(JSON.stringify(body ?? ''))
    .digest('hex')}"`
  if (request.method === 'GET' && status === 200 && request.headers['if-none-match'] === etag)
    return send(response, 304, undefined, { etag })
  send(response, status, body, { ...headers, etag })
}

/** What each operation does. The compiler asks for one entry per operation of the list. */
const handlers: Record<OperationId, Handler> = {
  ...repositoryHandlers,
  ...refHandlers,
  ...objectHandlers,
  ...pullHandlers,
  ...issueHandlers,
}

/** Checks the request, lets the operation's handler answer, and checks the answer. */
async function act(
  hub: Hub,
  fake: Playing,
  { operation, path }: Match,
  url: URL,
  text: string,
): Promise<{ status: number; body?: unknown; headers?: Record<string, string> }> {
  const query: Json = Object.fromEntries(url.searchParams)
  let body: unknown
  try {
    body = text === '' ? undefined : JSON.parse(text)
  } catch {
    return { status: 400, body: { message: 'Problems parsing JSON', documentation_url: docs } }
  }
  const wrong = operation.request({ path, query, body })
  if (wrong)
    return { status: 422, body: { message: `Invalid request.\n\n${wrong}`, documentation_url: docs } }
  const answer = await handlers[operation.id](hub, { path, query, body: (body ?? {}) as Json }).catch(refusal)
  const page = answer.list && pageOf(answer.list, query)
  const sent = page ? page.entries : answer.body
  const unlike = operation.response(String(answer.status), sent)
  if (unlike) fake.violations.push(`${operation.id}: ${unlike}`)
  const link = page && linkHeader(url, page)
  return { status: answer.status, body: sent, ...(link && { headers: { link } }) }
}

function refusal(error: unknown): Answer {
  if (!(error instanceof Refusal)) throw error
  const { status, message, errors } = error
  return {
    status,
    body: { message, ...(errors && { errors }), documentation_url: docs, status: String(status) },
  }
}

function denied(id: string): Json {
  const forbidden: Record<string, string> = {
    'pulls/create': 'GitHub Actions is not permitted to create or approve pull requests.',
  }
  return {
    message: forbidden[id] ?? 'Resource not accessible by integration',
    documentation_url: docs,
    status: '403',
  }
}

function match(operations: Operation[], method: string, pathname: string): Match | undefined {
  for (const operation of operations) {
    if (operation.method !== method) continue
    const found = operation.pattern.exec(pathname)
    if (!found) continue
    const values = operation.names.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? '')])
    return { operation, path: Object.fromEntries(values) as Match['path'] }
  }
  return undefined
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}

export function send(
  response: ServerResponse,
  status: number,
  body?: unknown,
  headers: Record<string, string> = {},
): void {
  const type = { 'content-type': 'application/json; charset=utf-8', 'x-github-request-id': 'FAKE' }
  response.writeHead(status, { ...type, ...headers })
  response.end(body === undefined ? undefined : JSON.stringify(body))
}

const docs = 'https://docs.github.com/rest'

/** What tests see of a running fake, and may change. */
export interface Playing {
  pulls: Pull[]
  issues: Issue[]
  comments: { number: number; body: string }[]
  dispatches: Dispatch[]
  /** May be changed while it runs. */
  settings: Settings
  /** Every request by its operation, in order. */
  requests: string[]
  /** Answers of the fake that GitHub's description does not allow. A test that uses the fake asserts that there are none. */
  violations: string[]
  unimplemented: string[]
  /** Push trouble here; the next fitting request meets it. */
  faults: Fault[]
}

interface Match {
  operation: Operation
  path: Json & Record<string, string>
}
