import type { Json } from './description.ts'
import { Refusal, type Handler, type Hub, type Issue, type Pull } from './hub.ts'
import type { OperationId } from './operations.ts'

export const issueHandlers = {
  'issues/create': async (hub, { body }) => {
    if (!hub.settings.issuesEnabled) throw new Refusal(410, 'Issues has been disabled in this repository.')
    const issue: Issue = {
      ...{ number: hub.nextNumber(), title: String(body.title), body: (body.body as string) ?? null },
      ...{ state: 'open', labels: ((body.labels ?? []) as (string | Json)[]).map(nameOf) },
      ...{ createdAt: hub.time(), closedAt: null },
    }
    hub.issues.push(issue)
    return { status: 201, body: issueView(hub, issue) }
  },

  'issues/get': async (hub, { path }) => ({
    status: 200,
    body: issueView(hub, numbered(hub, path.issue_number)),
  }),

  'issues/update': async (hub, { path, body }) => {
    const issue = numbered(hub, path.issue_number)
    if (typeof body.title === 'string') issue.title = body.title
    if (body.body !== undefined) issue.body = body.body as string | null
    if (body.state !== undefined) issue.state = body.state as Issue['state']
    issue.closedAt = issue.state === 'closed' ? (issue.closedAt ?? hub.time()) : null
    return { status: 200, body: issueView(hub, issue) }
  },

  'issues/list-for-repo': async (hub, { query }) => {
    const state = query.state ?? 'open'
    const wanted = String(query.labels ?? '')
      .split(',')
      .filter(Boolean)
    // To GitHub every pull request is an issue too.
    const all = [...hub.issues, ...hub.pulls].toSorted((one, other) => other.number - one.number)
    const found = all
      .filter((issue) => state === 'all' || issue.state === state)
      .filter((issue) => wanted.every((label) => issue.labels.includes(label)))
    const ordered = query.direction === 'asc' ? found.toReversed() : found
    return { status: 200, list: ordered.map((issue) => issueView(hub, issue)) }
  },

  'issues/add-labels': async (hub, { path, body }) => {
    const issue = numbered(hub, path.issue_number)
    const labels = ((body.labels ?? []) as (string | Json)[]).map(nameOf)
    const long = labels.find((label) => label.length > 50)
    if (long)
      throw new Refusal(422, 'Validation Failed', [
        {
          resource: 'Label',
          code: 'custom',
          field: 'name',
          message: 'name is too long (maximum is 50 characters)',
        },
      ])
    issue.labels = [...new Set([...issue.labels, ...labels])]
    return { status: 200, body: issue.labels.map((name, index) => labelView(hub, name, index)) }
  },

  'issues/create-comment': async (hub, { path, body }) => {
    const { number } = numbered(hub, path.issue_number)
    hub.comments.push({ number, body: String(body.body) })
    const view = hub.description.sample('issue-comment')
    return { status: 201, body: { ...view, id: hub.comments.length, body: body.body } }
  },
} satisfies Partial<Record<OperationId, Handler>>

export function labelView(hub: Hub, name: string, index: number): Json {
  return {
    ...{ id: index + 1, node_id: `LA_${index}`, url: hub.url(`/labels/${encodeURIComponent(name)}`), name },
    ...{ description: '', color: 'ededed', default: false },
  }
}

function numbered(hub: Hub, number: unknown): Issue | Pull {
  const issue = [...hub.issues, ...hub.pulls].find((one) => one.number === Number(number))
  if (!issue) throw new Refusal(404, 'Not Found')
  return issue
}

function nameOf(label: string | Json): string {
  return typeof label === 'string' ? label : String(label.name)
}

function issueView(hub: Hub, issue: Issue | Pull): Json {
  const pull = 'head' in issue
  return {
    ...hub.description.sample('issue'),
    ...{ number: issue.number, title: issue.title, body: issue.body, state: issue.state },
    ...{ created_at: issue.createdAt, updated_at: issue.createdAt, closed_at: issue.closedAt },
    html_url: hub.page(`/${pull ? 'pull' : 'issues'}/${issue.number}`),
    labels: issue.labels.map((name, index) => labelView(hub, name, index)),
    ...(pull && {
      pull_request: {
        ...{ url: hub.url(`/pulls/${issue.number}`), html_url: hub.page(`/pull/${issue.number}`) },
        ...{ diff_url: null, patch_url: null },
      },
    }),
  }
}
