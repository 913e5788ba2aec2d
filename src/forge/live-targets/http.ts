import { ForgeError } from '../forge-error.ts'
import { ask } from './ask.ts'
import type { SaveLive } from './contract.ts'

/** What every copy of a snapshot says of itself: a browser may show it for a quarter of a minute. */
export const snapshotHeaders = {
  'content-type': 'application/json',
  'cache-control': 'public, max-age=15, stale-while-revalidate=60',
}

/** `https://…`: put there by `PUT`, with the header `authorization` where one is given. */
export const toHttp: SaveLive = async ({ text }, { to, authorization, network }) => {
  const { protocol, hostname } = new URL(to)
  const own = ['127.0.0.1', '[::1]', 'localhost'].includes(hostname)
  if (authorization !== undefined && protocol === 'http:' && !own)
    throw new ForgeError('refused', 'authorization is sent over https only')
  const headers = { ...snapshotHeaders, ...(authorization !== undefined && { authorization }) }
  await ask({ url: to, method: 'PUT', headers, body: text }, network)
}
