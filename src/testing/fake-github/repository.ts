import { Refusal, type Handler } from './hub.ts'
import type { OperationId } from './operations.ts'

export const repositoryHandlers = {
  'repos/get': async (hub) => ({
    status: 200,
    body: {
      ...hub.description.sample('full-repository'),
      ...{ name: hub.name, full_name: `${hub.owner}/${hub.name}`, html_url: hub.page('') },
      ...{ default_branch: hub.settings.defaultBranch, allow_auto_merge: hub.settings.allowAutoMerge },
      has_issues: hub.settings.issuesEnabled,
    },
  }),

  'repos/get-branch': async (hub, { path }) => {
    const sha = await hub.tip(`refs/heads/${path.branch}`)
    if (!sha) throw new Refusal(404, 'Branch not found')
    const view = hub.description.sample('branch-with-protection')
    return {
      status: 200,
      body: { ...view, name: path.branch, commit: { ...(view.commit as object), sha } },
    }
  },

  'repos/create-dispatch-event': async (hub, { body }) => {
    hub.dispatches.push({
      kind: 'repository',
      name: String(body.event_type),
      inputs: body.client_payload as never,
    })
    return { status: 204 }
  },

  'actions/create-workflow-dispatch': async (hub, { path, body }) => {
    const ref = String(body.ref)
    if (!(await hub.tip(`refs/heads/${ref}`)) && !(await hub.tip(ref)))
      throw new Refusal(422, `No ref found for: ${ref}`)
    hub.dispatches.push({
      kind: 'workflow',
      name: String(path.workflow_id),
      ref,
      inputs: body.inputs as never,
    })
    return { status: 204 }
  },
} satisfies Partial<Record<OperationId, Handler>>
