import type { Issues, PullRequest } from './forge.ts'
import type { GitHubPlace } from './github.ts'
import { labelName } from './github-pull-requests.ts'
import { jitter } from './retry.ts'

/** Issues on GitHub. Opening one cannot be made atomic there, so afterwards the oldest with the same marker stays. */
export function gitHubIssues({ octokit, at, wait, about }: GitHubPlace): Issues {
  const { issues } = octokit.rest

  async function find(marker: string, labels: string[]): Promise<PullRequest | undefined> {
    const wanted = labels.map(labelName).join(',')
    const oldestFirst = { sort: 'created', direction: 'asc', per_page: 100 } as const
    const all = await octokit.paginate(issues.listForRepo, {
      ...at,
      state: 'all',
      labels: wanted,
      ...oldestFirst,
    })
    const found = all.find((issue) => !issue.pull_request && issue.body?.includes(marker))
    return found && fromIssue(found)
  }

  async function setState(number: number, reason: 'completed' | 'duplicate'): Promise<void> {
    await issues.update({ ...at, issue_number: number, state: 'closed', state_reason: reason })
  }

  return {
    find,
    async open({ marker, title, body, labels }) {
      // Runs that start together drift apart here, so that mostly one of them opens it.
      for (let look = 0; look < 3; look++) {
        const there = await find(marker, labels)
        if (there) return { ...there, created: false }
        await wait(jitter(look + 3))
      }
      const { data } = await issues.create({ ...at, title, body, labels: labels.map(labelName) })
      const oldest = await find(marker, labels)
      if (oldest === undefined || oldest.number === data.number) return { ...fromIssue(data), created: true }
      await setState(data.number, 'duplicate')
      return { ...oldest, created: false }
    },
    async update(number, change) {
      await issues.update({ ...at, issue_number: number, ...change })
    },
    close: (number) => setState(number, 'completed'),
    async compareUrl(branch) {
      const { main, page } = await about()
      const name = branch.split('/').map(encodeURIComponent).join('/')
      return `${page}/compare/${encodeURIComponent(main)}...${name}?expand=1`
    },
  }
}

function fromIssue(issue: ListedIssue): PullRequest {
  const { number, html_url: url, title, body, state } = issue
  return { number, url, title, body: body ?? '', state: state === 'open' ? 'open' : 'closed' }
}

interface ListedIssue {
  number: number
  html_url: string
  title: string
  body?: string | null
  state: string
}
