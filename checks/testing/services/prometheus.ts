import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { expectPrometheus } from '../expectations/prometheus.ts'
import { closedPort } from '../servers.ts'
import { defineService } from './define-service.ts'
import { ownFolder, serve } from './processes.ts'

/** Prometheus, as Debian packages it, with nothing to scrape. */
export const prometheus = defineService<{ port: number }>({
  packages: ['prometheus'],
  async start(folder) {
    const config = path.join(folder, 'prometheus.yml')
    writeFileSync(config, 'global: { scrape_interval: 1h }\n', { mode: 0o644 })
    const port = await closedPort()
    const { stop } = await serve(
      '/usr/bin/prometheus',
      [
        `--config.file=${config}`,
        `--storage.tsdb.path=${ownFolder(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { port },
    )
    return { at: { port }, stop }
  },
  expect: expectPrometheus,
})
