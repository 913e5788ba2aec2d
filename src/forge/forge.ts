/** A file as a commit should leave it; `null` removes it. Paths are relative to the repository's root. */
export interface FileChange {
  path: string
  content: string | null
}

/** Reads a file at the tip that a commit will stand on; `undefined` when it is not there. */
export type ReadAtTip = (path: string) => Promise<string | undefined>

/** The names of the files in a folder at that tip. */
export type ListAtTip = (folder: string) => Promise<string[]>

/**
 * A repository that commits can be added to without a work tree. Every call is safe to repeat and to race:
 * a lost race re-reads the tip and asks `change` again (at most 8 times, full jitter).
 * What cannot be done throws a `ForgeError`.
 */
export interface Repository {
  /** For messages: `local git in /srv/status`, `acme/status on GitHub`. */
  readonly name: string
  /** The branch that the page is built from. */
  mainBranch(): Promise<string>
  branchExists(branch: string): Promise<boolean>
  /** The branches whose name begins with `prefix`, in the order of their names. */
  listBranches(prefix: string): Promise<string[]>
  /** The names of the files in a folder at the tip of a branch; none when either is absent. */
  listFiles(branch: string, folder: string): Promise<string[]>
  /** A file at the tip of a branch; `undefined` when the branch or the file is absent. */
  read(branch: string, path: string): Promise<string | undefined>
  /**
   * Adds one commit to `branch`, which starts at the tip of `from` when it does not exist yet.
   * `change` sees the tip and answers what should differ; when nothing differs from the tip, nothing is committed, no
   * branch is made and the answer is `undefined`. Returns the new commit.
   * Throws `missing-branch` when the branch does not exist and `from` is left out or does not exist either.
   */
  commit(order: CommitOrder): Promise<Commit | undefined>
  /** Makes `branch` one commit without parents that holds exactly these files. For snapshots that need no past. */
  replaceBranch(branch: string, message: string, files: { path: string; content: string }[]): Promise<void>
  /** Removes a branch; a branch that is already gone is fine. */
  deleteBranch(branch: string): Promise<void>
}

export interface CommitOrder {
  branch: string
  from?: string
  message: string
  change: (read: ReadAtTip, list: ListAtTip) => FileChange[] | Promise<FileChange[]>
}

export interface Commit {
  sha: string
  /** Writers that make the very same commit in the same second may all be told so. */
  createdBranch: boolean
}

export interface PullRequest {
  number: number
  url: string
  title: string
  body: string
  state: 'open' | 'closed' | 'merged'
}

export interface PullRequestOrder {
  branch: string
  title: string
  body: string
  labels: string[]
}

/** Pull requests of one forge. `undefined` on a {@link Forge} that is plain git. */
export interface PullRequests {
  /** The newest pull request from `branch`, open or not. */
  find(branch: string): Promise<PullRequest | undefined>
  /**
   * Opens one, or answers the one that another run has opened in the meantime (`created: false`).
   * Throws `pull-requests-forbidden` when the forge does not let this token open any.
   */
  open(order: PullRequestOrder): Promise<PullRequest & { created: boolean }>
  update(number: number, change: { title?: string; body?: string }): Promise<void>
  /**
   * Merges by squash. `pending`: the forge will not merge it now, for want of checks or reviews or because of a
   * conflict; auto-merge was asked for where it is allowed, otherwise it waits for a person. Throws `closed`.
   */
  merge(number: number, title: string): Promise<'merged' | 'pending'>
  close(number: number): Promise<void>
}

/** Issues, which stand in for pull requests where those may not be opened. */
export interface Issues {
  /** The oldest issue whose text holds `marker`, open or not. */
  find(marker: string, labels: string[]): Promise<PullRequest | undefined>
  /** Opens one unless another run does: of several with the same marker the oldest stays and the others are closed. */
  open(order: {
    marker: string
    title: string
    body: string
    labels: string[]
  }): Promise<PullRequest & { created: boolean }>
  update(number: number, change: { title?: string; body?: string }): Promise<void>
  close(number: number): Promise<void>
  /** The page on which a person opens a pull request from `branch` by hand. */
  compareUrl(branch: string): Promise<string>
}

export interface Forge extends Repository {
  pullRequests?: PullRequests
  issues?: Issues
}
