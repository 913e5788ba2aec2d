import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe } from 'vitest'
import { services } from './testing/services/index.ts'

// Run by `npm run test:services`: what `npm test` expects of the servers that stand in, here of the real ones.
describe.each(Object.entries(services))('%s', (_, service) => {
  let folder = ''
  let stop: (() => Promise<void>) | undefined
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'candor-service-'))
    // The servers run as a user of their own, which has to reach its folder in there.
    chmodSync(folder, 0o755)
    stop = await service.start(folder)
  })
  afterAll(async () => {
    await stop?.()
    rmSync(folder, { recursive: true })
  })

  service.expect()
})
