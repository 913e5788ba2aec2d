import type { Proposal } from '../model/proposal.ts'
import type { Issues, PullRequest, PullRequests } from './forge.ts'
import { isForgeError } from './forge-error.ts'
import { commitOrder, proposalTitle, type Job, type ProposalOutcome } from './proposal-job.ts'
import { branchMark, proposalBody, withMeasured } from './proposal-text.ts'

/** Brings a branch and its pull request up to date, and ends them as the site wishes when the outage is over. */
export async function followPullRequest(job: Job, branch: string): Promise<ProposalOutcome> {
  const { forge, proposal, main, late } = job
  const { pullRequests } = forge
  if (!pullRequests) throw new Error('followPullRequest needs a forge with pull requests')
  const resolved = proposal.state === 'resolved'
  const pull = await pullRequests.find(branch)
  if (pull && pull.state !== 'open') return alreadyEnded(pull, resolved, branch)
  if (!pull && resolved && !late && !(await forge.branchExists(branch))) return { action: 'nothing', branch }

  // An issue that stood in for it may have been closed, and its branch removed with it.
  const issue = pull ? undefined : await forge.issues?.find(branchMark(branch), proposal.labels)
  if (issue?.state === 'closed') return alreadyEnded(issue, resolved, branch)

  // Where a pull request is open its branch exists; if it is merged at this moment, the branch must not come back.
  const mayBegin = !pull && (late || !(resolved || job.follows))
  const commit = await forge.commit(commitOrder(job, branch, mayBegin ? main : undefined))
  const page: Page = pull ? { ...pull, pullRequests } : await openPage(job, branch, pullRequests)
  if (page.state === 'closed') return alreadyEnded(page, resolved, branch)
  const reworded = await reword(page, proposal)
  const changed = commit !== undefined || reworded
  const told = { branch, url: page.url }

  if (resolved) {
    // A late resolution is never thrown away: the incident is on the page and would stay open there.
    const finish = late && proposal.onResolve === 'close' ? 'leave' : proposal.onResolve
    return { action: await finishes[finish](job, branch, page, changed), ...told }
  }
  if (page.created) return { action: page.issues ? 'issue' : 'opened', ...told }
  return { action: changed ? 'updated' : 'unchanged', ...told }
}

/** What becomes of a pull request, or of the issue in its place, once the outage is over. */
const finishes: Record<Proposal['onResolve'], Finish> = {
  async merge(job, branch, page, changed) {
    if (!page.pullRequests) return finishes.leave(job, branch, page, changed)
    const merged = await page.pullRequests.merge(page.number, proposalTitle(job.proposal))
    if (merged === 'pending') return changed ? 'resolved' : 'unchanged'
    await job.forge.deleteBranch(branch)
    return 'merged'
  },
  async close(job, branch, page) {
    await (page.issues ?? page.pullRequests)?.close(page.number)
    await job.forge.deleteBranch(branch)
    return 'closed'
  },
  leave: async (_job, _branch, _page, changed) => (changed ? 'resolved' : 'unchanged'),
}

/** A merged one has done its work; a closed one is a person's no, or our own doing after the outage. */
function alreadyEnded({ state, url }: PullRequest, resolved: boolean, branch: string): ProposalOutcome {
  if (resolved) return { action: 'nothing', branch, url }
  return { action: state === 'merged' ? 'unchanged' : 'declined', branch, url }
}

/** Opens the pull request, or an issue that links to the branch where pull requests may not be opened. */
async function openPage(job: Job, branch: string, pullRequests: PullRequests): Promise<Page> {
  const { forge, proposal } = job
  const order = { title: proposalTitle(proposal), labels: proposal.labels }
  try {
    const opened = await pullRequests.open({ ...order, branch, body: proposalBody(proposal, branch) })
    return { ...opened, pullRequests }
  } catch (error) {
    const { issues } = forge
    if (!issues || !isForgeError(error, 'pull-requests-forbidden')) throw error
    const link = await issues.compareUrl(branch)
    const body = proposalBody(proposal, branch, link)
    const opened = await issues.open({ ...order, marker: branchMark(branch), body })
    return { ...opened, issues }
  }
}

/** Replaces the measured block and leaves every other word. Answers whether that changed anything. */
async function reword(page: Page, proposal: Proposal): Promise<boolean> {
  const body = withMeasured(page.body, proposal.summary)
  if (body === page.body) return false
  await (page.issues ?? page.pullRequests)?.update(page.number, { body })
  return true
}

type Finish = (job: Job, branch: string, page: Page, changed: boolean) => Promise<ProposalOutcome['action']>

/** A pull request, or the issue that stands in for it. */
interface Page extends PullRequest {
  created?: boolean
  pullRequests?: PullRequests
  issues?: Issues
}
