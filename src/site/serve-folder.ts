import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import path from 'node:path'

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.xml': 'application/rss+xml; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.png': 'image/png',
}

/**
 * Serves a built folder the way a static host does: `…/` is its `index.html`, an unknown address is `404.html`, every
 * answer has an ETag and is checked again at each visit. For one's own machine; a public page belongs on a CDN.
 * @throws the listen error, such as EADDRINUSE
 */
export async function serveFolder(
  folder: string,
  port: number,
  host = '127.0.0.1',
): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    answer(folder, request.url ?? '/', request.headers['if-none-match']).then(
      ({ status, headers, body }) => {
        response.writeHead(status, headers)
        response.end(request.method === 'HEAD' ? undefined : body)
      },
      // One file that cannot be read must not end the probes that run beside the page.
      (error: NodeJS.ErrnoException) =>
        response
          .writeHead(500, { 'content-type': 'text/plain' })
          .end(`Cannot be read: ${error.code ?? error.name}\n`),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const address = server.address()
  const bound = typeof address === 'object' && address ? address.port : port
  return { server, url: `http://localhost:${String(bound)}` }
}

interface Answer {
  status: number
  headers: Record<string, string>
  body?: Buffer
}

async function answer(folder: string, url: string, known: string | undefined): Promise<Answer> {
  const place = placeOf(folder, url)
  const file = place === undefined ? undefined : await readFirst([place, path.join(place, 'index.html')])
  if (file?.path.endsWith('index.html') && !/\/(?:index\.html)?(?:[?#].*)?$/.test(url))
    return { status: 301, headers: { location: `${url.replace(/[?#].*$/, '').replace(/^\/+/, '/')}/` } }
  const found = file ?? (await readFirst([path.join(folder, '404.html')]))
  const status = file ? 200 : 404
  if (!found) return { status, headers: { 'content-type': 'text/plain' }, body: Buffer.from('Not found\n') }
  const etag = `"${createHash('sha256').update(found.bytes).digest('hex').slice(0, 20)}"`
  const headers = {
    'content-type': types[path.extname(found.path)] ?? 'application/octet-stream',
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
    'access-control-allow-origin': '*',
    etag,
  }
  if (status === 200 && known === etag) return { status: 304, headers }
  return { status, headers, body: found.bytes }
}

/** The place in the folder that an address means; `undefined` for one that leads outside, or to a hidden file. */
function placeOf(folder: string, url: string): string | undefined {
  try {
    const name = decodeURIComponent(new URL(url, 'http://localhost').pathname)
    const place = path.join(folder, path.normalize(name))
    const inside =
      place === folder || place.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep)
    return inside && !name.includes('\0') && !/(?:^|\/)\./.test(name) ? place : undefined
  } catch {
    return undefined
  }
}

async function readFirst(candidates: string[]): Promise<{ path: string; bytes: Buffer } | undefined> {
  for (const candidate of candidates) {
    try {
      return { path: candidate, bytes: await readFile(candidate) }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (!['ENOENT', 'EISDIR', 'ENOTDIR', 'ENAMETOOLONG'].includes(code ?? '')) throw error
    }
  }
  return undefined
}
