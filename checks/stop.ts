/**
 * The early or regular end of a pass. An `AbortSignal` of its own would do, were not thousands of listeners on one both
 * slow and, to Node, a suspected leak.
 */
export interface Stop {
  readonly happened: boolean
  /** Calls back when it happens; at once when it has. */
  whenItHappens(callback: () => void): void
  forget(callback: () => void): void
  now(): void
}

/** A stop that happens when `signal` aborts, or by `now()`. */
export function createStop(signal: AbortSignal | undefined): Stop {
  const callbacks = new Set<() => void>()
  let happened = false
  const now = () => {
    happened = true
    signal?.removeEventListener('abort', now)
    for (const callback of callbacks) callback()
    callbacks.clear()
  }
  signal?.addEventListener('abort', now)
  if (signal?.aborted) now()
  return {
    get happened() {
      return happened
    },
    whenItHappens(callback) {
      if (happened) callback()
      else callbacks.add(callback)
    },
    forget: (callback) => void callbacks.delete(callback),
    now,
  }
}
