import { openGitHub } from '../src/forge/github.ts'
import { openLocalGit, worldPrefix } from '../src/forge/local-git.ts'
import type { Forge } from '../src/forge/forge.ts'
import { UsageError } from './say.ts'

/** The repository that a world belongs to, and where in it the world lies. */
export interface WorldForge {
  forge: Forge
  prefix: string
  /** Present on GitHub. */
  gitHub?: { owner: string; repo: string; token: string; baseUrl: string }
}

/**
 * GitHub where the environment names a repository and a token, as it does in its own workflows; else the local
 * repository that the folder is in, with pushes to `remote` where one is given.
 */
export async function openForge(
  root: string,
  env: Record<string, string | undefined>,
  { remote }: { remote?: string } = {},
): Promise<WorldForge> {
  const gitHub = gitHubOf(env)
  const prefix = await worldPrefix(root)
  if (gitHub) return { forge: await openGitHub(gitHub), prefix, gitHub }
  return { forge: await openLocalGit(root, remote === undefined ? {} : { remote }), prefix }
}

export function gitHubOf(env: Record<string, string | undefined>): WorldForge['gitHub'] {
  const token = env['GITHUB_TOKEN']
  const repository = env['GITHUB_REPOSITORY']
  if (token === undefined || token === '' || repository === undefined || repository === '') return undefined
  const [owner, repo, rest] = repository.split('/')
  if (owner === undefined || repo === undefined || rest !== undefined)
    throw new UsageError(`GITHUB_REPOSITORY is "${repository}"; expected owner/name.`)
  return { owner, repo, token, baseUrl: env['GITHUB_API_URL'] ?? 'https://api.github.com' }
}
