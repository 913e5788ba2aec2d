import { readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expectPostgres, type PostgresAtHand } from '../expectations/postgres.ts'
import { closedPort } from '../servers.ts'
import { defineService } from './define-service.ts'
import { certificateFiles, ownFolder, run, serve } from './processes.ts'

/** PostgreSQL with a login by SCRAM, as Debian packages it. */
export const postgres = defineService<PostgresAtHand>({
  packages: ['postgresql'],
  async start(folder) {
    const bin = path.join('/usr/lib/postgresql', newest('/usr/lib/postgresql'), 'bin')
    const data = ownFolder(folder, 'data')
    await run(path.join(bin, 'initdb'), [
      '-D',
      data,
      '-U',
      'admin',
      '--auth=trust',
      '-E',
      'UTF8',
      '--no-sync',
    ])
    const { ca, key, cert } = await certificateFiles(data)
    // Its socket in the folder is for the administrator, everything that comes over TCP needs the password.
    writeFileSync(path.join(data, 'pg_hba.conf'), 'local all admin trust\nhost all all all scram-sha-256\n')
    const port = await closedPort()
    const settings = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: data,
      ssl: 'on',
      ssl_key_file: key,
      ssl_cert_file: cert,
      fsync: 'off',
    }
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const { stop } = await serve(path.join(bin, 'postgres'), ['-D', data, '-p', String(port), ...args], {
      port,
      signal: 'SIGINT',
    })
    const login = { user: 'probe', password: 'p@ss/word#1', database: 'shop' }
    const psql = ['-h', data, '-p', String(port), '-U', 'admin', '-d', 'postgres', '-v', 'ON_ERROR_STOP=1']
    const sql = `create role probe login password '${login.password}';\ncreate database shop;\n`
    await run(path.join(bin, 'psql'), psql, sql)
    return { at: { ...login, port, ca }, stop }
  },
  expect: expectPostgres,
})

function newest(folder: string): string {
  const versions = readdirSync(folder).map(Number).filter(Number.isFinite)
  return String(Math.max(...versions))
}
