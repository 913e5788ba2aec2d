import { SECOND } from '../../src/model/time.ts'
import type { Metric, MetricReading } from '../../src/model/metric.ts'
import type { Pass, ProbeContext } from '../contract.ts'
import { expandEnv } from '../env.ts'
import { createNetwork } from '../network.ts'
import type { RunOptions } from '../run-checks.ts'
import { createSlots } from '../slots.ts'
import { durationWords, redactor, shownReason } from '../words.ts'
import { metricAskers, type AskedSource, type AskMetric } from './registry.ts'

/** The longest that one value may take. */
const TIMEOUT_MS = 10 * SECOND

/**
 * Asks for the value of each metric once, through the same guard as checks. Never rejects for what the network does: a
 * metric without a value says why. What is pushed is left out.
 */
export async function askMetrics(
  metrics: readonly { component: string; metric: Metric }[],
  options: Pick<RunOptions, 'env' | 'now' | 'allowPrivate' | 'signal' | 'ca' | 'concurrency'>,
  { timeoutMs = TIMEOUT_MS } = {},
): Promise<MetricReading[]> {
  const endings: (() => void)[] = []
  const network = createNetwork({ allowPrivate: options.allowPrivate ?? false })
  const { ca, now } = options
  const pass: Pass = { network, ca, now, onEnd: (letGo) => endings.push(letGo) }
  const slots = createSlots(options.concurrency ?? 50)
  try {
    const readings = metrics.map(async ({ component, metric }): Promise<MetricReading[]> => {
      const source = sourceOf(metric)
      if (source === undefined) return []
      const seen = await slots.use(() => askOne(source, metric, { pass, options, timeoutMs }))
      return [{ component, metric: metric.id, at: now(), ...seen }]
    })
    return (await Promise.all(readings)).flat()
  } finally {
    for (const letGo of endings) letGo()
  }
}

function sourceOf(metric: Metric): AskedSource | undefined {
  return (Object.keys(metricAskers) as AskedSource[]).find((name) => metric[name] !== undefined)
}

interface Surroundings {
  pass: Pass
  options: Pick<RunOptions, 'env' | 'signal'>
  timeoutMs: number
}

async function askOne<S extends AskedSource>(
  source: S,
  metric: Metric,
  { pass, options, timeoutMs }: Surroundings,
): Promise<{ value: number } | { why: string }> {
  const expanded = expandEnv(
    metric[source] as { url: string; headers: Record<string, string> },
    ['url', 'headers'],
    options.env,
  )
  if ('missing' in expanded) return { why: `the environment variable ${expanded.missing} is not set` }
  const redact = redactor(expanded.secrets)
  const ask = (await metricAskers[source]()) as unknown as AskMetric<S>
  const deadline = AbortSignal.timeout(timeoutMs)
  const signal = options.signal ? AbortSignal.any([deadline, options.signal]) : deadline
  const context: ProbeContext = { signal, attempt: 0, pass, waitFor: () => undefined }
  const over = new Promise<{ why: string }>((resolve) => {
    const end = () =>
      resolve({
        why: deadline.aborted ? `no answer within ${durationWords(timeoutMs)}` : 'the pass was stopped',
      })
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
  const asked = ask(expanded.options as never, context).then(
    (seen) => ('value' in seen ? seen : { why: shownReason(seen.unknown.reason, redact) }),
    (error: unknown) => ({ why: shownReason(`the prober failed: ${String(error)}`, redact) }),
  )
  return Promise.race([over, asked])
}
