import { serveBeats } from './serve-beats.ts'
import { say, UsageError } from './say.ts'

/** Does some work, and takes beats over HTTP for as long as it goes on, where an address for that is given. */
export async function takingBeats(
  { root, beats }: { root: string; beats?: { host: string; port: number } },
  work: () => Promise<void>,
): Promise<void> {
  if (!beats) return work()
  const { server, url } = await serveBeats({ root, ...beats, env: process.env }).catch((error: unknown) => {
    const { code = '' } = error as NodeJS.ErrnoException
    if (!['EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES', 'ENOTFOUND'].includes(code)) throw error
    throw new UsageError(
      `Beats cannot be taken at ${beats.host}:${String(beats.port)} (${code}). Give another address.`,
    )
  })
  say(`taking beats on ${url}/beat/<component>`)
  try {
    await work()
  } finally {
    server.close()
    server.closeAllConnections()
  }
}
