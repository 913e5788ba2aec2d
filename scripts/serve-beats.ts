import { createHash, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { BlockList } from 'node:net'
import path from 'node:path'
import { redactor } from '../checks/words.ts'
import { writeBeat } from '../src/files/beat-store.ts'
import { readComponents } from '../src/files/read-settings.ts'
import { failureWords, findHeartbeat } from '../src/model/beat.ts'
import type { Check } from '../src/model/check.ts'
import type { Component } from '../src/model/component.ts'

export interface BeatServerOrder {
  root: string
  host: string
  /** 0 is any free one. */
  port: number
  /** Where the tokens are. */
  env: Record<string, string | undefined>
}

/**
 * Takes beats over HTTP: `/beat/<component>[/<n>]` for a job that is well, `…/fail` for one that has failed. A check with a
 * token wants it; one without is open to programs on this very machine only. Bodies are not looked at.
 * @throws the listen error, such as EADDRINUSE
 */
export async function serveBeats(order: BeatServerOrder): Promise<{ server: Server; url: string }> {
  const { root, host, port, env } = order
  const components = componentsOf(root)
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    let size = 0
    request.on('data', (part: Buffer) => {
      size += part.length
      if (size > LARGEST_BODY) request.destroy()
    })
    let said: Answer
    try {
      said = answer(request, { root, env, components: components() })
    } catch (error) {
      // A disk that is full must not end the probes that run beside this.
      said = [500, `The beat could not be kept: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}`]
    }
    const [status, words] = said
    response.writeHead(status, {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      ...(status === 405 && { allow: 'GET, HEAD, POST' }),
    })
    response.end(`${words}\n`)
  })
  server.maxConnections = 100
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const address = server.address()
  const bound = typeof address === 'object' && address ? address.port : port
  return { server, url: `http://${host.includes(':') ? `[${host}]` : host}:${String(bound)}` }
}

const LARGEST_BODY = 100_000

type Answer = [status: number, words: string]

function answer(
  request: IncomingMessage,
  { root, env, components }: Pick<BeatServerOrder, 'root' | 'env'> & { components: Component[] },
): Answer {
  const url = URL.parse(request.url ?? '', 'http://localhost')
  const place = /^\/beat\/([a-z0-9-]+)(?:\/(\d{1,4}))?(\/fail)?\/?$/.exec(url?.pathname ?? '')
  if (!url || !place) return [404, 'Beats are taken at /beat/<component>.']
  if (!['GET', 'HEAD', 'POST'].includes(request.method ?? '')) return [405, 'Send GET, HEAD or POST.']
  const [, component = '', n, fail] = place
  const name = n === undefined ? component : `${component}/${n}`
  const found = findHeartbeat(components, name)
  if ('problem' in found) return [404, `No single heartbeat check is "${name}". Write /beat/<component>/<n>.`]
  const { check } = found
  const token = tokenOf(check, env)
  const refused = token === undefined ? notFromHere(request) : wrongToken(request, url, check, token)
  if (refused) return refused
  if (!fail) {
    writeBeat(root, check.id, { at: Date.now() })
    return [202, `A beat of ${check.id} is noted.`]
  }
  const why = redactor(token ? [token] : [])((url.searchParams.get('why') ?? '').slice(0, 10_000))
  writeBeat(root, check.id, { at: Date.now(), failed: failureWords(why) })
  return [202, `A failure of ${check.id} is noted.`]
}

/** The token of a check; empty where its variable is not set, `undefined` where it has none. */
function tokenOf({ options }: Check<'heartbeat'>, env: BeatServerOrder['env']): string | undefined {
  return options.token && (env[options.token.slice(2, -1)] ?? '')
}

function wrongToken(
  request: IncomingMessage,
  url: URL,
  check: Check<'heartbeat'>,
  token: string,
): Answer | undefined {
  if (token === '')
    return [503, `The token of ${check.id} is not set where the probes run; no beat can be taken.`]
  const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  const given = bearer ?? url.searchParams.get('token') ?? ''
  if (isSame(given, token)) return undefined
  return [401, `The token of ${check.id} is ${given === '' ? 'missing' : 'wrong'}.`]
}

/** In a time that does not depend on how much of it is right; digests have the same length. */
function isSame(given: string, token: string): boolean {
  const [one, other] = [given, token].map((text) => createHash('sha256').update(text).digest())
  return one !== undefined && other !== undefined && timingSafeEqual(one, other)
}

/** What a proxy passes on, and what a web page makes a browser send, comes from this machine, too, and is a stranger's. */
function notFromHere({ socket, headers }: IncomingMessage): Answer | undefined {
  const address = socket.remoteAddress ?? ''
  const here = loopback.check(address, address.includes(':') ? 'ipv6' : 'ipv4')
  if (here && !PASSED_ON.some((name) => headers[name] !== undefined)) return undefined
  return [403, 'Without a token, beats are taken from this machine only. Give the check a token.']
}

const PASSED_ON = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via', 'origin', 'sec-fetch-site']

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** The components as `components.yaml` has them now. It is read again when it has changed, not at every knock. */
function componentsOf(root: string): () => Component[] {
  let source: string | undefined
  let components: Component[] = []
  return () => {
    const found = readFileSync(path.join(root, 'components.yaml'), 'utf8')
    if (found !== source) ({ components } = readComponents(found))
    source = found
    return components
  }
}
