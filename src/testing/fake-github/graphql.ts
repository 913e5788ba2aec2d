import type { Json } from './description.ts'
import type { Hub } from './hub.ts'
import { mergedTree } from './merge-pull.ts'

/** `enablePullRequestAutoMerge`, the one mutation that has no REST twin. Anything else is not spoken: `undefined`. */
export async function answerGraphql(hub: Hub, sent: Json): Promise<Json | undefined> {
  const query = String(sent.query)
  if (!/^\s*mutation[^{]*\{\s*enablePullRequestAutoMerge\s*\(\s*input:\s*\$input\s*\)/.test(query))
    return undefined
  const { input } = (sent.variables ?? {}) as { input?: Json }
  const unknown = Object.keys(input ?? {}).filter((key) => !inputFields.has(key))
  if (unknown.length > 0) return refuse(`Field is not defined on EnablePullRequestAutoMergeInput: ${unknown}`)
  const pull = hub.pulls.find((one) => `PR_${one.number}` === input?.pullRequestId)
  if (!pull)
    return refuse(`Could not resolve to a node with the global id of '${input?.pullRequestId}'`, 'NOT_FOUND')
  const head = await hub.tip(`refs/heads/${pull.head}`)
  if (!hub.settings.allowAutoMerge) return refuse('Auto merge is not allowed for this repository')
  if (pull.state !== 'open') return refuse('Pull request is closed')
  if ((await mergedTree(hub, pull)) === undefined) return refuse('Pull request is in dirty status')
  if (!hub.settings.checksPending) return refuse('Pull request is in clean status')
  if (input?.expectedHeadOid !== undefined && input.expectedHeadOid !== head)
    return refuse(`Head sha didn't match expected head oid`)
  pull.autoMerge = {
    method: String(input?.mergeMethod ?? 'MERGE').toLowerCase(),
    ...(typeof input?.commitHeadline === 'string' && { title: input.commitHeadline }),
  }
  return { data: { enablePullRequestAutoMerge: { pullRequest: { number: pull.number } } } }
}

function refuse(message: string, type = 'UNPROCESSABLE'): Json {
  return {
    data: { enablePullRequestAutoMerge: null },
    errors: [{ type, path: ['enablePullRequestAutoMerge'], message }],
  }
}

/** EnablePullRequestAutoMergeInput, docs.github.com/graphql/reference/input-objects. */
const inputFields = new Set([
  'authorEmail',
  'clientMutationId',
  'commitBody',
  'commitHeadline',
  'expectedHeadOid',
  'mergeMethod',
  'pullRequestId',
])
