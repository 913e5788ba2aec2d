import { AwsV4Signer } from 'aws4fetch'
import type { CheckOptions } from '../src/model/check.ts'
import type { Instant } from '../src/model/time.ts'
import { misused } from './address.ts'
import type { Facts, Finding, Observation, Probe } from './contract.ts'
import { askOnce } from './http-connections.ts'
import type { Request } from './http-request.ts'

/** Asks storage for an object, or for the list of a bucket, with a signed request. */
export const s3: Probe<'s3'> = {
  kind: 's3',
  takesEnv: ['s3', 'access_key', 'secret_key', 'session_token'],
  secretsOf: ({ secret_key, session_token }) => (session_token ? [secret_key, session_token] : [secret_key]),
  async ask(options, context) {
    const url = URL.parse(options.s3)
    if (!url) return misused('the address cannot be read as a URL')
    const isBucket = /^\/[^/]+\/?$/.test(url.pathname)
    const seen = await askOnce(await signed(url, isBucket, options, context.pass.now()), context)
    if (seen.outcome !== 'answered') return seen
    const facts = seen.certificate ? { ...seen.facts, certificate: seen.certificate } : seen.facts
    return judged(facts, { isBucket, host: url.host, expected: options.expect })
  },
}

/** Signed with AWS's version 4, which every such storage knows. */
async function signed(
  { origin, pathname, search }: URL,
  isBucket: boolean,
  { region, access_key, secret_key, session_token }: CheckOptions<'s3'>,
  now: Instant,
): Promise<Request> {
  const signer = new AwsV4Signer({
    method: 'GET',
    // One name of the bucket's list proves all that can be proved of it: the login, the bucket, and that it can be read.
    // The library takes a plus for a space, which it is not in a path.
    url: origin + pathname.replaceAll('+', '%2B') + (isBucket ? '?list-type=2&max-keys=1' : search),
    headers: { 'user-agent': 'Candor', 'x-amz-content-sha256': OF_NOTHING },
    accessKeyId: access_key,
    secretAccessKey: secret_key,
    sessionToken: session_token,
    service: 's3',
    region,
    datetime: new Date(now).toISOString().replaceAll(/[:-]|\.\d{3}/g, ''),
  })
  const { headers, url } = await signer.sign()
  // As it was signed: a URL leaves characters as they are that a signature encodes.
  url.pathname = signer.encodedPath
  return { url, method: 'GET', headers: Object.fromEntries(headers) }
}

/** The SHA-256 of an empty body. */
const OF_NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

interface Asked {
  isBucket: boolean
  host: string
  expected: readonly string[]
}

/** What the storage says is wrong, unless the check has its own idea of the status. */
function judged(facts: Facts, { isBucket, host, expected }: Asked): Observation {
  const { status = 0, headers, body } = facts
  const text = body?.text() ?? ''
  const said = status >= 300 ? /<Code>([^<]{1,100})<\/Code>/.exec(text)?.[1] : undefined
  if (said === 'RequestTimeTooSkewed') {
    return { outcome: 'unknown', reason: `${host}: says that this prober's clock is wrong`, code: 'clock' }
  }
  if (status === 200 && isBucket && !text.includes('<ListBucketResult')) {
    return { outcome: 'failed', reason: `${host}: what it answers is not S3`, code: 'protocol' }
  }
  if (status < 300 || expected.some((line) => /^\s*status\b/.test(line)))
    return { outcome: 'answered', facts }
  const words = /<Message>([^<]{1,300})<\/Message>/.exec(text)?.[1]
  const region = headers?.['x-amz-bucket-region']
  const reasons = [
    status < 400
      ? `status is ${status}: the bucket is elsewhere${region ? `, in ${region}` : ''}`
      : undefined,
    said && `the storage says ${said}${words ? `: ${words}` : ''}`,
  ].filter((reason) => reason !== undefined)
  const finding: Finding = { state: 'down', reason: reasons.join('; '), code: said ?? `http_${status}` }
  return { outcome: 'answered', facts, ...(reasons.length > 0 ? { finding } : {}) }
}
