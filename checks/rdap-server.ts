import { z } from 'zod'
import type { Instant } from '../src/model/time.ts'
import { DAY } from '../src/model/time.ts'
import type { ProbeContext } from './contract.ts'
import { askSource, unusable, type Unknown } from './source.ts'

/** IANA's list of who speaks RDAP for which ending of a domain (RFC 9224). */
const IANA_LIST = 'https://data.iana.org/rdap/dns.json'

/** The address of the RDAP server for a domain (in ASCII), with a slash at its end. */
export async function rdapServerFor(
  domain: string,
  context: ProbeContext,
  listUrl = IANA_LIST,
): Promise<string | { unknown: Unknown }> {
  const list = await knownList(listUrl, context)
  if (!Array.isArray(list)) return list
  const labels = domain.split('.')
  // Some registries have an ending of two labels; the longest one that is listed decides.
  for (let from = 1; from < labels.length; from++) {
    const ending = labels.slice(from).join('.')
    const [, servers = []] = list.find(([endings]) => endings.includes(ending)) ?? []
    const server = servers.find((url) => url.startsWith('https://')) ?? servers[0]
    if (server !== undefined) return server.replace(/\/*$/, '/')
  }
  return unusable(
    `the registry of .${labels.at(-1)} is not listed as one that can be asked (RDAP)`,
    'no_rdap',
  )
}

type List = z.output<typeof listSchema>['services']
const listSchema = z.object({
  services: z.array(z.tuple([z.array(z.string()), z.array(z.string())])),
})

/** Lists by address. They change a few times a month, so that a process reads one once a day. */
const lists = new Map<string, { list: List; readAt: Instant }>()

async function knownList(url: string, context: ProbeContext): Promise<List | { unknown: Unknown }> {
  const now = context.pass.now()
  const known = lists.get(url)
  if (known && now >= known.readAt && now - known.readAt < DAY) return known.list
  const asked = await askSource({ url }, context)
  if ('unknown' in asked) return asked
  const json = asked.facts.body?.json()
  const read = json && 'value' in json ? listSchema.safeParse(json.value).data : undefined
  if (!read)
    return unusable(`the list of registries at ${new URL(url).host} cannot be read`, 'rdap_list', {
      final: false,
    })
  lists.set(url, { list: read.services, readAt: now })
  return read.services
}
