import type { CheckOptions } from '../src/model/check.ts'
import type { Facts, Observation } from './contract.ts'

/** One request, ready to be sent. */
export interface Request {
  url: URL
  method: CheckOptions<'http'>['method']
  headers: Readonly<Record<string, string>>
  body?: string
}

/** The request that a check describes, or why there is none. */
export function firstRequest(
  options: Pick<CheckOptions<'http'>, 'http' | 'method' | 'headers' | 'body'>,
): Request | Observation {
  const url = URL.parse(options.http)
  if (!url) {
    // Not shown: after the environment was filled in, it may hold a secret.
    return { outcome: 'unknown', reason: 'the address cannot be read as a URL', code: 'url', final: true }
  }
  const headers: Record<string, string> = { 'user-agent': 'Candor', accept: '*/*' }
  if (url.username || url.password) {
    const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
    headers['authorization'] = `Basic ${Buffer.from(login).toString('base64')}`
  }
  for (const [name, value] of Object.entries(options.headers)) headers[name.toLowerCase()] = value
  return { url, method: options.method, headers, body: options.body }
}

/** Where an answer sends the asker: the next request, why it cannot be made, or `undefined` when it is no redirect. */
export function redirectOf(request: Request, { status, headers }: Facts): Request | Observation | undefined {
  const location = headers?.['location']
  if (location === undefined || !redirects.has(status ?? 0)) return undefined
  const url = URL.parse(location, request.url.href)
  if (!url) return failed('redirects to an address that cannot be read')
  if (!/^https?:$/.test(url.protocol)) return failed(`redirects to ${url.protocol}, which is not HTTP`)
  url.hash = ''

  const becomesGet =
    status === 303 ? request.method !== 'HEAD' : status !== 307 && status !== 308 && request.method === 'POST'
  const method = becomesGet ? 'GET' : request.method
  const body = becomesGet ? undefined : request.body
  if (url.origin === request.url.origin) {
    return {
      url,
      method,
      body,
      headers: becomesGet ? without(request.headers, /^content-/) : request.headers,
    }
  }
  // Headers and bodies may hold secrets that are meant for the first origin alone.
  if (body !== undefined) return failed(`redirects to ${url.origin}, where the body is not sent on`)
  return { url, method, headers: without(request.headers, /^(?!(?:accept|accept-language|user-agent)$)/) }
}

const redirects = new Set([301, 302, 303, 307, 308])

function without(headers: Request['headers'], names: RegExp): Request['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.test(name)))
}

function failed(reason: string): Observation {
  return { outcome: 'failed', reason, code: 'redirect' }
}
