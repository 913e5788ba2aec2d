/** A real server that `npm run test:services` starts. */
export interface Service {
  /** Debian's packages that hold it. */
  packages: readonly string[]
  /** Starts it on loopback, with all its files in a folder of its own, and returns what stops it. */
  start(folder: string): Promise<() => Promise<void>>
  /** Registers the tests, which run once it has started. */
  expect(): void
}

/** `start` says where the server is and how to log in; `expect` registers tests, which find that in `at` when they run. */
export function defineService<At>({
  packages,
  start,
  expect,
}: {
  packages: readonly string[]
  start(folder: string): Promise<{ at: At; stop(): Promise<void> }>
  expect(at: () => At): void
}): Service {
  let running: { at: At; stop(): Promise<void> } | undefined
  return {
    packages,
    async start(folder) {
      const started = await start(folder)
      running = started
      return () => started.stop()
    },
    expect: () =>
      expect(() => {
        if (!running) throw new Error('the service is not running')
        return running.at
      }),
  }
}
