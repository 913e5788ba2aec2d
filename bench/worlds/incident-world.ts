import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { stringify } from 'yaml'
import { writeIncident, type NewUpdate } from '../../src/files/write-incident.ts'
import { severities, type Severity, type UpdatePhase } from '../../src/model/status.ts'
import { DAY, MINUTE, utcDay, type Instant } from '../../src/model/time.ts'
import { randomFrom, type Random } from './random.ts'

const COMPONENTS = 20
const YEARS = 5

/** The newest incident began before this moment, whatever the size of the world. */
const LATEST: Instant = Date.parse('2026-11-20T00:00:00Z')

/**
 * Writes a world with so many incidents that are over, spread evenly over five years: 1.57 kB and four updates each, three of ten with a
 * review of headings, a table, a list and a quotation. Twenty components, none of them measured. Returns its files.
 */
export function writeIncidentWorld(root: string, count: number): { incidents: string[]; bytes: number } {
  const random = randomFrom(20_261_121)
  const components = Array.from({ length: COMPONENTS }, (_, index) => ({
    id: `service-${String(index + 1)}`,
    name: `Service ${String(index + 1)}`,
    group: `group-${String((index % 4) + 1)}`,
  }))
  const groups = [1, 2, 3, 4].map((number) => ({
    id: `group-${String(number)}`,
    name: `Group ${String(number)}`,
  }))
  mkdirSync(path.join(root, 'incidents'), { recursive: true })
  writeFileSync(
    path.join(root, 'site.yaml'),
    stringify({ name: 'Bench', url: 'https://status.example.com', sample: true }),
  )
  writeFileSync(path.join(root, 'components.yaml'), stringify({ groups, components }))

  let bytes = 0
  const incidents = Array.from({ length: count }, (_, index) => {
    const startedAt = LATEST - Math.floor(((index + 1) / (count + 1)) * YEARS * 365 * DAY)
    const text = incidentText(startedAt - (startedAt % MINUTE), random)
    const file = `incidents/${utcDay(startedAt)}-bench-${String(index)}.md`
    writeFileSync(path.join(root, file), text)
    bytes += Buffer.byteLength(text)
    return file
  })
  return { incidents, bytes }
}

const phases = [
  ['investigating', 4],
  ['identified', 21],
  ['monitoring', 48],
  ['resolved', 75],
] as const satisfies [UpdatePhase, number][]

function incidentText(startedAt: Instant, random: Random): string {
  const severity = random.pick(Object.keys(severities) as [Severity, ...Severity[]])
  const affected = Object.fromEntries(
    Array.from({ length: random.whole(1, 3) }, () => [
      `service-${String(random.whole(1, COMPONENTS))}`,
      severities[severity].implies,
    ]),
  )
  const updates = phases.map(([phase, minutes]): NewUpdate => ({
    at: startedAt + minutes * MINUTE,
    phase,
    text: paragraphs(random, random.next() < 0.6 ? 2 : 1),
    ...(phase === 'identified' && { nextUpdateBy: startedAt + (minutes + 20) * MINUTE }),
  }))
  const head = { title: `${random.pick(subjects)} ${random.pick(troubles)}`, severity, affected, startedAt }
  return writeIncident(head, updates) + (random.next() < 0.3 ? review(random) : '')
}

function paragraphs(random: Random, count: number): string {
  const sentences = () => Array.from({ length: random.whole(1, 2) }, () => sentence(random)).join(' ')
  return Array.from({ length: count }, sentences).join('\n\n')
}

function sentence(random: Random): string {
  return random.pick(sentences).replaceAll('#', () => String(random.whole(2, 400)))
}

function review(random: Random): string {
  const rows = Array.from(
    { length: 4 },
    () => `| ${String(random.whole(10, 23))}:${String(random.whole(10, 59))} | ${random.pick(troubles)} |`,
  )
  return `
## Root cause

${paragraphs(random, 3)}

### Timeline

| Time (UTC) | What happened |
|---|---|
${rows.join('\n')}

### What we heard

> ${sentence(random)}
> ${sentence(random)}

## Action items

- ${sentence(random)}
- ${sentence(random)}
- **Owner:** platform. ${sentence(random)}
`
}

const subjects: [string, ...string[]] = [
  'API',
  'Webhooks',
  'Search',
  'Sign-in',
  'Exports',
  'Dashboard',
  'Uploads',
]
const troubles: [string, ...string[]] = [
  'answer slowly',
  'fail for some customers',
  'return errors in one region',
  'are delayed by several minutes',
  'are not reachable',
]
const sentences: [string, ...string[]] = [
  'We are seeing errors on about # of a thousand requests, and are looking into the cause.',
  'A change that we released # minutes earlier made the **connection pool** too small for the evening load.',
  'Requests to `/v2/orders` were answered with status 503; all other addresses worked as they should.',
  'We have taken one of the # hosts out of rotation, and the rate of errors is going down.',
  'Messages were delayed by up to # minutes, and none of them was lost.',
  'Queries that scan more than # rows were stopped, so that the rest could go on.',
  'The [provider of our network](https://network.example.com/status) has confirmed a fault on their side.',
  'Customers in Europe may have to sign in again; sessions that began before are not affected.',
  'We have rolled back to the release of the day before and are watching # dashboards.',
  'Everything has been working normally for # minutes. We are sorry for the trouble that this caused.',
  'Data that was written in this time is complete; *no action* is needed on your side.',
]
