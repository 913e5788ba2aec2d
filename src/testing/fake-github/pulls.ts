import type { Json } from './description.ts'
import { Refusal, type Handler, type Hub, type Pull } from './hub.ts'
import { labelView } from './issues.ts'
import { mergedTree, mergePull } from './merge-pull.ts'
import type { OperationId } from './operations.ts'

export const pullHandlers = {
  'pulls/create': (hub, { body }) => {
    const [headOwner, head = ''] = ownerAndBranch(hub, String(body.head))
    const base = String(body.base)
    return hub.inTurn(`pulls from ${head}`, async () => {
      const sha = headOwner === hub.owner ? await hub.tip(`refs/heads/${head}`) : undefined
      if (!sha) throw invalid({ field: 'head', code: 'invalid' })
      if (!(await hub.tip(`refs/heads/${base}`))) throw invalid({ field: 'base', code: 'invalid' })
      if (hub.pulls.some((pull) => pull.state === 'open' && pull.head === head && pull.base === base))
        throw invalid({ code: 'custom', message: `A pull request already exists for ${headOwner}:${head}.` })
      const ahead = await hub.line(['rev-list', '--count', `refs/heads/${base}..${sha}`])
      if (ahead === '0') throw invalid({ code: 'custom', message: `No commits between ${base} and ${head}` })
      if (typeof body.title !== 'string' || body.title === '')
        throw invalid({ code: 'missing_field', field: 'title' })
      if (body.title.length > 256)
        throw invalid({ code: 'custom', message: 'title is too long (maximum is 256 characters)' })
      const pull: Pull = {
        ...{ number: hub.nextNumber(), title: body.title, body: (body.body as string | undefined) ?? null },
        ...{ state: 'open', head, base, draft: body.draft === true, sha, labels: [] },
        ...{ createdAt: hub.time(), mergedAt: null, closedAt: null },
      }
      hub.pulls.push(pull)
      return { status: 201, body: await pullView(hub, pull, 'pull-request') }
    })
  },

  'pulls/list': async (hub, { query }) => {
    const state = query.state ?? 'open'
    const { head, base } = query
    // Without an owner before the colon GitHub ignores the filter and lists everything.
    const [, onlyHead] = /^[^:]+:(.+)$/.exec(String(head ?? '')) ?? []
    const found = hub.pulls
      .filter((pull) => state === 'all' || pull.state === state)
      .filter((pull) => onlyHead === undefined || head === `${hub.owner}:${pull.head}`)
      .filter((pull) => base === undefined || pull.base === base)
    const newestFirst =
      (query.direction ?? (query.sort === undefined || query.sort === 'created' ? 'desc' : 'asc')) === 'desc'
    const ordered = newestFirst ? found.toReversed() : found
    return {
      status: 200,
      list: await Promise.all(ordered.map((pull) => pullView(hub, pull, 'pull-request-simple'))),
    }
  },

  'pulls/get': async (hub, { path }) => ({
    status: 200,
    body: await pullView(hub, pullNumbered(hub, path.pull_number), 'pull-request'),
  }),

  'pulls/update': async (hub, { path, body }) => {
    const pull = pullNumbered(hub, path.pull_number)
    if (body.state === 'open' && pull.state === 'closed') {
      const branch = await hub.tip(`refs/heads/${pull.head}`)
      if (pull.mergedAt || !branch)
        throw invalid({ field: 'state', code: 'invalid', message: 'state cannot be changed.' })
    }
    if (body.state === 'closed' && pull.state === 'open') pull.closedAt = hub.time()
    if (body.state === 'open') pull.closedAt = null
    if (body.state !== undefined && !pull.mergedAt) pull.state = body.state as Pull['state']
    if (typeof body.title === 'string') pull.title = body.title
    if (body.body !== undefined) pull.body = body.body as string | null
    return { status: 200, body: await pullView(hub, pull, 'pull-request') }
  },

  'pulls/merge': async (hub, { path, body }) => {
    const pull = pullNumbered(hub, path.pull_number)
    const sha = await mergePull(hub, pull, body)
    return { status: 200, body: { sha, merged: true, message: 'Pull Request successfully merged' } }
  },
} satisfies Partial<Record<OperationId, Handler>>

/** A branch that is gone closes its pull requests, as on GitHub. */
export function closeOrphans(hub: Hub, ref: string): void {
  for (const pull of hub.pulls) {
    if (pull.state !== 'open' || `refs/heads/${pull.head}` !== ref) continue
    pull.state = 'closed'
    pull.closedAt = hub.time()
  }
}

/** A pull request whose commits have reached its base by a push counts as merged, as on GitHub. */
export async function noticeMerges(hub: Hub): Promise<void> {
  for (const pull of hub.pulls.filter(({ state }) => state === 'open')) {
    const head = await hub.tip(`refs/heads/${pull.head}`)
    const base = `refs/heads/${pull.base}`
    if (!head || (await hub.tryLine(['merge-base', '--is-ancestor', head, base])) === undefined) continue
    Object.assign(pull, { state: 'closed', mergedAt: hub.time(), closedAt: hub.time(), sha: head })
  }
}

function pullNumbered(hub: Hub, number: unknown): Pull {
  const pull = hub.pulls.find((one) => one.number === Number(number))
  if (!pull) throw new Refusal(404, 'Not Found')
  return pull
}

function ownerAndBranch(hub: Hub, head: string): [string, string] {
  const [, owner = hub.owner, branch = ''] = /^(?:([^:]+):)?(.+)$/.exec(head) ?? []
  return [owner, branch]
}

function invalid(error: Json): Refusal {
  return new Refusal(422, 'Validation Failed', [{ resource: 'PullRequest', ...error } as Json])
}

async function pullView(hub: Hub, live: Pull, schema: 'pull-request' | 'pull-request-simple'): Promise<Json> {
  // One moment's state: others may merge or close it while git is asked.
  const pull = { ...live }
  const view = hub.description.sample(schema)
  const sha = (await hub.tip(`refs/heads/${pull.head}`)) ?? pull.sha
  const base = await hub.tip(`refs/heads/${pull.base}`)
  const end = (part: unknown, ref: string, commit: string | undefined) => ({
    ...(part as Json),
    ...{ ref, label: `${hub.owner}:${ref}`, sha: commit ?? '' },
  })
  const full = {
    merged: pull.mergedAt !== null,
    mergeable: schema === 'pull-request' ? await mergeability(hub, pull) : null,
    mergeable_state: hub.settings.checksPending ? 'blocked' : 'clean',
  }
  return {
    ...view,
    ...{
      number: pull.number,
      node_id: `PR_${pull.number}`,
      state: pull.state,
      title: pull.title,
      body: pull.body,
    },
    ...{ draft: pull.draft, created_at: pull.createdAt, updated_at: pull.closedAt ?? pull.createdAt },
    ...{ merged_at: pull.mergedAt, closed_at: pull.closedAt, html_url: hub.page(`/pull/${pull.number}`) },
    labels: pull.labels.map((name, index) => labelView(hub, name, index)),
    head: end(view.head, pull.head, sha),
    base: end(view.base, pull.base, base),
    ...(schema === 'pull-request' ? full : {}),
  }
}

/** GitHub finds out in the background; until then the answer is `null`. */
async function mergeability(hub: Hub, pull: Pull): Promise<boolean | null> {
  if (pull.state !== 'open') return null
  if (hub.settings.mergeabilityUnknown > 0) {
    hub.settings.mergeabilityUnknown -= 1
    return null
  }
  return (await mergedTree(hub, pull)) !== undefined
}
