import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { startTcp, type RunningServer } from './servers.ts'

/** A mail server on loopback. */
export async function startSmtp(options: SMTPServerOptions): Promise<{ port: number; close(): void }> {
  const server = new SMTPServer({ logger: false, disableReverseLookup: true, closeTimeout: 1, ...options })
  // Of clients that went away or did not like the certificate.
  server.on('error', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  return { port: (server.server.address() as AddressInfo).port, close: () => server.close() }
}

/** A mail server that greets, and then gives these replies to one command after the other; it closes where there is none. */
export function startSmtpScript(greeting: string, replies: readonly string[]): Promise<RunningServer> {
  return startTcp((socket) => {
    const left = [...replies]
    socket.write(greeting)
    socket.on('data', () => {
      const reply = left.shift()
      if (reply === undefined) socket.end()
      else socket.write(reply)
    })
  })
}
