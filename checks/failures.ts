import type { Observation } from './contract.ts'

/**
 * What an error met while asking `target` (`api.example:443`) says about it: the target is down, or the prober could
 * not ask. Reasons are words for people; the code is the error's own where that is known to operators.
 */
export function explainFailure(error: unknown, target: string): Observation {
  const found = firstTelling(error)
  const explanation = found.code === undefined ? undefined : explanations[found.code]
  if (explanation) {
    const { outcome, words, code = found.code ?? 'error' } = explanation
    return { outcome, reason: `${target}: ${typeof words === 'string' ? words : words(found)}`, code }
  }
  if (found.code === 'private_address')
    return { outcome: 'unknown', reason: found.message, code: found.code, final: true }
  // undici's parser errors carry a code for some faults only.
  if (found.name === 'HTTPParserError' || found.code?.startsWith('HPE_')) {
    return { outcome: 'failed', reason: `${target}: what it answers is not HTTP`, code: 'not_http' }
  }
  if (found.code?.startsWith('ERR_SSL_') || found.code === 'EPROTO') {
    return {
      outcome: 'failed',
      reason: `${target}: the TLS handshake failed: ${tlsWords(found.message)}`,
      code: 'tls',
    }
  }
  if (found.code !== undefined)
    return { outcome: 'failed', reason: `${target}: ${found.message}`, code: found.code }
  // Without a code it did not come from the network: a fault in the prober must not look like an outage.
  return { outcome: 'unknown', reason: `the prober failed: ${found.message}`, code: 'prober' }
}

/** What is wrong with a certificate, by OpenSSL's or Node's code; `undefined` when the code is not about certificates. */
export function certificateWords(error: {
  code?: string
  message?: string
  cert?: unknown
}): string | undefined {
  const explanation = error.code === undefined ? undefined : explanations[error.code]
  if (explanation?.code !== 'certificate') return undefined
  return typeof explanation.words === 'string' ? explanation.words : explanation.words(error)
}

const failed = (words: Words, code?: string): Explanation => ({ outcome: 'failed', words, code })
const unknown = (words: Words, code?: string): Explanation => ({ outcome: 'unknown', words, code })

