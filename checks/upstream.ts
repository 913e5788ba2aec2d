import type { Facts, Finding, Observation, Probe } from './contract.ts'
import { askSource, unusable, type Unknown } from './source.ts'
import { readStatusFeed } from './status-feed.ts'
import { readStatuspage } from './statuspage.ts'

/** What another's status page says of itself: nothing wrong, or what. */
export type Said = { finding?: Finding } | { unknown: Unknown }

/** Mirrors another's public status page. That page is not the service: when it cannot be read, nothing is known. */
export const upstream: Probe<'upstream'> = {
  kind: 'upstream',
  takesEnv: [],
  async ask({ upstream: address, component }, context) {
    const url = new URL(address)
    if (url.pathname === '/') url.pathname = '/api/v2/summary.json'
    const asked = await askSource({ url: url.href }, context)
    const said =
      'unknown' in asked ? asked : read(asked.facts, { host: url.host, component, now: context.pass.now() })
    if ('unknown' in said) return said.unknown
    return { outcome: 'answered', facts: {}, latencyMs: 'none', ...said } satisfies Observation
  },
}

function read({ status, body }: Facts, about: { host: string; component?: string; now: number }): Said {
  if (status !== 200 || !body) {
    return unusable(`${about.host} answers with status ${status}`, `http_${status}`, {
      final: (status ?? 0) < 500,
    })
  }
  if (body.truncated) return unusable(`what ${about.host} says is longer than 1 MiB`, 'too_long')
  const start = body.text().trimStart().slice(0, 1)
  if (start === '{') return readStatuspage(body.json(), about)
  if (start === '<') return readStatusFeed(body.text(), about)
  return unusable(`what ${about.host} says is neither JSON nor a feed`, 'unreadable')
}
