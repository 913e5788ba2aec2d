import { expandEnv } from '../checks/env.ts'
import { createNetwork } from '../checks/network.ts'
import type { Forge } from '../src/forge/forge.ts'
import { liveTargets } from '../src/forge/live-targets/index.ts'
import type { Instant } from '../src/model/time.ts'
import { liveTargetKindOf, type LiveTarget } from '../src/model/live-target.ts'

/**
 * Puts a writer's snapshot to every place that `history.live_to` names, all at once. Without that key, and wherever it
 * names `branch`, that is the writer's branch, for a pass that commits. Returns a sentence for each place that did not take it.
 */
export async function saveLiveEverywhere(order: SaveOrder): Promise<string[]> {
  const { targets = [{ to: 'branch' }], writer, text, root, env, allowPrivate, forge } = order
  const network = createNetwork({ allowPrivate })
  const failures = await Promise.all(
    targets.map(async (target) => {
      const said =
        target.to === 'branch' ? 'live snapshot not saved' : `live snapshot not put to ${target.to}`
      const expanded = expandEnv(
        { ...target, to: target.to.replaceAll('{writer}', writer) },
        ['to', 'authorization'],
        env,
      )
      if ('missing' in expanded) return [`${said}: the environment variable ${expanded.missing} is not set`]
      const { options, secrets } = expanded
      const kind = liveTargetKindOf(options.to)
      try {
        if (kind === undefined) throw new Error('it is no address that a snapshot can be put to')
        await liveTargets[kind](
          { writer, text },
          { ...options, root, env, network, repository: forge, now: new Date(order.now) },
        )
        return []
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        return [`${said}: ${secrets.reduce((words, secret) => words.replaceAll(secret, '…'), why)}`]
      }
    }),
  )
  return failures.flat()
}

interface SaveOrder {
  targets: LiveTarget[] | undefined
  writer: string
  text: string
  root: string
  env: Record<string, string | undefined>
  allowPrivate: boolean
  now: Instant
  /** Where the pass commits. */
  forge: Forge | undefined
}
