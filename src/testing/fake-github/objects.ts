import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Json } from './description.ts'
import { Refusal, type Handler, type Hub } from './hub.ts'
import type { OperationId } from './operations.ts'
import { NOTHING } from './refs.ts'

export const objectHandlers = {
  'git/get-commit': async (hub, { path }) => ({
    status: 200,
    body: await commitView(hub, await object(hub, path.commit_sha, 'commit')),
  }),

  'git/create-commit': async (hub, { body }) => {
    const tree = await hub.tryLine(['rev-parse', '--verify', '--quiet', `${String(body.tree)}^{tree}`])
    if (tree === undefined) throw new Refusal(422, 'Tree SHA does not exist')
    const parents = (body.parents ?? []) as string[]
    for (const parent of parents)
      await object(hub, parent, 'commit', 'Parent SHA does not exist or is not a commit object')
    const args = ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent]), '-F', '-']
    const sha = await hub.line(args, { input: String(body.message) })
    return { status: 201, body: await commitView(hub, sha) }
  },

  'git/get-tree': async (hub, { path, query }) => {
    const tree = await hub.tryLine(['rev-parse', '--verify', '--quiet', `${path.tree_sha}^{tree}`])
    if (tree === undefined) throw new Refusal(404, 'Not Found')
    return { status: 200, body: await treeView(hub, tree, query.recursive !== undefined) }
  },

  'git/create-tree': async (hub, { body }) => {
    const folder = await mkdtemp(join(tmpdir(), 'fake-github-'))
    const env = { GIT_INDEX_FILE: join(folder, 'index') }
    try {
      if (typeof body.base_tree === 'string') {
        const base = await hub.tryLine(['rev-parse', '--verify', '--quiet', `${body.base_tree}^{tree}`])
        if (base === undefined) throw new Refusal(422, 'base_tree is not a valid tree oid')
        await hub.line(['read-tree', base], { env })
      }
      for (const entry of body.tree as TreeEntry[]) await place(hub, entry, env)
      const sha = await hub.line(['write-tree'], { env })
      return { status: 201, body: await treeView(hub, sha, false) }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },

  'git/get-blob': async (hub, { path }) => {
    const sha = await object(hub, path.file_sha, 'blob')
    return { status: 200, body: await blobView(hub, sha) }
  },

  'git/create-blob': async (hub, { body }) => {
    const input = Buffer.from(String(body.content), body.encoding === 'base64' ? 'base64' : 'utf8')
    const sha = await hub.line(['hash-object', '-w', '--stdin'], { input })
    return { status: 201, body: { sha, url: hub.url(`/git/blobs/${sha}`) } }
  },

  'repos/get-content': async (hub, { path, query }) => {
    const file = path.path ?? ''
    const ref = query.ref === undefined ? hub.settings.defaultBranch : String(query.ref)
    const commit = (await hub.tip(`refs/heads/${ref}`)) ?? (await hub.tip(`${ref}^{commit}`))
    if (!commit) throw new Refusal(404, `No commit found for the ref ${ref}`)
    const entry = await hub.line(['ls-tree', '-l', commit, '--', file])
    const found = /^(\d+) (\w+) (\w+) +(\S+)\t/.exec(entry)
    if (!found) throw new Refusal(404, 'Not Found')
    const [, , type, sha = '', size] = found
    if (type !== 'blob') return { status: 200, body: await folderView(hub, commit, file) }
    const view = await blobView(hub, sha)
    // Between 1 and 100 MB the content is left out: docs.github.com/rest/repos/contents.
    const large = Number(size) > 1_048_576
    return {
      status: 200,
      body: {
        ...{ type: 'file', name: basename(file), path: file, sha, size: Number(size) },
        ...(large ? { encoding: 'none', content: '' } : { encoding: 'base64', content: view.content }),
        ...{ url: hub.url(`/contents/${file}`), git_url: null, html_url: null, download_url: null },
        _links: { self: hub.url(`/contents/${file}`), git: null, html: null },
      },
    }
  },
} satisfies Partial<Record<OperationId, Handler>>

