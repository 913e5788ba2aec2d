/** By nearest rank: the smallest value that at least that share of the values does not exceed. */
export function percentile(sorted: readonly number[], percent: number): number | undefined {
  return sorted[Math.ceil((percent / 100) * sorted.length) - 1]
}
