import { z } from 'zod'
import { nearest } from '../src/model/nearest.ts'
import type { Finding } from './contract.ts'
import { unusable, type Unknown } from './source.ts'
import { shownValue } from './words.ts'

/** What a `summary.json` of Statuspage's API v2 says of the page, or of one component. */
export function readStatuspage(
  json: { value: unknown } | { problem: string },
  { host, component }: { host: string; component?: string },
): { finding?: Finding } | { unknown: Unknown } {
  const summary = 'value' in json ? summarySchema.safeParse(json.value).data : undefined
  if (!summary) return unusable(`what ${host} says is not a summary of Statuspage's kind`, 'unreadable')
  const { components, page, status } = summary
  const name = shown(page?.name ?? host)
  if (component === undefined) {
    if (status) return ofPage(status, name)
    return worstOf(components.map((one) => ofComponent(one, name)))
  }
  const byId = components.filter(({ id }) => id === component)
  const found = byId.length > 0 ? byId : components.filter((one) => isCalled(one, component))
  const [only] = found
  if (only && found.length === 1) return ofComponent(only, name)
  if (only) {
    const ids = found.map(({ id }) => id).join(', ')
    return unusable(
      `${name} has several components called ${shown(component)}; name one by its id: ${ids}`,
      'component',
    )
  }
  const near = nearest(
    component,
    components.map((one) => one.name.trim()),
  )
  const hint = near === undefined ? '' : `; did you mean ${shown(near)}?`
  return unusable(`${name} has no component ${shown(component)}${hint}`, 'component')
}

type Said = ReturnType<typeof readStatuspage>

/** The words are those of its own page; a sample knows no partial outage, so that is degraded. */
const ofStatus = new Map<string, { state: Finding['state']; words: string }>(
  Object.entries({
    degraded_performance: { state: 'degraded', words: 'degraded performance' },
    partial_outage: { state: 'degraded', words: 'a partial outage' },
    major_outage: { state: 'down', words: 'a major outage' },
    under_maintenance: { state: 'degraded', words: 'maintenance' },
  }),
)

function ofComponent({ name, status }: Component, page: string): Said {
  if (status === 'operational') return {}
  const meaning = ofStatus.get(status)
  if (!meaning)
    return unusable(`${page} gives ${shown(name)} a status not known here: ${shown(status)}`, 'status')
  const { state, words } = meaning
  return { finding: { state, reason: `${page} reports ${words} of ${shown(name)}`, code: status } }
}

const ofIndicator = new Map<string, Finding['state']>(
  Object.entries({
    minor: 'degraded',
    // "Partial System Outage": much of it still works. Only `critical` is "Major Service Outage".
    major: 'degraded',
    critical: 'down',
    maintenance: 'degraded',
  }),
)

function ofPage({ indicator, description }: z.output<typeof pageStatus>, page: string): Said {
  if (indicator === 'none') return {}
  const state = ofIndicator.get(indicator)
  if (!state) return unusable(`${page} has a status not known here: ${shown(indicator)}`, 'status')
  return { finding: { state, reason: `${page} reports ${shown(description)}`, code: indicator } }
}

function worstOf(all: Said[]): Said {
  const findings = all.flatMap((said) => ('finding' in said && said.finding ? [said] : []))
  return (
    findings.find(({ finding }) => finding?.state === 'down') ??
    findings[0] ??
    all.find((said) => 'unknown' in said) ??
    {}
  )
}

function isCalled({ name }: Component, wanted: string): boolean {
  return name.trim().toLowerCase() === wanted.trim().toLowerCase()
}

function shown(text: string): string {
  return shownValue(text, (same) => same)
}

type Component = z.output<typeof componentSchema>
const componentSchema = z.object({ id: z.string(), name: z.string(), status: z.string() })
const pageStatus = z.object({ indicator: z.string(), description: z.string().default('') })
const summarySchema = z.object({
  page: z.object({ name: z.string() }).optional(),
  components: z.array(componentSchema).max(5_000),
  status: pageStatus.optional(),
})
