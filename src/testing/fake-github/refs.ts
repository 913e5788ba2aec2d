import { Refusal, type Handler, type Hub } from './hub.ts'
import type { Json } from './description.ts'
import { closeOrphans, noticeMerges } from './pulls.ts'
import type { OperationId } from './operations.ts'

export const refHandlers = {
  'git/get-ref': async (hub, { path }) => {
    await refuseEmpty(hub)
    const ref = `refs/${path.ref}`
    const sha = await hub.tip(ref)
    if (!sha) throw new Refusal(404, 'Not Found')
    return { status: 200, body: refView(hub, ref, sha) }
  },

  'git/list-matching-refs': async (hub, { path }) => {
    await refuseEmpty(hub)
    const lines = await hub.line(['for-each-ref', '--format=%(objectname) %(refname)'])
    const refs = lines.split('\n').map((line) => line.split(' ') as [string, string])
    const list = refs.filter(([, ref]) => ref?.startsWith(`refs/${path.ref}`))
    return { status: 200, body: list.map(([sha, ref]) => refView(hub, ref, sha)) }
  },

  'git/create-ref': (hub, { body }) => {
    const ref = String(body.ref)
    return hub.inTurn(ref, async () => {
      if (!/^refs\/[^/]+\/.+/.test(ref)) throw new Refusal(422, `Reference name must start with 'refs/'.`)
      if ((await hub.tryLine(['check-ref-format', ref])) === undefined)
        throw new Refusal(422, `${ref} is not a valid ref name.`)
      if (await hub.tip(ref)) throw new Refusal(422, 'Reference already exists')
      const sha = await existingCommit(hub, String(body.sha))
      await hub.line(['update-ref', ref, sha, NOTHING])
      return { status: 201, body: refView(hub, ref, sha) }
    })
  },

  'git/update-ref': (hub, { path, body }) => {
    const ref = `refs/${path.ref}`
    return hub.inTurn(ref, async () => {
      const old = await hub.tip(ref)
      if (!old) throw new Refusal(422, 'Reference does not exist')
      const sha = await existingCommit(hub, String(body.sha))
      const forward = await hub.tryLine(['merge-base', '--is-ancestor', old, sha])
      if (forward === undefined && body.force !== true) throw new Refusal(422, 'Update is not a fast forward')
      await hub.line(['update-ref', ref, sha, old])
      await noticeMerges(hub)
      return { status: 200, body: refView(hub, ref, sha) }
    })
  },

  'git/delete-ref': (hub, { path }) => {
    const ref = `refs/${path.ref}`
    return hub.inTurn(ref, async () => {
      const old = await hub.tip(ref)
      if (!old) throw new Refusal(422, 'Reference does not exist')
      await hub.line(['update-ref', '-d', ref, old])
      closeOrphans(hub, ref)
      return { status: 204 }
    })
  },
} satisfies Partial<Record<OperationId, Handler>>

/** In git's words: the ref must not exist yet. */
export const NOTHING = '0'.repeat(40)

async function existingCommit(hub: Hub, sha: string): Promise<string> {
  const type = /^[0-9a-f]{40}$/.test(sha) ? await hub.tryLine(['cat-file', '-t', sha]) : undefined
  if (type !== 'commit') throw new Refusal(422, 'Object does not exist')
  return sha
}

async function refuseEmpty(hub: Hub): Promise<void> {
  const any = await hub.line(['for-each-ref', '--count=1'])
  if (any === '') throw new Refusal(409, 'Git Repository is empty.')
}

function refView(hub: Hub, ref: string, sha: string): Json {
  return {
    ref,
    node_id: `REF_${ref}`,
    url: hub.url(`/git/${ref}`),
    object: { type: 'commit', sha, url: hub.url(`/git/commits/${sha}`) },
  }
}
