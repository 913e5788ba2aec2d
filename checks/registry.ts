import type { CheckKind } from '../src/model/check.ts'
import type { Probe } from './contract.ts'

/** Every kind of check and the file that asks for it, loaded when a check first needs it. */
const probes = {
  http: async () => (await import('./http.ts')).http,
  tcp: async () => (await import('./tcp.ts')).tcp,
  dns: async () => (await import('./dns.ts')).dns,
  tls: async () => (await import('./tls.ts')).tls,
  grpc: async () => (await import('./grpc.ts')).grpc,
  udp: async () => (await import('./udp.ts')).udp,
  script: async () => (await import('./script.ts')).script,
  heartbeat: async () => (await import('./heartbeat.ts')).heartbeat,
  prometheus: async () => (await import('./prometheus.ts')).prometheus,
  websocket: async () => (await import('./websocket.ts')).websocket,
  postgres: async () => (await import('./postgres.ts')).postgres,
  icmp: async () => (await import('./icmp.ts')).icmp,
  domain: async () => (await import('./domain.ts')).domain,
  upstream: async () => (await import('./upstream.ts')).upstream,
  smtp: async () => (await import('./smtp.ts')).smtp,
  mysql: async () => (await import('./mysql.ts')).mysql,
  redis: async () => (await import('./redis.ts')).redis,
  s3: async () => (await import('./s3.ts')).s3,
} satisfies ProbeLoaders

/** The probe of a kind. */
export function loadProbe<K extends CheckKind>(kind: K): Promise<Probe<K>> {
  const loaders: ProbeLoaders = probes
  const loading: LoadingProbes = loadedProbes
  // Written without `??=`, whose type is the union of both sides' kinds.
  const known: Promise<Probe<K>> | undefined = loading[kind]
  if (known) return known
  const probe = loaders[kind]()
  loading[kind] = probe as LoadingProbes[K]
  return probe
}

// `import()` of a module that is loaded already still costs as much as a request on this machine's own network.
const loadedProbes: LoadingProbes = {}

type ProbeLoaders = { [K in CheckKind]: () => Promise<Probe<K>> }
type LoadingProbes = { [K in CheckKind]?: Promise<Probe<K>> }
