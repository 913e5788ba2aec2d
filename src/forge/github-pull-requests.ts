import { ForgeError } from './forge-error.ts'
import type { PullRequest, PullRequests } from './forge.ts'
import type { GitHubPlace } from './github.ts'
import { refused } from './github-client.ts'
import { lost, race } from './retry.ts'

/** Pull requests on GitHub, from branches of the repository itself. */
export function gitHubPullRequests({ octokit, at, wait, about }: GitHubPlace): PullRequests {
  const { pulls, issues } = octokit.rest
  const name = `${at.owner}/${at.repo} on GitHub`

  async function find(branch: string): Promise<PullRequest | undefined> {
    // Without the owner before the colon GitHub ignores the filter.
    const head = `${at.owner}:${branch}`
    const newestFirst = { sort: 'created', direction: 'desc', per_page: 10 } as const
    const { data } = await pulls.list({ ...at, state: 'all', head, ...newestFirst })
    const found = data.find((pull) => pull.head.ref === branch)
    return found && pullRequest(found)
  }

  async function create(order: { branch: string; title: string; body: string }): Promise<Made | undefined> {
    const { branch, title, body } = order
    try {
      const { main } = await about()
      const { data } = await pulls.create({ ...at, head: branch, base: main, title, body })
      return { ...pullRequest(data), created: true }
    } catch (error) {
      if (refused(error, 403)) {
        const why = `Pull requests may not be opened in ${name} with this token. Allow it under Settings → Actions → General → "Allow GitHub Actions to create and approve pull requests", or give a token of your own.`
        throw new ForgeError('pull-requests-forbidden', why, { cause: error })
      }
      if (!refused(error, 422)) throw error
      const other = await find(branch)
      if (other) return { ...other, created: false }
      if (refused(error, 422, /already exists/i)) return undefined
      throw error
    }
  }

  /** Asks GitHub to merge by itself when checks and reviews are done. `false`: there is nothing to wait for. */
  async function askForAutoMerge(
    pullRequestId: string,
    expectedHeadOid: string,
    title: string,
  ): Promise<boolean> {
    const mutation =
      'mutation ($input: EnablePullRequestAutoMergeInput!) { enablePullRequestAutoMerge(input: $input) { pullRequest { number } } }'
    const input = { pullRequestId, expectedHeadOid, mergeMethod: 'SQUASH', commitHeadline: title }
    try {
      await octokit.graphql(mutation, { input })
      return true
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'GraphqlResponseError') throw error
      // The other refusals (auto-merge is switched off, a conflict, too few rights) leave the merge to a person.
      return !/clean status/i.test(error.message)
    }
  }

  return {
    find,
    async open(order) {
      const opened = await race(
        `The pull request from ${order.branch}`,
        wait,
        async () => (await create(order)) ?? lost,
      )
      // By the one who lost the race too, so that labels are complete even if the winner is stopped here.
      if (order.labels.length > 0) {
        await issues.addLabels({ ...at, issue_number: opened.number, labels: order.labels.map(labelName) })
      }
      return opened
    },
    async update(number, change) {
      await pulls.update({ ...at, pull_number: number, ...change })
    },
    async merge(number, title) {
      let refusals = 0
      return race(`Pull request ${number} of ${name}`, wait, async () => {
        const { data: pull } = await pulls.get({ ...at, pull_number: number })
        if (pull.merged) return 'merged'
        if (pull.state === 'closed')
          throw new ForgeError('closed', `${pull.html_url} is closed and cannot be merged.`)
        const squashed = `${title} (#${number})`
        try {
          const how = { merge_method: 'squash', sha: pull.head.sha, commit_title: squashed } as const
          await pulls.merge({ ...at, pull_number: number, ...how })
          return 'merged'
        } catch (error) {
          // 409: a commit has arrived on either branch in the meantime.
          if (refused(error, 409)) return lost
          if (!refused(error, 405)) throw error
          const { data: now } = await pulls.get({ ...at, pull_number: number })
          // Right after a push GitHub does not know yet whether it can be merged.
          if (now.merged || now.mergeable === null) return lost
          refusals += 1
          const waiting = await askForAutoMerge(pull.node_id, pull.head.sha, squashed)
          return waiting || refusals > 1 ? 'pending' : lost
        }
      })
    },
    async close(number) {
      await pulls.update({ ...at, pull_number: number, state: 'closed' })
    },
  }
}

/** GitHub takes at most 50 characters. */
export function labelName(label: string): string {
  return label.slice(0, 50)
}

function pullRequest(pull: ListedPull): PullRequest {
  const { number, html_url: url, title, body, state, merged_at } = pull
  return {
    number,
    url,
    title,
    body: body ?? '',
    state: merged_at ? 'merged' : state === 'open' ? 'open' : 'closed',
  }
}

type Made = PullRequest & { created: boolean }

interface ListedPull {
  number: number
  html_url: string
  title: string
  body: string | null
  state: string
  merged_at: string | null
}
