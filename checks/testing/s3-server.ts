import { createHash, createHmac } from 'node:crypto'
import type { IncomingMessage, RequestListener } from 'node:http'
import { NOW } from './checks.ts'
import { s3Objects, type S3AtHand } from './expectations/s3.ts'
import { startHttp } from './servers.ts'

/** One bucket behind signatures that are truly examined, written from AWS's description and not with what signs them. */
export async function startS3(): Promise<S3AtHand & { close(): void }> {
  const server = await startHttp(storage)
  return { ...login, bucket: 'backups', endpoint: server.url, now: () => NOW, close: () => server.close() }
}

const login = {
  region: 'eu-central-1',
  accessKey: 'AKIDEXAMPLE',
  secretKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}

/** Answers as S3 does, to requests that are signed. */
export const storage: RequestListener = (request, response) => {
  const refuse = (status: number, code: string, message: string) => {
    const text = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`
    response.writeHead(status, { 'content-type': 'application/xml' }).end(text)
  }
  const url = new URL(request.url ?? '', 'http://any')
  const wrong = examined(request, url)
  if (wrong) return refuse(...wrong)
  const [, bucket, ...key] = url.pathname.split('/').map(decodeURIComponent)
  if (bucket !== 'backups') return refuse(404, 'NoSuchBucket', 'The specified bucket does not exist')
  const name = key.join('/')
  if (name === '') {
    const keys = Object.keys(s3Objects).slice(0, Number(url.searchParams.get('max-keys')))
    const contents = keys.map((one) => `<Contents><Key>${one}</Key></Contents>`).join('')
    return response.end(`<ListBucketResult><Name>backups</Name>${contents}</ListBucketResult>`)
  }
  const object = Object.entries(s3Objects).find(([one]) => one === name)?.[1]
  if (object === undefined) return refuse(404, 'NoSuchKey', 'The specified key does not exist.')
  return response.writeHead(200, { 'content-length': object.length }).end(object)
}

type Wrong = [status: number, code: string, message: string]

/** AWS Signature Version 4, "Authenticating Requests: Using the Authorization Header". */
function examined({ headers, method = '' }: IncomingMessage, url: URL): Wrong | undefined {
  const pattern = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/
  const [, credential = '', names = '', signature] = pattern.exec(headers.authorization ?? '') ?? []
  const [accessKey, day = '', region = '', service = '', end = ''] = credential.split('/')
  const time = String(headers['x-amz-date'])
  if (signature === undefined) return [403, 'AccessDenied', 'Access Denied']
  if (accessKey !== login.accessKey)
    return [403, 'InvalidAccessKeyId', 'The key you provided does not exist.']
  if (region !== login.region || service !== 's3' || end !== 'aws4_request') {
    return [400, 'AuthorizationHeaderMalformed', `The region is wrong; expecting '${login.region}'`]
  }
  const sent = Date.parse(time.replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z'))
  if (Math.abs(sent - NOW) > 15 * 60_000) return [403, 'RequestTimeTooSkewed', 'The difference is too large.']

  const signedHeaders = names.split(';').map((name) => `${name}:${String(headers[name]).trim()}\n`)
  const isComplete = ['host', 'x-amz-date', 'x-amz-content-sha256'].every((name) =>
    names.split(';').includes(name),
  )
  const query = [...url.searchParams]
    .map((pair) => pair.map(strictly).join('='))
    .toSorted()
    .join('&')
  const path = url.pathname
    .split('/')
    .map((part) => strictly(decodeURIComponent(part)))
    .join('/')
  const request = [method, path, query, signedHeaders.join(''), names, headers['x-amz-content-sha256']].join(
    '\n',
  )
  const scope = `${day}/${region}/s3/aws4_request`
  const toSign = ['AWS4-HMAC-SHA256', time, scope, createHash('sha256').update(request).digest('hex')].join(
    '\n',
  )
  const key = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${login.secretKey}`)
  const isRight = isComplete && hmac(key, toSign).toString('hex') === signature
  return isRight ? undefined : [403, 'SignatureDoesNotMatch', 'The signature we calculated does not match.']
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

/** RFC 3986's unreserved characters stay, all others are encoded. */
function strictly(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
