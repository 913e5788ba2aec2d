import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { stringify } from 'yaml'
import { hashLine } from '../../src/derive/chain.ts'
import { appendHistory } from '../../src/files/history-store.ts'
import { writeLive } from '../../src/files/live-store.ts'
import { writeIncident } from '../../src/files/write-incident.ts'
import { latencyBuckets, lineText, type Rollup, type TransitionLine } from '../../src/model/history.ts'
import { DAY, HOUR, iso, MINUTE, SECOND, startOfUtcDay, utcDay, type Instant } from '../../src/model/time.ts'
import { randomFrom, type Random } from './random.ts'

const DAYS = 90
const CLEAN_DAYS = 0.93
const WRITER = 'bench'

/**
 * Writes a world with so many measured components in groups of five, ninety days of history in which seven days of a
 * hundred have an outage or a slow spell, and five incidents of the last fortnight, the newest still open.
 */
export function writeMeasuredWorld(root: string, count: number, now: Instant): void {
  const random = randomFrom(count)
  const ids = Array.from({ length: count }, (_, index) => `service-${String(index + 1)}`)
  const groupOf = (index: number) => `group-${String(Math.floor(index / 5) + 1)}`
  const components = ids.map((id, index) => ({
    id,
    name: `${names[index % names.length] ?? ''} ${String(index + 1)}`,
    group: groupOf(index),
    check: { http: `https://${id}.example.com/health` },
  }))
  const groups = [...new Set(components.map(({ group }) => group))].map((id) => ({
    id,
    name: id.replace('group-', 'Region '),
  }))
  mkdirSync(path.join(root, 'incidents'), { recursive: true })
  writeFileSync(
    path.join(root, 'site.yaml'),
    stringify({ name: 'Bench', url: 'https://status.example.com', timezone: 'Europe/Berlin' }),
  )
  writeFileSync(path.join(root, 'components.yaml'), stringify({ groups, components }))
  for (const [index, ago] of [0, 3, 6, 9, 12].entries())
    writeFileSync(
      path.join(root, 'incidents', `${utcDay(now - ago * DAY - HOUR)}-bench-${String(index)}.md`),
      incident(now - ago * DAY - HOUR, index === 0),
    )

  const pasts = ids.map((component) => ({ component, ...pastOf(now, random) }))
  appendHistory(root, {
    writer: WRITER,
    transitions: pasts.flatMap(({ component, transitions }) =>
      transitions.map((line) => ({ component, line })),
    ),
    rollups: pasts.flatMap(({ component, rollups }) => rollups.map((line) => ({ component, line }))),
  })
  writeLive(root, {
    v: 1,
    writer: WRITER,
    checked_at: iso(now - 20 * SECOND),
    next_expected_at: iso(now + 40 * SECOND),
    interval_ms: MINUTE,
    components: Object.fromEntries(
      pasts.map(({ component, transitions }) => [component, entryOf(transitions, now, random)]),
    ),
  })
}

function incident(startedAt: Instant, open: boolean): string {
  const at = (minutes: number) => startedAt - (startedAt % MINUTE) + minutes * MINUTE
  const text =
    'About one of a hundred requests fails with status 503. We have found the cause and are working on it.'
  return writeIncident(
    {
      title: 'Requests fail for some customers',
      severity: 'major',
      affected: { 'service-3': 'partial_outage' },
      startedAt: at(0),
    },
    [
      { at: at(4), phase: 'investigating', text },
      { at: at(19), phase: 'identified', text, nextUpdateBy: at(80) },
      ...(open
        ? []
        : [
            {
              at: at(55),
              phase: 'resolved' as const,
              text: 'Everything has been working normally for half an hour.',
            },
          ]),
    ],
  )
}

/** A component's lines: operational from the first day on, and on some days something else for a while. */
function pastOf(now: Instant, random: Random): { transitions: TransitionLine[]; rollups: Rollup[] } {
  const first = startOfUtcDay(now) - DAYS * DAY
  const transitions: TransitionLine[] = []
  const change = (to: TransitionLine['to'], at: Instant) => {
    const last = transitions.at(-1)
    transitions.push({
      v: 1,
      seq: transitions.length + 1,
      from: last?.to ?? 'unknown',
      to,
      ...(last && { t_before: iso(at - MINUTE) }),
      t_after: iso(at),
      t_confirmed: iso(at + MINUTE),
      ...(to !== 'operational' && { why: 'status is 503, expected 200 to 399', code: 'http_503' }),
      ms: random.whole(40, 400),
      writer: WRITER,
      ...(last && { prev: hashLine(lineText(last)) }),
    })
  }
  change('operational', first)
  const rollups = Array.from({ length: DAYS }, (_, day): Rollup => {
    const midnight = first + day * DAY
    const bad = random.next() >= CLEAN_DAYS
    const lost = bad ? Math.ceil(Math.min(random.logNormal(20, 1), 600)) : 0
    const down = random.next() < 0.5
    if (bad) {
      const begin = midnight + random.whole(60, 700) * MINUTE
      change(down ? 'major_outage' : 'degraded', begin)
      change('operational', begin + lost * MINUTE)
    }
    const counts = { n: 1440, ok: 1440 - lost, deg: down ? 0 : lost, down: down ? lost : 0, unk: 0 }
    const times = { t0: '00:00:10', t1: '23:59:10' }
    const latency = { p50: random.whole(60, 90), p95: random.whole(150, 250), p99: random.whole(300, 500) }
    return {
      v: 1,
      d: utcDay(midnight),
      ...counts,
      ...times,
      ...latency,
      hist: emptyHistogram().with(2, 1440 - lost),
      gaps: 0,
    }
  })
  return { transitions, rollups }
}

function entryOf(transitions: TransitionLine[], now: Instant, random: Random) {
  const last = transitions.at(-1)
  return {
    status: 'operational' as const,
    since: last?.t_after ?? iso(now),
    checked_at: iso(now - 20 * SECOND),
    ms: random.whole(60, 90),
    recent: Array.from({ length: 48 }, () => Math.round(random.logNormal(75, 0.25))),
    seq: transitions.length,
    ...(last && { prev: hashLine(lineText(last)) }),
    today: {
      d: utcDay(now),
      n: 1,
      ok: 1,
      deg: 0,
      down: 0,
      unk: 0,
      t0: '00:00:10',
      t1: '00:00:10',
      gaps: 0,
      hist: emptyHistogram(),
      ms: [],
    },
  }
}

function emptyHistogram(): number[] {
  return Array<number>(latencyBuckets.length + 1).fill(0)
}

const names = [
  'API',
  'Dashboard',
  'Webhooks',
  'Sign-in',
  'Search',
  'Exports',
  'Uploads',
  'Payments',
  'E-mail',
  'Reports',
]
