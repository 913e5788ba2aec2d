import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { readDescription, type Description, type Json, type Operation } from './description.ts'
import { faultAnswer, takeFault, type Fault } from './faults.ts'
import { answerGraphql } from './graphql.ts'
import {
  Hub,
  Refusal,
  type Answer,
  type Dispatch,
  type Handler,
  type Issue,
  type Pull,
  type Settings,
} from './hub.ts'
import { issueHandlers } from './issues.ts'
import { mergePull } from './merge-pull.ts'
import { objectHandlers } from './objects.ts'
import type { OperationId } from './operations.ts'
import { linkHeader, pageOf } from './pages.ts'
import { pullHandlers } from './pulls.ts'
import { refHandlers } from './refs.ts'
import { repositoryHandlers } from './repository.ts'

/**
 * Starts GitHub's REST API on the loopback interface over a real bare git repository. Requests and answers are checked
 * against GitHub's own description: a request that it does not allow is refused, an answer that it does not allow is
 * noted in `violations`. What the fake does not know answers 501 and is noted in `unimplemented`.
 */
export async function startFakeGitHub(options: FakeGitHubOptions): Promise<FakeGitHub> {
  description ??= readDescription()
  const { repository, owner, name } = options
  const settings: Settings = {
    ...{ defaultBranch: 'main', allowAutoMerge: false, checksPending: false },
    ...{ deleteBranchOnMerge: false, mergeabilityUnknown: 0, issuesEnabled: true },
    ...options.settings,
  }
  const hub = new Hub({ repository, owner, name, description, settings })
  const fake: Omit<FakeGitHub, 'url' | 'close'> = {
    ...{ pulls: hub.pulls, issues: hub.issues, comments: hub.comments, dispatches: hub.dispatches },
    ...{ settings, requests: [], violations: [], unimplemented: [], faults: [...(options.faults ?? [])] },
    async passChecks() {
      settings.checksPending = false
      for (const pull of hub.pulls) {
        if (pull.state !== 'open' || !pull.autoMerge) continue
        const { method, title } = pull.autoMerge
        await mergePull(hub, pull, { merge_method: method, ...(title && { commit_title: title }) })
      }
    },
  }
  const server = createServer((request, response) => {
    serve(hub, fake, options.tokens, request, response).catch((error: unknown) => {
      fake.violations.push(`the fake itself failed: ${String((error as Error).stack)}`)
      send(response, 500, { message: 'Server Error' })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    ...fake,
    url: `http://127.0.0.1:${port}`,
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** What each operation does. The compiler asks for one entry per operation of the list. */
const handlers: Record<OperationId, Handler> = {
  ...repositoryHandlers,
  ...refHandlers,
  ...objectHandlers,
  ...pullHandlers,
  ...issueHandlers,
}

let description: Description | undefined

async function serve(
  hub: Hub,
  fake: Omit<FakeGitHub, 'url' | 'close'>,
  tokens: FakeGitHubOptions['tokens'],
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

/** Checks the request, lets the operation's handler answer, and checks the answer. */
async function act(
  hub: Hub,
  fake: Pick<FakeGitHub, 'violations'>,
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

function send(
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

interface Match {
  operation: Operation
  path: Json & Record<string, string>
}

export interface FakeGitHubOptions {
  /** The folder of a bare repository. Its branches are the branches on GitHub. */
  repository: string
  owner: string
  name: string
  /** The tokens that are known, and what each may not do. Any token may do everything where this is left out. */
  tokens?: Record<string, { denied?: (OperationId | 'graphql')[] }>
  settings?: Partial<Settings>
  faults?: Fault[]
}

export interface FakeGitHub {
  url: string
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
  /** Lets the required checks pass: pull requests with auto-merge are merged. */
  passChecks: () => Promise<void>
  close: () => Promise<void>
}
