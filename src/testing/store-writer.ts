import { commitHistory } from '../../scripts/commit-history.ts'
import { recordPass } from '../derive/record.ts'
import { resumeLive } from '../derive/resume.ts'
import { historyGrowth } from '../files/history-lines.ts'
import { appendHistory, readHistoryTips, sweepHistory } from '../files/history-store.ts'
import { liveText, readLive, writeLive } from '../files/live-store.ts'
import { readWorld } from '../files/read-world.ts'
import { noteUncommitted, readUncommitted } from '../files/uncommitted.ts'
import { openLocalGit } from '../forge/local-git.ts'
import { openGitHub } from '../forge/github.ts'
import { saveLive } from '../forge/live-branch.ts'
import { realWait } from '../forge/retry.ts'
import { iso, MINUTE, parseInstant } from '../model/time.ts'

/**
 * A writer as `status probe --commit` is one, but for the network: each pass finds a change of the component `api`,
 * stands on the disk and is committed and pushed. To be run as a process of its own:
 * `store-writer.ts <root> <writer> <remote or GitHub's address> <passes>`. Says a line of JSON after each pass, and goes
 * on after a failure as the loop does; in the end it commits what is left.
 */
const [root = '', writer = '', remote = '', passes = ''] = process.argv.slice(2)
const BEGIN = parseInstant('2026-11-01T00:00:00Z') ?? NaN
let lost = 0
const wait = (milliseconds: number) => {
  lost++
  return realWait(milliseconds)
}
const forge = remote.startsWith('http')
  ? await openGitHub({ owner: 'acme', repo: 'status', token: 'token', baseUrl: remote, wait })
  : await openLocalGit(root, { remote, wait })

sweepHistory(root)
const world = readWorld(root)
const count = Number(passes)
for (let pass = 1; pass <= count || Object.keys(readUncommitted(root, writer)).length > 0; pass++) {
  const stored = readLive(root).live.find((one) => one.writer === writer)
  const live = resumeLive({ live: stored, tips: readHistoryTips(root, writer), writer, intervalMs: MINUTE })
  // A snapshot that a kill left behind its history is older than what it is told of a component.
  const known = [live?.checked_at, live?.components['api']?.checked_at]
  const last = Math.max(...known.flatMap((stamp) => (stamp === undefined ? [] : (parseInstant(stamp) ?? []))))
  const at = live === undefined ? BEGIN : last + MINUTE
  const state = live?.components['api']?.status === 'operational' ? 'down' : 'up'
  const samples =
    pass <= count ? [{ check: 'api/0', component: 'api', at, state, latencyMs: 40 } as const] : []
  const components = [{ id: 'api', confirm: 1 }]
  const recorded = recordPass({ live, samples, components, writer, now: at, intervalMs: MINUTE })
  const additions = { ...recorded, writer }
  noteUncommitted(
    root,
    writer,
    historyGrowth(additions).map(({ path }) => path),
  )
  appendHistory(root, additions)
  writeLive(root, recorded.live)
  let failure: string | undefined
  try {
    await commitHistory({ forge, prefix: '' }, root, world, recorded)
    await saveLive(forge, writer, liveText(recorded.live))
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error)
  }
  const { seq } = recorded.live.components['api'] ?? { seq: 0 }
  process.stdout.write(
    `${JSON.stringify({ pass, seq, at: iso(at), lost, ...(failure !== undefined && { failure }) })}\n`,
  )
  if (pass > count + 100) throw new Error(failure)
}
