import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { WebSocketServer, type ServerOptions, type WebSocket } from 'ws'
import { startTcp, type RunningServer } from './servers.ts'

/** A WebSocket server on loopback that does with each connection what it is told. */
export async function startWebSocket(
  onConnection: (socket: WebSocket, request: IncomingMessage) => void,
  options: ServerOptions = {},
): Promise<RunningServer> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', ...options })
  server.on('connection', (socket, request) => {
    socket.on('error', () => socket.terminate())
    onConnection(socket, request)
  })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = () => {
    server.close()
    for (const socket of server.clients) socket.terminate()
  }
  return { port, url: `ws://127.0.0.1:${port}`, close }
}

/** A server that accepts the upgrade and then does on the bare connection what it is told. */
export async function startBareWebSocket(onUpgrade: (socket: Socket) => void): Promise<RunningServer> {
  const server = await startTcp((socket) => {
    socket.once('data', (request) => {
      const key = /^sec-websocket-key: *(.+?)\r$/im.exec(request.toString())?.[1] ?? ''
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${acceptFor(key)}\r\n\r\n`,
      )
      onUpgrade(socket)
    })
  })
  return { ...server, url: `ws://127.0.0.1:${server.port}` }
}

/** RFC 6455 §4.2.2. */
function acceptFor(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
}
