import type { CheckOptions } from '../src/model/check.ts'
import { askOnce, type Answered } from './http-connections.ts'
import { firstRequest, redirectOf, type Request } from './http-request.ts'
import type { Certificate, Observation, Probe, ProbeContext } from './contract.ts'

/** Asks a web address. Any answer in HTTP is an answer; which status is well is for the conditions to say. */
export const http: Probe<'http'> = {
  kind: 'http',
  takesEnv: ['http', 'headers', 'body'],
  async ask(options, context) {
    const first = firstRequest(options)
    return 'outcome' in first ? first : follow(first, options, context)
  },
}

/** Follows redirects by hand, to count them, to see circles, and to examine every address before it is asked. */
export async function follow(
  first: Request,
  options: Pick<CheckOptions<'http'>, 'redirects'>,
  context: ProbeContext,
): Promise<Observation> {
  let request = first
  let certificate: Certificate | undefined
  const asked = [first]
  for (;;) {
    const seen = await askOnce(request, context)
    if (seen.outcome !== 'answered') return afterRedirect(seen, request, first)
    certificate = soonest(certificate, seen.certificate)
    const next = options.redirects === 0 ? undefined : redirectOf(request, seen.facts)
    if (!next) return answered(seen, certificate)
    if ('outcome' in next) return next
    if (asked.some((one) => one.method === next.method && one.url.href === next.url.href)) {
      return failedRedirect(`redirects in a circle: ${placesOf([...asked, next])}`)
    }
    if (asked.length > options.redirects) {
      return failedRedirect(`redirects more than ${options.redirects} times: ${placesOf([...asked, next])}`)
    }
    asked.push(next)
    request = next
  }
}

function answered({ facts }: Answered, certificate: Certificate | undefined): Observation {
  return { outcome: 'answered', facts: certificate ? { ...facts, certificate } : facts }
}

/** To send people on to a private address is a fault of the site; the prober itself was able to ask it. */
function afterRedirect(seen: Observation, request: Request, first: Request): Observation {
  if (request === first || seen.outcome !== 'unknown' || seen.code !== 'private_address') return seen
  return failedRedirect(`redirects to ${request.url.host}, a private address`)
}

function failedRedirect(reason: string): Observation {
  return { outcome: 'failed', reason, code: 'redirect' }
}

/** `http://a/ → http://b/x → …`, without queries: they may hold secrets. */
function placesOf(requests: Request[]): string {
  const places = requests.map(({ url }) => url.origin + url.pathname)
  return places.length <= 4 ? places.join(' → ') : [...places.slice(0, 2), '…', places.at(-1)].join(' → ')
}

/** Of a chain of addresses, the certificate that runs out first is the one to know about. */
function soonest(one: Certificate | undefined, other: Certificate | undefined): Certificate | undefined {
  if (!one || !other) return one ?? other
  return other.validTo < one.validTo ? other : one
}
