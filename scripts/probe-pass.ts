import { runChecks } from '../checks/run-checks.ts'
import { dueChecks } from '../src/derive/due-checks.ts'
import { proposals } from '../src/derive/proposals.ts'
import { recordPass, type Recorded } from '../src/derive/record.ts'
import { resumeLive } from '../src/derive/resume.ts'
import { historyGrowth } from '../src/files/history-lines.ts'
import { appendHistory, readHistoryTips } from '../src/files/history-store.ts'
import { liveText, writeLive } from '../src/files/live-store.ts'
import { noteUncommitted } from '../src/files/uncommitted.ts'
import { reviseIncident } from '../src/files/write-incident.ts'
import { ensureProposal, type ProposalOutcome } from '../src/forge/ensure-proposal.ts'
import type { Forge } from '../src/forge/forge.ts'
import type { Sample } from '../src/model/check.ts'
import type { Instant } from '../src/model/time.ts'
import type { World } from '../src/model/world.ts'
import { removePushedPoints } from '../src/files/pushed-points.ts'
import { commitHistory } from './commit-history.ts'
import { fetchLive } from './fetch-live.ts'
import { knownBeats } from './known-beats.ts'
import { lookAtMetrics } from './look-at-metrics.ts'
import { openWorld } from './open-world.ts'
import { saveLiveEverywhere } from './save-live.ts'

export interface PassOrder {
  root: string
  writer: string
  intervalMs: number
  env: Record<string, string | undefined>
  /** Loopback and private addresses may be asked. Right on one's own machine, wrong where strangers' pull requests run. */
  allowPrivate: boolean
  signal?: AbortSignal
  /** Where history is committed and incidents are proposed. */
  forge?: {
    forge: Forge
    prefix: string
    commit: boolean
    propose: boolean
  }
  /** The wall clock, for every time that is recorded. */
  now: () => Instant
}

/** What a pass saw, and what of it stands on the disk. */
export interface Look {
  world: World
  samples: Sample[]
  recorded: Recorded
  /** What of beats and metrics could not be read or taken, a sentence each; it keeps no status from being recorded. */
  failures: string[]
}

export interface PassReport extends Omit<Look, 'world'> {
  /** The history commit, when there was something to commit. */
  committed?: string
  proposed: ProposalOutcome[]
  /** With what the forge did not do, and why; the pass went on without it. */
  failures: string[]
}

/** One pass: {@link look}, then {@link tellForge} what was seen. */
export async function probePass(order: PassOrder): Promise<PassReport> {
  return tellForge(order, await look(order))
}

/** Makes the checks that are due and records what they saw. It stands on the disk before any forge is asked for anything. */
export async function look(order: PassOrder): Promise<Look> {
  const { root, writer, intervalMs, env, allowPrivate, now, signal } = order
  const world = openWorld(root)
  const stored = world.live.find((one) => one.writer === writer)
  const live = resumeLive({ live: stored, tips: readHistoryTips(root, writer), writer, intervalMs })
  const beats = await knownBeats(root, world.components, {
    now: now(),
    awaiting: live?.awaiting,
    repository: order.forge?.forge,
  })
  const { checks, components, spreadMs } = dueChecks(world.components, {
    writer,
    now: now(),
    intervalMs,
    live,
  })
  const metrics = lookAtMetrics(world, live, order)
  const samples = await runChecks(checks, {
    env,
    allowPrivate,
    now,
    root,
    anchors: world.site.probe.anchors ?? 'internet',
    beatsOf: beats.beatsOf,
    spreadMs,
    retryWithinMs: intervalMs,
    ...(signal && { signal }),
  })
  const measured = await metrics
  const seen = recordPass({ live, samples, components, writer, now: now(), intervalMs })
  const isAwaiting = Object.keys(beats.awaiting).length > 0
  const recorded = {
    ...seen,
    metrics: measured.days,
    live: { ...seen.live, ...(isAwaiting && { awaiting: beats.awaiting }), ...measured.live },
  }
  const additions = { ...recorded, writer }
  noteUncommitted(
    root,
    writer,
    historyGrowth(additions).map(({ path }) => path),
  )
  // Lines first, then the snapshot: a crash between the two can be resumed.
  appendHistory(root, additions)
  writeLive(root, recorded.live)
  removePushedPoints(root, measured.live.points_taken ?? [])
  return { world, samples, recorded, failures: [...beats.failures, ...measured.failures] }
}

/**
 * Commits what was recorded, puts the live snapshot where it is wanted, and proposes what is called for, where asked.
 * Nothing that a forge refuses keeps the rest from being done, and what was not committed is with the next pass.
 */
export async function tellForge(order: PassOrder, { world, ...seen }: Look): Promise<PassReport> {
  const { samples, recorded } = seen
  const report: PassReport = { samples, recorded, proposed: [], failures: [...seen.failures] }
  const { root, writer, env, allowPrivate, now } = order
  const attempt = attempts(report.failures)
  const committing = order.forge?.commit === true ? order.forge : undefined
  if (committing) {
    const sha = await attempt('history not committed', () => commitHistory(committing, root, world, recorded))
    if (sha !== undefined) report.committed = sha
  }
  const snapshot = { targets: world.site.history.live_to, writer, text: liveText(recorded.live), now: now() }
  report.failures.push(
    ...(await saveLiveEverywhere({ ...snapshot, root, env, allowPrivate, forge: committing?.forge })),
  )
  if (order.forge?.propose !== true) return report
  const { forge, prefix } = order.forge
  // One that does not know what the others see would take its own word for everybody's.
  const heard = await attempt('nothing proposed, since what the others see is not known', () =>
    fetchLive(forge, root, { live: world.site.live, allowPrivate }),
  )
  if (!heard) return report
  const called = await attempt('nothing proposed', () => proposals(openWorld(root), now()))
  for (const proposal of called ?? []) {
    const outcome = await attempt(`${proposal.path} not proposed`, () =>
      ensureProposal(forge, proposal, reviseIncident, { prefix }),
    )
    if (outcome) report.proposed.push(outcome)
  }
  return report
}

/** Does one step, and notes under its name what it failed of. */
function attempts(failures: string[]) {
  return async <T>(otherwise: string, step: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await step()
    } catch (error) {
      failures.push(`${otherwise}: ${error instanceof Error ? error.message : String(error)}`)
      return undefined
    }
  }
}
