import { connect } from 'node:net'
import { once } from 'node:events'
import { writeCommand } from '../../redis-reply.ts'
import { expectRedis, redisContents, type RedisAtHand } from '../expectations/redis.ts'
import { closedPort } from '../servers.ts'
import { defineService } from './define-service.ts'
import { certificateFiles, ownFolder, serve } from './processes.ts'

/** Redis, as Debian packages it. */
export const redis = defineService<RedisAtHand>({
  packages: ['redis-server'],
  async start(folder) {
    const data = ownFolder(folder, 'data')
    const { ca, caFile, key, cert } = await certificateFiles(ownFolder(folder, 'certificates'))
    const [port, tlsPort] = [await closedPort(), await closedPort()]
    const login = { user: 'probe', password: 'p@ss/word#1' }
    const settings = {
      port: String(port),
      'tls-port': String(tlsPort),
      'tls-key-file': key,
      'tls-cert-file': cert,
      'tls-ca-cert-file': caFile,
      'tls-auth-clients': 'no',
      bind: '127.0.0.1',
      dir: data,
      save: '',
      requirepass: 'for the administrator',
      user: `${login.user} on >${login.password} ~* +@all`,
    }
    const args = Object.entries(settings).flatMap(([name, value]) => [
      `--${name}`,
      ...userOrWhole(name, value),
    ])
    const { stop } = await serve('/usr/bin/redis-server', args, { port })
    await fill(port, [['AUTH', login.user, login.password], ...redisContents])
    return { at: { ...login, port, tlsPort, ca }, stop }
  },
  expect: expectRedis,
})

/** Rules for a user are words of their own; everything else is one. */
const userOrWhole = (name: string, value: string) => (name === 'user' ? value.split(' ') : [value])

async function fill(port: number, commands: readonly (readonly string[])[]): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1' })
  socket.end(commands.map(writeCommand).join(''))
  let said = ''
  socket.on('data', (chunk) => (said += String(chunk)))
  await once(socket, 'close')
  if (said.includes('-')) throw new Error(`Redis refuses what the tests need: ${said}`)
}
