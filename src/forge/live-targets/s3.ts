import { AwsV4Signer } from 'aws4fetch'
import { ForgeError } from '../forge-error.ts'
import { ask } from './ask.ts'
import type { SaveLive } from './contract.ts'
import { snapshotHeaders } from './http.ts'

/**
 * `s3://bucket/key?endpoint=https://…&region=…`: an object of S3 or of what speaks like it (R2, MinIO, Garage). Without
 * an endpoint it is Amazon's. Signed (AWS Signature Version 4) with `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and,
 * where there is one, `AWS_SESSION_TOKEN` of the environment.
 */
export const toS3: SaveLive = async ({ text }, { to, env, network, now }) => {
  const { url, region } = s3Address(to)
  const accessKeyId = env['AWS_ACCESS_KEY_ID'] ?? ''
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY'] ?? ''
  if (accessKeyId === '' || secretAccessKey === '')
    throw new ForgeError('refused', 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are needed, and not set')
  const sessionToken = env['AWS_SESSION_TOKEN'] ?? ''
  const signed = await new AwsV4Signer({
    method: 'PUT',
    url,
    body: text,
    headers: snapshotHeaders,
    service: 's3',
    region,
    accessKeyId,
    secretAccessKey,
    ...(sessionToken !== '' && { sessionToken }),
    datetime: now.toISOString().replaceAll(/[:-]|\.\d{3}/g, ''),
  }).sign()
  const headers = Object.fromEntries(signed.headers.entries())
  await ask({ url: signed.url.href, method: 'PUT', headers, body: text }, network)
}

function s3Address(to: string): { url: string; region: string } {
  const { hostname: bucket, pathname, searchParams } = new URL(to)
  const endpoint = searchParams.get('endpoint')
  const region = searchParams.get('region') ?? (endpoint === null ? 'us-east-1' : 'auto')
  if (endpoint === null) return { url: `https://${bucket}.s3.${region}.amazonaws.com${pathname}`, region }
  return { url: `${endpoint.replace(/\/+$/, '')}/${bucket}${pathname}`, region }
}
