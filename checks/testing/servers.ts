import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** A server on loopback that goes down with all its connections. */
export interface RunningServer {
  port: number
  /** `http://127.0.0.1:port`, or `https://localhost:port`. */
  url: string
  close(): void
}

export function startHttp(listener: RequestListener): Promise<RunningServer> {
  return listen(createServer(listener), 'http://127.0.0.1')
}

export function startHttps(
  pair: { key: string; cert: string },
  listener: RequestListener,
): Promise<RunningServer> {
  return listen(createHttpsServer(pair, listener), 'https://localhost')
}

/** A server that does with each connection what it is told; its errors are those of clients that went away. */
export function startTcp(onConnection: (socket: Socket) => void): Promise<RunningServer> {
  return listen(createTcpServer(onConnection), 'http://127.0.0.1')
}

/** A port where nobody listens. */
export async function closedPort(): Promise<number> {
  const { port, close } = await startTcp(() => undefined)
  close()
  return port
}

async function listen(server: Server, origin: string): Promise<RunningServer> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  return { port, url: `${origin}:${port}`, close }
}
