import path from 'node:path'
import { expectMysql, type MysqlAtHand } from '../expectations/mysql.ts'
import { closedPort } from '../servers.ts'
import { defineService } from './define-service.ts'
import { certificateFiles, ownFolder, run, serve } from './processes.ts'

/** MariaDB, as Debian packages it. */
export const mariadb = defineService<MysqlAtHand>({
  packages: ['mariadb-server'],
  async start(folder) {
    const data = ownFolder(folder, 'data')
    const { ca, key, cert } = await certificateFiles(ownFolder(folder, 'certificates'))
    await run('mariadb-install-db', [
      '--no-defaults',
      `--datadir=${data}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
    ])
    const port = await closedPort()
    const socket = path.join(data, 'server.sock')
    const settings = [`--datadir=${data}`, `--socket=${socket}`, `--ssl-key=${key}`, `--ssl-cert=${cert}`]
    const network = ['--bind-address=127.0.0.1', `--port=${port}`]
    const { stop } = await serve('/usr/sbin/mariadbd', ['--no-defaults', ...settings, ...network], { port })
    const login = { user: 'probe', password: 'p@ss/word#1', database: 'shop' }
    const sql = `create database shop; create user probe@localhost identified by '${login.password}'; grant all on *.* to probe@localhost;`
    await run('mariadb', ['--no-defaults', '-u', 'root', '-S', socket], sql)
    return { at: { ...login, port, ca }, stop }
  },
  expect: expectMysql,
})
