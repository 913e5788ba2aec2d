import { tryGitLine, runGitLine, runGit, type GitOptions } from '../../forge/run-git.ts'
import type { Description, Json } from './description.ts'

/** What the fake remembers next to the git repository, and how its handlers reach both. */
export class Hub {
  readonly pulls: Pull[] = []
  readonly issues: Issue[] = []
  readonly comments: { number: number; body: string }[] = []
  readonly dispatches: Dispatch[] = []
  readonly settings: Settings
  readonly repository: string
  readonly owner: string
  readonly name: string
  readonly description: Description
  readonly #turns = new Map<string, Promise<unknown>>()
  #seconds = 0

  constructor(options: {
    repository: string
    owner: string
    name: string
    description: Description
    settings: Settings
  }) {
    this.repository = options.repository
    this.owner = options.owner
    this.name = options.name
    this.description = options.description
    this.settings = options.settings
  }

  /** One number for each pull request and issue, as GitHub counts them. */
  nextNumber(): number {
    return this.pulls.length + this.issues.length + 1
  }

  /** A clock of its own that moves a second each time it is read, so that every run of a test is the same. */
  time(): string {
    this.#seconds += 1
    return new Date(Date.UTC(2026, 0, 1) + this.#seconds * 1000).toISOString().replace('.000', '')
  }

  git(args: string[], options?: GitOptions): Promise<string> {
    return runGit(this.repository, args, { ...options, env: { ...identity, ...options?.env } })
  }

  line(args: string[], options?: GitOptions): Promise<string> {
    return runGitLine(this.repository, args, { ...options, env: { ...identity, ...options?.env } })
  }

  /** `undefined` where git refuses, for whatever reason. */
  tryLine(args: string[], options?: GitOptions): Promise<string | undefined> {
    return tryGitLine(this.repository, args, {
      ...options,
      no: [1, 128],
      env: { ...identity, ...options?.env },
    })
  }

  /** The commit a ref points to: `refs/heads/main`. */
  tip(ref: string): Promise<string | undefined> {
    return this.tryLine(['rev-parse', '--verify', '--quiet', ref])
  }

  /** Waits for the others who change the same ref, as GitHub does; different refs go on side by side. */
  async inTurn<T>(ref: string, change: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(ref) ?? Promise.resolve()
    const turn = before.then(change, change)
    this.#turns.set(
      ref,
      turn.catch(() => undefined),
    )
    return turn
  }

  url(path: string): string {
    return `https://github.example/repos/${this.owner}/${this.name}${path}`
  }

  page(path: string): string {
    return `https://github.example/${this.owner}/${this.name}${path}`
  }
}

/** GitHub says no: a status, its words, and sometimes a list of what was wrong. */
export class Refusal extends Error {
  readonly status: number
  readonly errors: Json[] | undefined

  constructor(status: number, message: string, errors?: Json[]) {
    super(message)
    this.status = status
    this.errors = errors
  }
}

const identity = {
  GIT_AUTHOR_NAME: 'github-actions[bot]',
  GIT_AUTHOR_EMAIL: 'bot@github.example',
  GIT_COMMITTER_NAME: 'GitHub',
  GIT_COMMITTER_EMAIL: 'noreply@github.example',
}

/** One answer to one request that GitHub's description allows. */
export type Handler = (
  hub: Hub,
  request: { path: Json & Record<string, string>; query: Json; body: Json },
) => Promise<Answer>

export interface Answer {
  status: number
  body?: unknown
  /** A list to be cut into pages. */
  list?: unknown[]
}

export interface Pull {
  number: number
  title: string
  body: string | null
  state: 'open' | 'closed'
  head: string
  base: string
  draft: boolean
  createdAt: string
  mergedAt: string | null
  closedAt: string | null
  labels: string[]
  /** The head's last known commit, for when its branch is gone. */
  sha: string
  autoMerge?: { method: string; title?: string }
}

export interface Issue {
  number: number
  title: string
  body: string | null
  state: 'open' | 'closed'
  labels: string[]
  createdAt: string
  closedAt: string | null
}

export interface Dispatch {
  kind: 'workflow' | 'repository'
  /** The workflow's file name or the event's type. */
  name: string
  ref?: string
  inputs?: Json
}

export interface Settings {
  defaultBranch: string
  allowAutoMerge: boolean
  /** Required checks on the default branch that have not reported yet: a merge is refused until they pass. */
  checksPending: boolean
  deleteBranchOnMerge: boolean
  /** So many times more GitHub answers that it does not know yet whether a pull request can be merged. */
  mergeabilityUnknown: number
  issuesEnabled: boolean
}
