import { Resolver } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { CheckOptions } from '../src/model/check.ts'
import type { Observation, Probe, ProbeContext } from './contract.ts'
import { explainFailure } from './failures.ts'

/** Asks for records of a name: the named resolver, or the machine's own. No record is down; silence depends on who was asked. */
export const dns: Probe<'dns'> = {
  kind: 'dns',
  takesEnv: [],
  async ask(options, context) {
    const resolver = new Resolver({ timeout: FIRST_WAIT_MS, tries: QUERIES })
    const letGo = () => resolver.cancel()
    context.signal.addEventListener('abort', letGo, { once: true })
    try {
      if (options.resolver !== undefined) {
        await useServer(resolver, options.resolver, context)
      }
      // The machine's own resolver belongs to the prober: its silence is no outage of the name.
      context.waitFor(options.resolver === undefined ? 'name lookup' : 'answer')
      const answers = await recordReaders[options.record](resolver, options.dns)
      return { outcome: 'answered', facts: { answers } }
    } catch (error) {
      return explained(error, options)
    } finally {
      context.signal.removeEventListener('abort', letGo)
    }
  },
}

// c-ares waits twice as long for each further try, and the runner's deadline is the longest wait of all.
const FIRST_WAIT_MS = 1_000
const QUERIES = 6

async function useServer(resolver: Resolver, server: string, { pass }: ProbeContext): Promise<void> {
  const address =
    /^\[(.+)\](?::\d+)?$/.exec(server)?.[1] ?? (isIP(server) ? server : server.replace(/:\d+$/, ''))
  if (!isIP(address)) throw new BadServer()
  await pass.network.addressesOf(address)
  try {
    resolver.setServers([server])
  } catch {
    throw new BadServer()
  }
}

/** How each type of record is asked for and written as text. */
const recordReaders = {
  A: (resolver, name) => resolver.resolve4(name),
  AAAA: (resolver, name) => resolver.resolve6(name),
  CNAME: (resolver, name) => resolver.resolveCname(name),
  NS: (resolver, name) => resolver.resolveNs(name),
  TXT: async (resolver, name) => (await resolver.resolveTxt(name)).map((parts) => parts.join('')),
  MX: async (resolver, name) =>
    (await resolver.resolveMx(name)).map(({ priority, exchange }) => `${priority} ${exchange}`),
  SRV: async (resolver, name) =>
    (await resolver.resolveSrv(name)).map((one) => `${one.priority} ${one.weight} ${one.port} ${one.name}`),
  CAA: async (resolver, name) =>
    (await resolver.resolveCaa(name)).map((record) => {
      const tag = caaTags.find((one) => record[one] !== undefined)
      return `${record.critical} ${tag ?? 'unknown'} ${tag ? record[tag] : ''}`.trim()
    }),
} satisfies Record<CheckOptions<'dns'>['record'], (resolver: Resolver, name: string) => Promise<string[]>>

const caaTags = ['issue', 'issuewild', 'iodef', 'contactemail', 'contactphone'] as const

function explained(error: unknown, { dns: name, record, resolver }: CheckOptions<'dns'>): Observation {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const aboutName = nameProblems[code]
  if (aboutName) return { outcome: 'failed', reason: `${name} ${aboutName(record)}`, code }
  if (error instanceof BadServer) {
    return { outcome: 'unknown', reason: error.message, code: 'resolver', final: true }
  }
  const problem = serverProblems[code]
  if (problem === undefined) return explainFailure(error, name)
  // A named server is part of what is checked; the machine's own is part of the prober.
  return resolver === undefined
    ? { outcome: 'unknown', reason: `this prober's name resolver ${problem}`, code }
    : { outcome: 'failed', reason: `${name}: the name server ${resolver} ${problem}`, code }
}

const nameProblems: Record<string, (record: string) => string> = {
  ENOTFOUND: () => 'does not exist',
  ENODATA: (record) => `has no ${record} record`,
  // Whoever was asked, it asked the name's own servers and got nothing usable from them.
  ESERVFAIL: () => 'cannot be resolved (SERVFAIL)',
  EBADNAME: () => 'is not a name that DNS can be asked for',
}

const serverProblems: Record<string, string> = {
  ETIMEOUT: 'does not answer',
  ECONNREFUSED: 'cannot be reached',
  EREFUSED: 'refuses to answer',
  EFORMERR: 'does not understand the question',
  ENOTIMP: 'does not know this type of record',
  EBADRESP: 'answers something that is not DNS',
  ECANCELLED: 'does not answer',
}

class BadServer extends Error {
  constructor() {
    super('`resolver` must be an address or address:port, such as 192.0.2.53 or [2001:db8::53]:53')
  }
}
