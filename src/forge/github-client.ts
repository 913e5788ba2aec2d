import type { Octokit } from 'octokit'
import { ForgeError, type ForgeErrorCode } from './forge-error.ts'
import { jitter, MOST_TRIES, type Wait } from './retry.ts'

/**
 * Connects to GitHub. Requests that fail for the moment (no answer, 5xx, too many requests) are made again, after as long
 * as GitHub asks for; anything else it refuses becomes a {@link GitHubRefusal}.
 */
export async function connectToGitHub(options: ConnectOptions): Promise<Octokit> {
  // Loaded here, since it takes 0.3 s and most commands never talk to GitHub.
  const { Octokit } = await import('octokit')
  const octokit = new Octokit({
    auth: options.token,
    userAgent: 'candor',
    log: silent,
    // Its own throttling spaces all writes of a process by a second and waits where a test cannot reach it.
    throttle: { enabled: false },
    retry: { enabled: false },
    ...(options.baseUrl !== undefined && { baseUrl: options.baseUrl }),
  })
  let ahead = 0
  octokit.hook.wrap('request', async (request, parameters) => {
    // To read with a wrong clock is fine. What is written bears its times, and history only grows.
    if (parameters.method !== 'GET') refuseWrongClock(ahead)
    for (let tries = 0; ; tries++) {
      try {
        const answer = await request(parameters)
        const theirs = Date.parse(answer.headers.date ?? '')
        if (!Number.isNaN(theirs)) ahead = options.now() - theirs
        return answer
      } catch (error) {
        const answer = error as Answered
        if (answer.status === undefined) throw error
        const what = `${parameters.method} ${parameters.url}`
        const pause = pauseBefore(answer, tries)
        if (pause === undefined || tries === MOST_TRIES - 1) throw new GitHubRefusal(what, answer)
        if (pause > options.patience) {
          const minutes = Math.ceil(pause / 60_000)
          const why = `GitHub asks to wait ${minutes} min before ${what}: too many requests were made with this token.`
          throw new ForgeError('rate-limited', why, { cause: error })
        }
        await options.wait(pause)
      }
    }
  })
  return octokit
}

/** @throws {ForgeError} `wrong-clock`, where our clock is `ahead` of theirs, or behind it, by more than any network explains. */
function refuseWrongClock(ahead: number): void {
  if (Math.abs(ahead) <= MOST_SKEW_MS) return
  const by = `${String(Math.round(Math.abs(ahead) / 1000))} s ${ahead > 0 ? 'ahead of' : 'behind'} GitHub's`
  throw new ForgeError(
    'wrong-clock',
    `This machine's clock is ${by}, so nothing is written there: its times would be wrong. Set the clock.`,
  )
}

/** The date of an answer has whole seconds, and the answer may have been on its way for some. */
const MOST_SKEW_MS = 30_000

/** GitHub's own no, with its status and words. */
export class GitHubRefusal extends ForgeError {
  readonly status: number
  /** GitHub's message, with the details of a failed validation. */
  readonly said: string

  constructor(what: string, answer: Answered) {
    const answered = answer.response !== undefined
    const status = answer.status ?? 0
    const said = answer.message.replace(/ - https:\/\/docs\.github\.com\S*$/, '')
    const code: ForgeErrorCode = answered && status < 500 ? 'refused' : 'unreachable'
    const message = answered
      ? `GitHub answered ${status} to ${what}: ${said}`
      : `GitHub did not answer ${what}: ${said}`
    super(code, [message, advice[status]].filter(Boolean).join(' '), { cause: answer })
    this.status = status
    this.said = said
  }
}

/** Whether GitHub refused with this status, in words like these. */
export function refused(error: unknown, status: number, words = /(?:)/): error is GitHubRefusal {
  return error instanceof GitHubRefusal && error.status === status && words.test(error.said)
}

/** A value, or `undefined` where GitHub says that there is none. */
export async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (refused(error, 404)) return undefined
    throw error
  }
}

/** Milliseconds to wait before asking again; `undefined` when asking again would not help. */
function pauseBefore(answer: Answered, tries: number): number | undefined {
  const headers = answer.response?.headers ?? {}
  const after = Number(headers['retry-after'])
  if (answer.response === undefined || (answer.status ?? 0) >= 500)
    return after > 0 ? after * 1000 : jitter(tries + 1)
  if (answer.status !== 403 && answer.status !== 429) return undefined
  if (after > 0) return after * 1000
  if (String(headers['x-ratelimit-remaining']) === '0') {
    // Compared with the answer's own date, so that a wrong clock here does no harm.
    const until = Number(headers['x-ratelimit-reset']) * 1000 - Date.parse(String(headers.date))
    return Math.max(until, 0) + 1000
  }
  // Without a hint GitHub asks for a minute at least: docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
  return answer.status === 429 || /secondary rate limit/i.test(answer.message) ? 60_000 : undefined
}

const advice: Record<number, string> = {
  401: 'The token is wrong or has expired.',
  403: 'The token needs contents: write, pull-requests: write and issues: write.',
  404: 'It does not exist, or the token may not see it.',
}

const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing }

function nothing(): void {
  return undefined
}

export interface ConnectOptions {
  token: string
  /** `https://github.example.com/api/v3` for an installation of one's own. */
  baseUrl?: string | undefined
  wait: Wait
  /** This machine's clock, which is held against the dates of GitHub's answers. */
  now: () => number
  /** The longest time, in milliseconds, to wait because GitHub asks for it. */
  patience: number
}

interface Answered extends Error {
  status?: number
  /** Absent when no answer came. */
  response?: { headers: Record<string, string | number | undefined> }
}
