import type { Proposal } from '../model/proposal.ts'
import type { Forge } from './forge.ts'
import { isForgeError } from './forge-error.ts'
import { commitOrder, type Job, type ProposalOutcome, type Revise } from './proposal-job.ts'
import { followPullRequest } from './proposal-pull-request.ts'
import { realWait, type Wait } from './retry.ts'
import { underNameOnTip, underStandingName } from './standing-incident.ts'

export type { ProposalOutcome, Revise } from './proposal-job.ts'

/**
 * Makes a proposal true in the repository: its file on its branch, a pull request where the forge has them, or the file
 * on the main branch at once. Any number of runs may do this at the same time and again later; the outcome is the same.
 *
 * - What people have written stays: `revise` sees their file and only adds, and their "no" (closing the pull request
 *   while the outage lasts) is respected.
 * - Once the file stands on the main branch it belongs to people. It is left alone until the outage is resolved; the
 *   resolution then goes to `<branch>-resolved`.
 * - An outage that another run has begun under another name goes on under that one: {@link underStandingName}.
 *
 * `prefix` is where the world lies in the repository: `status/`. Throws a `ForgeError`.
 */
export async function ensureProposal(
  forge: Forge,
  proposal: Proposal,
  revise: Revise,
  { prefix = '', wait = realWait }: { prefix?: string; wait?: Wait } = {},
): Promise<ProposalOutcome> {
  const called: Job = {
    forge,
    proposal,
    revise,
    main: await forge.mainBranch(),
    path: prefix + proposal.path,
  }
  for (let again = 0; ; again++) {
    try {
      if (proposal.publish === 'commit') return await ensureOnMain(called)
      return await ensureOnBranch(await underStandingName(called, wait))
    } catch (error) {
      // Somebody has merged or closed it between two steps. Look at everything anew.
      const surprise = isForgeError(error, 'missing-branch') || isForgeError(error, 'closed')
      if (!surprise || again === MOST_SURPRISES) throw error
    }
  }
}

const MOST_SURPRISES = 3

async function ensureOnMain(job: Job): Promise<ProposalOutcome> {
  const { forge, main, proposal } = job
  let there: string | undefined
  const commit = await forge.commit({
    ...commitOrder(job, main),
    async change(read, list) {
      const named = await underNameOnTip(job, read, list)
      there = await read(named.path)
      return there === undefined && proposal.state === 'resolved'
        ? []
        : commitOrder(named, main).change(read, list)
    },
  })
  if (!commit) return { action: proposal.state === 'resolved' ? 'nothing' : 'unchanged', branch: main }
  if (proposal.state === 'resolved') return { action: 'resolved', branch: main }
  return { action: there === undefined ? 'opened' : 'updated', branch: main }
}

async function ensureOnBranch(job: Job): Promise<ProposalOutcome> {
  const { forge, proposal, main, path, revise } = job
  const { branch } = proposal
  const onMain = await forge.read(main, path)
  if (onMain === undefined) return (forge.pullRequests ? followPullRequest : followBranch)(job, branch)
  if (proposal.state === 'ongoing') return { action: 'unchanged', branch }
  if (revise(onMain, proposal.incident) === undefined) return { action: 'nothing', branch }
  return (forge.pullRequests ? followPullRequest : followBranch)({ ...job, late: true }, `${branch}-resolved`)
}

/** Plain git: the branch is all there is, and a person merges it. */
async function followBranch(job: Job, branch: string): Promise<ProposalOutcome> {
  const { forge, main, proposal, late } = job
  const resolved = proposal.state === 'resolved'
  if (resolved && !late && !(await forge.branchExists(branch))) return { action: 'nothing', branch }
  const from = (resolved && !late) || (job.follows && !late) ? undefined : main
  const commit = await forge.commit(commitOrder(job, branch, from))
  if (!commit) return { action: job.begun ? 'opened' : 'unchanged', branch }
  if (resolved) return { action: 'resolved', branch }
  return { action: commit.createdBranch ? 'opened' : 'updated', branch }
}
