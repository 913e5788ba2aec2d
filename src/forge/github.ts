import type { Forge } from './forge.ts'
import { connectToGitHub } from './github-client.ts'
import { gitHubIssues } from './github-issues.ts'
import { gitHubPullRequests } from './github-pull-requests.ts'
import { gitHubRepository } from './github-repository.ts'
import { realWait, type Wait } from './retry.ts'

/** Opens a repository on GitHub through its API: no clone is needed. Nothing is asked of GitHub until it is used. */
export async function openGitHub(options: GitHubOptions): Promise<Forge> {
  const { owner, repo, token, baseUrl, wait = realWait, now = Date.now, patience = 120_000 } = options
  const octokit = await connectToGitHub({ token, baseUrl, wait, now, patience })
  let asked: ReturnType<typeof ask> | undefined
  const ask = async () => {
    const { data } = await octokit.rest.repos.get({ owner, repo })
    return { main: options.mainBranch ?? data.default_branch, page: data.html_url }
  }
  const place: GitHubPlace = { octokit, at: { owner, repo }, wait, about: () => (asked ??= ask()) }
  return {
    ...gitHubRepository(place),
    pullRequests: gitHubPullRequests(place),
    issues: gitHubIssues(place),
  }
}

export interface GitHubOptions {
  owner: string
  repo: string
  token: string
  /** `https://github.example.com/api/v3` for an installation of one's own. */
  baseUrl?: string
  /** The branch that the page is built from, where it is not the repository's default. */
  mainBranch?: string
  wait?: Wait
  /** The clock whose times are written; this machine's where left out. */
  now?: () => number
  /** The longest time, in milliseconds, to wait because GitHub asks for it; two minutes where left out. */
  patience?: number
}

/** One repository on GitHub and the way to it. */
export interface GitHubPlace {
  octokit: Awaited<ReturnType<typeof connectToGitHub>>
  at: { owner: string; repo: string }
  wait: Wait
  /** Asked once. */
  about: () => Promise<{ main: string; page: string }>
}
