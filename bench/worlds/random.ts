/** A stream of numbers that is the same for the same seed on every machine (mulberry32), so that every run measures the same world. */
export function randomFrom(seed: number): Random {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  // Box and Muller; the logarithm of 0 is none.
  const normal = () => Math.sqrt(-2 * Math.log(next() || Number.MIN_VALUE)) * Math.cos(2 * Math.PI * next())
  return {
    next,
    normal,
    between: (low, high) => low + next() * (high - low),
    whole: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick: (list) => list[Math.floor(next() * list.length)] as (typeof list)[number],
    logNormal: (median, sigma) => median * Math.exp(sigma * normal()),
  }
}

export interface Random {
  /** From 0 up to, and without, 1. */
  next: () => number
  /** Mean 0, deviation 1. */
  normal: () => number
  between: (low: number, high: number) => number
  /** A whole number, both ends included. */
  whole: (low: number, high: number) => number
  pick: <T>(list: readonly [T, ...T[]]) => T
  logNormal: (median: number, sigma: number) => number
}
