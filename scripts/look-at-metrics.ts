import { askMetrics } from '../checks/metrics/ask-metrics.ts'
import { dueMetrics } from '../src/derive/due-metrics.ts'
import { recordMetrics, type RecordedMetrics } from '../src/derive/record-metrics.ts'
import { readPushedPoints } from '../src/files/pushed-points.ts'
import type { Live } from '../src/model/history.ts'
import type { MetricReading } from '../src/model/metric.ts'
import { iso } from '../src/model/time.ts'
import type { World } from '../src/model/world.ts'
import type { PassOrder } from './probe-pass.ts'

/** What one pass adds of metrics: those that were due, and what was pushed since the last pass. */
export interface MeasuredMetrics {
  days: RecordedMetrics['days']
  /** What goes into the snapshot beside the components. Empty in a world without metrics. */
  live: Pick<Live, 'metrics' | 'points_taken'>
  /** What could not be taken, a sentence each. */
  failures: string[]
}

/** Asks for the metrics that are due, and takes what was pushed. Never rejects: a status is recorded with metrics or without. */
export async function lookAtMetrics(
  world: World,
  live: Live | undefined,
  order: PassOrder,
): Promise<MeasuredMetrics> {
  try {
    return await look(world, live, order)
  } catch (error) {
    const { metrics, points_taken } = live ?? {}
    const why = error instanceof Error ? error.message : String(error)
    return { days: [], live: { metrics, points_taken }, failures: [`metrics not recorded: ${why}`] }
  }
}

async function look(
  { components }: World,
  live: Live | undefined,
  { root, env, allowPrivate, now, signal, intervalMs }: PassOrder,
): Promise<MeasuredMetrics> {
  const listed = components.flatMap(({ id, metrics }) =>
    metrics.map((metric) => ({ component: id, metric: metric.id })),
  )
  const pushed = readPushedPoints(root, live?.points_taken)
  if (listed.length === 0 && live?.metrics === undefined && pushed.names.length === 0)
    return { days: [], live: {}, failures: [] }
  const due = dueMetrics(components, { live, now: now(), intervalMs })
  const asked = await askMetrics(due, { env, now, allowPrivate, ...(signal && { signal }) })
  const readings = [...asked, ...pushed.readings]
  const { metrics, days, refused } = recordMetrics({ live: live?.metrics, readings, listed, now: now() })
  const failures = [...pushed.problems, ...refused.map(refusedWords)]
  return { days, live: { metrics, points_taken: pushed.names }, failures }
}

function refusedWords({ component, metric, at }: MetricReading): string {
  return `a value of ${component}/${metric} at ${iso(at)} is not taken: it is of no metric, of the future, or of a day that is written`
}
