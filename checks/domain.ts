import { domainToASCII } from 'node:url'
import { z } from 'zod'
import { HOUR, parseInstant, yearProblem, type Instant } from '../src/model/time.ts'
import type { Facts, Finding, Observation, Probe, ProbeContext } from './contract.ts'
import { rdapServerFor } from './rdap-server.ts'
import { askSource } from './source.ts'

/** Asks a domain's registry until when it is registered (RDAP, RFC 9083). */
export const domain: Probe<'domain'> = {
  kind: 'domain',
  takesEnv: [],
  async ask({ domain, rdap }, context) {
    const name = domainToASCII(domain).toLowerCase()
    if (name === '') return unknown(`${domain} is not a domain`, 'domain')
    const server = rdap === undefined ? await rdapServerFor(name, context) : rdap.replace(/\/*$/, '/')
    return typeof server === 'string' ? remembered(`${server}domain/${name}`, name, context) : server.unknown
  },
}

/** A component is looked at as often as its most frequent check asks for; a registry is not. */
const REMEMBERED_MS = HOUR
const answers = new Map<string, { observation: Observation; at: Instant }>()

async function remembered(url: string, name: string, context: ProbeContext): Promise<Observation> {
  const now = context.pass.now()
  const last = answers.get(url)
  if (last && now >= last.at && now - last.at < REMEMBERED_MS) return last.observation
  const asked = await askSource({ url, headers: { accept: 'application/rdap+json' } }, context)
  const observation = 'unknown' in asked ? asked.unknown : read(asked.facts, name)
  if (observation.outcome === 'answered') answers.set(url, { observation, at: now })
  return observation
}

function read({ status, body }: Facts, name: string): Observation {
  if (status === 404)
    return { outcome: 'failed', reason: `${name} is not registered`, code: 'not_registered' }
  if (status === 429) return unknown('the registry does not answer so many questions (429)', 'rate_limit')
  if (status !== 200) return unknown(`the registry answers with status ${status}`, `http_${status}`)
  const json = body?.json() ?? { problem: 'it is empty' }
  const answer = 'value' in json ? answerSchema.safeParse(json.value).data : undefined
  if (!answer) {
    return unknown(
      `the registry's answer cannot be read${'problem' in json ? `: ${json.problem}` : ''}`,
      'rdap',
    )
  }
  const dates = answer.events.flatMap(({ eventAction, eventDate }) =>
    eventAction.toLowerCase() === 'expiration' ? [momentOf(eventDate)] : [],
  )
  if (dates.length === 0) return unknown(`the registry does not say when ${name} expires`, 'no_expiry')
  const known = dates.filter((at) => at !== undefined)
  if (known.length === 0) return unknown(`the registry's date for ${name} cannot be read`, 'bad_date')
  const finding = findingOf(name, answer.status)
  return {
    outcome: 'answered',
    facts: { expires: Math.min(...known) },
    latencyMs: 'none',
    ...(finding && { finding }),
  }
}

/** RFC 3339, or what some registries make of it: without a time zone, or without a time. */
function momentOf(text: string): Instant | undefined {
  const at = parseInstant(text) ?? parseInstant(`${text}Z`) ?? parseInstant(`${text}T00:00Z`)
  return at === undefined || yearProblem(at) !== undefined ? undefined : at
}

/** A status by which a name is not in the DNS (RFC 8056, RFC 5731 §2.3), so that nobody reaches it. */
function findingOf(name: string, statuses: readonly string[]): Finding | undefined {
  const [offline] = statuses.map((word) => word.toLowerCase()).filter((word) => OFFLINE.has(word))
  if (offline === undefined) return undefined
  return {
    state: 'down',
    reason: `${name} has the status "${offline}" and is not in the DNS`,
    code: 'domain_status',
  }
}

const OFFLINE = new Set(['client hold', 'server hold', 'inactive', 'redemption period', 'pending delete'])

const answerSchema = z.object({
  objectClassName: z.literal('domain'),
  events: z.array(z.object({ eventAction: z.string(), eventDate: z.string().max(40) })).default([]),
  status: z.array(z.string()).default([]),
})

function unknown(reason: string, code: string): Observation {
  return { outcome: 'unknown', reason, code, final: code !== 'http_503' }
}
