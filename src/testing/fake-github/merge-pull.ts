import type { Json } from './description.ts'
import { Refusal, type Hub, type Pull } from './hub.ts'

/** Merges in the repository itself. Refuses as GitHub does: 405 when it cannot be merged now, 409 when a tip has moved. */
export async function mergePull(hub: Hub, pull: Pull, wish: Json): Promise<string> {
  const baseRef = `refs/heads/${pull.base}`
  return hub.inTurn(baseRef, async () => {
    if (pull.state !== 'open' || pull.draft) throw new Refusal(405, 'Pull Request is not mergeable')
    const base = await hub.line(['rev-parse', baseRef])
    const head = await hub.line(['rev-parse', `refs/heads/${pull.head}`])
    if (typeof wish.sha === 'string' && wish.sha !== head)
      throw new Refusal(409, 'Head branch was modified. Review and try the merge again.')
    if (hub.settings.mergeabilityUnknown > 0) throw new Refusal(405, 'Pull Request is not mergeable')
    if (hub.settings.checksPending && pull.base === hub.settings.defaultBranch)
      throw new Refusal(405, 'Required status check "build" is expected.')
    const tree = await mergedTree(hub, pull)
    if (tree === undefined) throw new Refusal(405, 'Pull Request is not mergeable')
    const squash = wish.merge_method === 'squash'
    const parents = ['-p', base, ...(squash ? [] : ['-p', head])]
    const title = String(wish.commit_title ?? `${pull.title} (#${pull.number})`)
    const text = [title, wish.commit_message].filter(Boolean).join('\n\n')
    const sha = await hub.line(['commit-tree', tree, ...parents, '-F', '-'], { input: text })
    const moved = await hub.tryLine(['update-ref', baseRef, sha, base])
    if (moved === undefined)
      throw new Refusal(409, 'Base branch was modified. Review and try the merge again.')
    Object.assign(pull, { state: 'closed', mergedAt: hub.time(), closedAt: hub.time(), sha: head })
    if (hub.settings.deleteBranchOnMerge) await hub.line(['update-ref', '-d', `refs/heads/${pull.head}`])
    return sha
  })
}

/** The files after a merge; `undefined` when there is a conflict. */
export function mergedTree(hub: Hub, { base, head }: Pull): Promise<string | undefined> {
  return hub.tryLine(['merge-tree', '--write-tree', `refs/heads/${base}`, `refs/heads/${head}`])
}
