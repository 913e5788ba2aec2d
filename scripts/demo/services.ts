import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTcpServer, type Server as TcpServer } from 'node:net'

/** What can go wrong with Acme's services. */
export interface Faults {
  /** Extra time before the API answers, in milliseconds. */
  apiDelayMs: number
  webhooksDown: boolean
  dashboardDown: boolean
  /** The way from Frankfurt to the CDN is cut: the connection ends as it begins. */
  frankfurtCut: boolean
}

/** Starts the five small services that `examples/acme/components.yaml` checks, and a second way to the last. `faults` may be changed at any time. */
export async function startServices(faults: Faults): Promise<{ stop: () => void }> {
  const servers: (Server | TcpServer)[] = [
    await http(14701, (_request, response) => {
      setTimeout(
        () => response.setHeader('content-type', 'application/json').end('{"database":"up"}'),
        faults.apiDelayMs,
      )
    }),
    await http(14702, (_request, response) =>
      response.writeHead(faults.dashboardDown ? 502 : 200).end('<title>Dashboard</title>'),
    ),
    await listen(
      createTcpServer((socket) => socket.on('error', () => undefined).end()),
      14703,
    ),
    await http(14704, (_request, response) => response.writeHead(faults.webhooksDown ? 503 : 200).end()),
    await http(14705, cdn),
    await http(14706, (request, response) =>
      faults.frankfurtCut ? request.socket.destroy() : cdn(request, response),
    ),
  ]
  return {
    stop: () => {
      for (const server of servers) {
        server.close()
        if ('closeAllConnections' in server) server.closeAllConnections()
      }
    },
  }
}

const cdn: RequestListener = (_request, response) => {
  response.setHeader('x-edge', 'europe').end('ok')
}

function http(port: number, answer: RequestListener): Promise<Server> {
  return listen(createHttpServer(answer), port)
}

function listen<T extends Server | TcpServer>(server: T, port: number): Promise<T> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}
