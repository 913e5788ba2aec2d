import type { Socket } from 'node:net'
import { createServer } from 'node:tls'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createAuthority } from './certificates.ts'
import { redisContents, type RedisAtHand } from './expectations/redis.ts'
import { startTcp } from './servers.ts'

/** As much of Redis as the checks ask for: login, databases, a few types and their errors. */
export async function startRedis(): Promise<RedisAtHand & { close(): void }> {
  const authority = await createAuthority()
  const login = { user: 'probe', password: 'p@ss/word#1' }
  const contents: Contents[] = [new Map(), new Map()]
  for (const [, key = '', ...values] of redisContents) contents[0]?.set(key, values)
  const serve = (socket: Socket) => converse(socket, login, contents)
  const plain = await startTcp(serve)
  const secure = createServer(await authority.issue(['localhost']), (socket) => {
    socket.on('error', () => socket.destroy())
    serve(socket)
  })
  secure.listen(0, '127.0.0.1')
  await once(secure, 'listening')
  return {
    ...login,
    port: plain.port,
    tlsPort: (secure.address() as AddressInfo).port,
    ca: authority.ca,
    close: () => {
      plain.close()
      secure.close()
    },
  }
}

/** Each key's text, or its list. */
type Contents = Map<string, string[]>

function converse(socket: Socket, login: { user: string; password: string }, contents: Contents[]): void {
  let rest = ''
  let database = contents[0]
  let mayAsk = false
  const answers: Record<string, (...words: string[]) => string> = {
    AUTH: (user = '', password = '') => {
      mayAsk = user === login.user && password === login.password
      return mayAsk ? '+OK' : '-WRONGPASS invalid username-password pair or user is disabled.'
    },
    SELECT: (index = '') => {
      if (!contents[Number(index)]) return '-ERR DB index is out of range'
      database = contents[Number(index)]
      return '+OK'
    },
    PING: () => '+PONG',
    GET: (key) =>
      key === undefined ? "-ERR wrong number of arguments for 'get' command" : bulk(database?.get(key)?.[0]),
    MGET: (...keys) => list(keys.map((key) => bulk(database?.get(key)?.[0]))),
    LLEN: (key = '') =>
      key === 'waiting'
        ? '-WRONGTYPE Operation against a key holding the wrong kind of value'
        : `:${database?.get(key)?.length ?? 0}`,
    LINDEX: (key = '', index = '') => bulk(database?.get(key)?.at(Number(index))),
    LRANGE: (key = '') => list((database?.get(key) ?? []).map(bulk)),
    ROLE: () => list([bulk('master'), ':0', list([])]),
    INFO: () => bulk('# Replication\r\nrole:master\r\nconnected_slaves:0\r\n'),
  }
  socket.on('data', (chunk) => {
    rest += chunk.toString('latin1')
    for (let command = take(rest); command; command = take(rest)) {
      rest = rest.slice(command.length)
      const [name = '', ...words] = command.words
      const isAllowed = mayAsk || name === 'AUTH'
      const answer = isAllowed ? answers[name.toUpperCase()]?.(...words) : '-NOAUTH Authentication required.'
      socket.write(`${answer ?? `-ERR unknown command '${name}'`}\r\n`)
    }
  })
}

const bulk = (text: string | undefined): string =>
  text === undefined ? '$-1' : `$${Buffer.byteLength(text)}\r\n${text}`
const list = (members: string[]): string => [`*${members.length}`, ...members].join('\r\n')

/** One whole command from the front of what came in, in bytes; `undefined` while it is not complete. */
function take(bytes: string): { words: string[]; length: number } | undefined {
  const head = /^\*(\d+)\r\n/.exec(bytes)
  if (!head) return undefined
  const words: string[] = []
  let at = head[0].length
  while (words.length < Number(head[1])) {
    const size = /^\$(\d+)\r\n/.exec(bytes.slice(at))
    if (!size) return undefined
    const from = at + size[0].length
    at = from + Number(size[1]) + 2
    if (bytes.length < at) return undefined
    words.push(Buffer.from(bytes.slice(from, at - 2), 'latin1').toString())
  }
  return { words, length: at }
}
