import { runChecks } from '../checks/run-checks.ts'
import { dueChecks } from '../src/derive/due-checks.ts'
import { proposals } from '../src/derive/proposals.ts'
import { recordPass, type Recorded } from '../src/derive/record.ts'
import { resumeLive } from '../src/derive/resume.ts'
import { appendHistory, readHistoryTips } from '../src/files/history-store.ts'
import { liveText, writeLive } from '../src/files/live-store.ts'
import { reviseIncident } from '../src/files/write-incident.ts'
import { ensureProposal, type ProposalOutcome } from '../src/forge/ensure-proposal.ts'
import type { Forge } from '../src/forge/forge.ts'
import { saveLive } from '../src/forge/live-branch.ts'
import type { Sample } from '../src/model/check.ts'
import { commitHistory } from './commit-history.ts'
import { openWorld } from './open-world.ts'

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
    /** History files that a failed commit left behind; filled and emptied by the passes. */
    behind: Set<string>
  }
}

export interface PassReport {
  samples: Sample[]
  recorded: Recorded
  /** The history commit, when there was something to commit. */
  committed?: string
  proposed: ProposalOutcome[]
}

/** One pass: look, record, and, where asked, commit what was recorded and propose what it calls for. */
export async function probePass(order: PassOrder): Promise<PassReport> {
  const { root, writer, intervalMs, env, allowPrivate, signal } = order
  const world = openWorld(root)
  const stored = world.live.find((one) => one.writer === writer)
  const live = resumeLive({ live: stored, tips: readHistoryTips(root, writer), writer, intervalMs })
  const { checks, components } = dueChecks(world.components, { writer, now: Date.now(), intervalMs, live })
  const samples = await runChecks(checks, { env, allowPrivate, now: Date.now, ...(signal && { signal }) })
  const recorded = recordPass({ live, samples, components, writer, now: Date.now(), intervalMs })
  // Lines first, then the snapshot: a crash between the two can be resumed.
  appendHistory(root, { ...recorded, writer })
  writeLive(root, recorded.live)
  const report: PassReport = { samples, recorded, proposed: [] }
  if (!order.forge) return report
  const { forge, prefix, commit, propose } = order.forge
  if (commit) {
    const sha = await commitHistory(order.forge, root, world, recorded)
    if (sha !== undefined) report.committed = sha
    await saveLive(forge, writer, liveText(recorded.live))
  }
  if (propose) report.proposed = await proposeIncidents(forge, prefix, root)
  return report
}

async function proposeIncidents(forge: Forge, prefix: string, root: string): Promise<ProposalOutcome[]> {
  const outcomes: ProposalOutcome[] = []
  for (const proposal of proposals(openWorld(root), Date.now()))
    outcomes.push(await ensureProposal(forge, proposal, reviseIncident, { prefix }))
  return outcomes
}
