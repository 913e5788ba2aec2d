import { latencyBuckets } from '../model/history.ts'

/** Latencies of any number of days and vantage points, added up: the bounds are the same for ever. */
export function mergeHistograms(histograms: readonly (readonly number[])[]): number[] {
  const sums = Array<number>(latencyBuckets.length + 1).fill(0)
  return sums.map((_, bucket) => histograms.reduce((sum, counts) => sum + (counts[bucket] ?? 0), 0))
}

/**
 * A percentile in ms of a latency histogram, `undefined` for an empty one. Within its bucket the values are taken to be
 * spread evenly, as Prometheus' `histogram_quantile` does; the true percentile lies in the same bucket, so that the
 * answer is less than twice, and more than half of it (below 25 ms: within 25 ms). Of what is slower than the last bound,
 * that bound is all that can be said.
 */
export function histogramPercentile(counts: readonly number[], percent: number): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return undefined
  const rank = (percent / 100) * total
  let below = 0
  for (const [bucket, upper] of latencyBuckets.entries()) {
    const count = counts[bucket] ?? 0
    if (count > 0 && below + count >= rank) {
      const lower = latencyBuckets[bucket - 1] ?? 0
      return lower + ((rank - below) / count) * (upper - lower)
    }
    below += count
  }
  return latencyBuckets.at(-1)
}