const explanations: Record<string, Explanation> = {
  ECONNREFUSED: failed('connection refused'),
  ECONNRESET: failed('the connection was closed before the answer was complete'),
  UND_ERR_SOCKET: failed('the connection was closed before the answer was complete', 'ECONNRESET'),
  EPIPE: failed('the connection was closed before the answer was complete', 'ECONNRESET'),
  ETIMEDOUT: failed('no connection: the other side does not reply'),
  EHOSTUNREACH: failed('no route to this host'),
  ENOTFOUND: failed('the name does not exist'),
  UND_ERR_HEADERS_OVERFLOW: failed('the headers are larger than 16 KiB', 'headers'),
  HPE_HEADER_OVERFLOW: failed('the headers are larger than 16 KiB', 'headers'),
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: failed(
    'the body is shorter than its content-length',
    'content_length',
  ),
  HPE_INVALID_EOF_STATE: failed('the connection was closed before the answer was complete', 'ECONNRESET'),

  CERT_HAS_EXPIRED: failed('the certificate has expired', 'certificate'),
  CERT_NOT_YET_VALID: failed('the certificate is not valid yet', 'certificate'),
  CERT_REVOKED: failed('the certificate is revoked', 'certificate'),
  DEPTH_ZERO_SELF_SIGNED_CERT: failed('the certificate is self-signed', 'certificate'),
  SELF_SIGNED_CERT_IN_CHAIN: failed(
    'the certificate chain ends in an authority that is not trusted',
    'certificate',
  ),
  UNABLE_TO_GET_ISSUER_CERT: failed('the certificate chain is incomplete', 'certificate'),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: failed(
    'the certificate chain is incomplete or not trusted',
    'certificate',
  ),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: failed(
    'the certificate chain is incomplete or not trusted',
    'certificate',
  ),
  INVALID_PURPOSE: failed('the certificate is not meant for servers', 'certificate'),
  CERT_SIGNATURE_FAILURE: failed('the certificate has a wrong signature', 'certificate'),
  ERR_TLS_CERT_ALTNAME_INVALID: failed((error) => `the certificate ${wrongName(error.cert)}`, 'certificate'),
  ERR_SSL_WRONG_VERSION_NUMBER: failed('what it answers is not TLS', 'tls'),
  ERR_SSL_PACKET_LENGTH_TOO_LONG: failed('what it answers is not TLS', 'tls'),

  NOT_THE_PROTOCOL: failed(({ message }) => message ?? 'what it answers is something else', 'protocol'),
  GARBLED: failed(({ message }) => message ?? 'the answer cannot be read', 'protocol'),
  TOO_LARGE: unknown('the answer is larger than the 1 MiB that a check reads', 'too_large'),

  // undici refuses a request that HTTP cannot carry, such as a header with a line break in it.
  UND_ERR_INVALID_ARG: unknown(({ message }) => `the request cannot be sent: ${message}`, 'request'),
  UND_ERR_NOT_SUPPORTED: unknown(({ message }) => `the request cannot be sent: ${message}`, 'request'),

  EMSGSIZE: unknown('the request cannot be sent: it is larger than a datagram can be'),

  EAI_AGAIN: unknown("this prober's name resolver does not answer"),
  EAI_FAIL: unknown("this prober's name resolver failed"),
  EAI_SYSTEM: unknown("this prober's name resolver failed"),
  EAI_MEMORY: unknown("this prober's name resolver failed"),
  ENETUNREACH: unknown('this prober has no route to its network'),
  ENETDOWN: unknown('the network of this prober is down'),
  EADDRNOTAVAIL: unknown('this prober has no address to ask from'),
  EAFNOSUPPORT: unknown("this prober does not speak the address's protocol"),
  EACCES: unknown('this prober may not connect there'),
  EPERM: unknown('this prober may not connect there'),
  EMFILE: unknown('this prober has too many files open'),
  ENFILE: unknown('this prober has too many files open'),
  ENOBUFS: unknown('this prober is out of memory for connections'),
  ENOMEM: unknown('this prober is out of memory for connections'),
}

/**
 * The error among causes and attempts that says most. When several addresses of one host were tried, one that says
 * something about the target goes before one that speaks of the prober: a missing IPv6 route is nothing new.
 */
function firstTelling(error: unknown): Telling {
  const all = flatten(error)
  return (
    all.find((one) => one.code !== undefined && explanations[one.code]?.outcome === 'failed') ??
    all.find((one) => one.code !== undefined) ??
    all[0] ?? { message: String(error) }
  )
}

function flatten(error: unknown): Telling[] {
  if (!(error instanceof Error)) return []
  const inner = error instanceof AggregateError ? error.errors.flatMap(flatten) : flatten(error.cause)
  return [...inner, error]
}

function wrongName(certificate: unknown): string {
  const names = (certificate as { subjectaltname?: unknown } | undefined)?.subjectaltname
  const listed = typeof names === 'string' ? names.replaceAll(/(?:DNS|IP Address):/g, '') : 'other names'
  return `is for ${listed.length > 80 ? `${listed.slice(0, 79)}…` : listed}, not for this name`
}

/** OpenSSL's `C0D1:error:0A000410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:../deps/…:` in its own words. */
function tlsWords(message: string): string {
  return /SSL routines:[^:]*:([^:]+)/.exec(message)?.[1] ?? message
}

type Words = string | ((error: { message?: string; cert?: unknown }) => string)
interface Explanation {
  outcome: 'failed' | 'unknown'
  words: Words
  code?: string
}
interface Telling {
  name?: string
  message: string
  code?: string
  cert?: unknown
}
