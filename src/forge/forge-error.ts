/** Something that a forge cannot do, in words for whoever looks after the repository. */
export class ForgeError extends Error {
  readonly code: ForgeErrorCode

  constructor(code: ForgeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ForgeError'
    this.code = code
  }
}

export function isForgeError(error: unknown, code: ForgeErrorCode): error is ForgeError {
  return error instanceof ForgeError && error.code === code
}

export type ForgeErrorCode =
  /** Other writers won every race for a branch. */
  | 'contended'
  /** A commit was asked for on a branch that does not exist. */
  | 'missing-branch'
  /** A pull request cannot be merged, because somebody has closed it. */
  | 'closed'
  /** The forge lets this token commit, but not open pull requests. */
  | 'pull-requests-forbidden'
  /** The forge refused: bad credentials, missing rights, or a request it does not take. */
  | 'refused'
  /** The forge asks to wait longer than is sensible. */
  | 'rate-limited'
  /** This machine's clock and the forge's are too far apart to write down times. */
  | 'wrong-clock'
  /** The forge did not answer, or only with failures of its own. */
  | 'unreachable'
