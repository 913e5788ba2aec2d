import { connectToGitHub } from './github-client.ts'
import type { GitHubOptions } from './github.ts'
import { realWait } from './retry.ts'

/** Asks GitHub to start a workflow of a repository on a branch, without inputs. */
export async function dispatchWorkflow(
  { owner, repo, token, baseUrl, wait = realWait, now = Date.now, patience = 120_000 }: GitHubOptions,
  workflow: string,
  ref = 'main',
): Promise<void> {
  const octokit = await connectToGitHub({ token, baseUrl, wait, now, patience })
  await octokit.rest.actions.createWorkflowDispatch({ owner, repo, workflow_id: workflow, ref })
}
