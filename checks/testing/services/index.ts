import type { Service } from './define-service.ts'
import { mariadb } from './mariadb.ts'
import { postgres } from './postgres.ts'
import { prometheus } from './prometheus.ts'
import { redis } from './redis.ts'
import { swift } from './swift.ts'

/**
 * The real servers that `npm run test:services` starts. A new one is a file here and a line in this list; what is expected
 * of it stands in `expectations/`, where the tests of `npm test` take it from too.
 */
export const services: Record<string, Service> = { postgres, mariadb, prometheus, redis, swift }
