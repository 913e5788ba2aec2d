import { dns } from './dns.ts'
import { domain } from './domain.ts'
import { grpc } from './grpc.ts'
import { heartbeat } from './heartbeat.ts'
import { http } from './http.ts'
import { icmp } from './icmp.ts'
import { mysql } from './mysql.ts'
import { postgres } from './postgres.ts'
import { redis } from './redis.ts'
import { s3 } from './s3.ts'
import { prometheus } from './prometheus.ts'
import { script } from './script.ts'
import { smtp } from './smtp.ts'
import { tcp } from './tcp.ts'
import { tls } from './tls.ts'
import { udp } from './udp.ts'
import { upstream } from './upstream.ts'
import { websocket } from './websocket.ts'

/**
 * Every kind of check that `components.yaml` can hold. A new kind is a file here that says what it takes, a line in this
 * list, and a probe in `checks/`, whose registry does not compile without it.
 */
export const checkKinds = {
  http,
  tcp,
  dns,
  tls,
  grpc,
  udp,
  script,
  heartbeat,
  prometheus,
  websocket,
  postgres,
  icmp,
  domain,
  upstream,
  smtp,
  mysql,
  redis,
  s3,
} as const