async function place(hub: Hub, entry: TreeEntry, env: Record<string, string>): Promise<void> {
  const { path, mode = '100644', sha, content } = entry
  if (path === undefined) throw new Refusal(422, 'tree.path is missing')
  if (sha !== undefined && content !== undefined)
    throw new Refusal(422, 'Must supply either tree.sha or tree.content, not both')
  if (sha === null) {
    const there = await hub.line(['ls-files', '--cached', '--', path], { env })
    // GitHub refuses to remove what is not there.
    if (there === '') throw new Refusal(422, 'GitRPC::BadObjectState')
    await hub.line(['update-index', '-z', '--index-info'], { env, input: `0 ${NOTHING}\t${path}\0` })
    return
  }
  const blob = sha ?? (await hub.line(['hash-object', '-w', '--stdin'], { input: content ?? '' }))
  const placed = await hub.tryLine(
    ['update-index', '--add', '--replace', '--cacheinfo', `${mode},${blob},${path}`],
    { env },
  )
  if (placed === undefined) throw new Refusal(422, 'tree.path contains a malformed path component')
}

async function object(hub: Hub, sha: string | undefined, type: string, message?: string): Promise<string> {
  const found = sha && /^[0-9a-f]{40}$/.test(sha) ? await hub.tryLine(['cat-file', '-t', sha]) : undefined
  if (sha === undefined || found !== type) throw new Refusal(message ? 422 : 404, message ?? 'Not Found')
  return sha
}

async function commitView(hub: Hub, sha: string): Promise<Json> {
  const [tree = '', parents = '', author, authored, ...message] = (
    await hub.line(['log', '-1', '--format=%T%n%P%n%an%n%aI%n%B', sha])
  ).split('\n')
  const person = { name: author, email: 'nobody@github.example', date: authored }
  return {
    ...hub.description.sample('git-commit'),
    ...{ sha, message: message.join('\n'), author: person, committer: person },
    tree: { sha: tree, url: hub.url(`/git/trees/${tree}`) },
    parents: parents
      .split(' ')
      .filter(Boolean)
      .map((parent) => ({ sha: parent, url: hub.url(''), html_url: hub.page('') })),
  }
}

async function treeView(hub: Hub, sha: string, recursive: boolean): Promise<Json> {
  const lines = await hub.line(['ls-tree', '-z', ...(recursive ? ['-r', '-t'] : []), sha])
  const entries = lines.split('\0').filter(Boolean)
  return {
    ...{ sha, url: hub.url(`/git/trees/${sha}`), truncated: false },
    tree: entries.map((line) => {
      const [, mode, type, entry, path] = /^(\d+) (\w+) (\w+)\t([\s\S]+)$/.exec(line) ?? []
      return { path, mode, type, sha: entry, url: hub.url(`/git/${type}s/${entry}`) }
    }),
  }
}

async function blobView(hub: Hub, sha: string): Promise<Json> {
  const text = await hub.git(['cat-file', 'blob', sha])
  const content = Buffer.from(text).toString('base64').replaceAll(/.{60}/g, '$&\n')
  return {
    ...{ sha, content, encoding: 'base64', size: Buffer.byteLength(text), node_id: `BLOB_${sha}` },
    url: hub.url(`/git/blobs/${sha}`),
  }
}

async function folderView(hub: Hub, commit: string, folder: string): Promise<Json[]> {
  const lines = await hub.line(['ls-tree', '-z', '-l', commit, `${folder}/`])
  return lines
    .split('\0')
    .filter(Boolean)
    .map((line) => {
      const [, type, sha, size, path = ''] = /^\d+ (\w+) (\w+) +(\S+)\t([\s\S]+)$/.exec(line) ?? []
      return {
        ...{
          type: type === 'tree' ? 'dir' : 'file',
          size: Number(size) || 0,
          name: basename(path),
          path,
          sha,
        },
        ...{ url: hub.url(`/contents/${path}`), git_url: null, html_url: null, download_url: null },
        _links: { self: hub.url(`/contents/${path}`), git: null, html: null },
      }
    })
}

interface TreeEntry {
  path?: string
  mode?: string
  type?: string
  sha?: string | null
  content?: string
}
