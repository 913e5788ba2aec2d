/** What the `ping` program said of itself and of the host. */
export interface PingOutput {
  stdout: string
  stderr: string
  /** Why it could not be started: `ENOENT`, `EACCES`. */
  code?: string
}

/** What the pings came to, or why this prober could not send any. */
export type PingResult =
  | {
      sent: number
      received: number
      /** The average round trip; absent when nothing was received. */
      averageMs?: number
    }
  | {
      problem: string
      code: string
      /** Asking again would not help. */
      final: boolean
    }

/** Reads the summary of `ping -q`, as iputils, BusyBox, macOS and the BSDs print it in the C locale. Pure. */
export function readPing({ stdout, stderr, code }: PingOutput): PingResult {
  if (code === 'ENOENT') return final('this prober has no `ping` program in its PATH', 'ping')
  if (code === 'EACCES') return final('this prober may not run `ping`', 'EACCES')

  const [, sent, received] = (SUMMARY.exec(stdout) ?? []).map(Number)
  if (sent && received) {
    const averageMs = Number(AVERAGE.exec(stdout)?.[1])
    return Number.isFinite(averageMs) ? { sent, received: Math.min(received, sent), averageMs } : unreadable
  }
  // What stands on the error output is about this machine. What another one says, that a host cannot be reached, is
  // counted as a ping without a reply.
  if (NOT_ALLOWED.test(stderr)) return final('this prober may not send pings', 'EPERM')
  if (NO_ROUTE.test(stderr)) {
    return { problem: 'this prober has no route to its network', code: 'ENETUNREACH', final: false }
  }
  return sent ? { sent, received: 0 } : unreadable
}

const SUMMARY = /(\d{1,6}) packets transmitted, (\d{1,6}) (?:packets )?received/
/** `rtt min/avg/max/mdev = 1.0/2.0/3.0/0.1 ms`; the BSDs and BusyBox begin with `round-trip` and name the end otherwise or not at all. */
const AVERAGE = /min\/avg\/max\S* = [\d.]{1,12}\/([\d.]{1,12})\//
const NOT_ALLOWED = /not permitted|permission denied|are you root/i
const NO_ROUTE =
  /network is unreachable|network unreachable|no route to host|(?:cannot|can't) assign|address family|network is down/i

const final = (problem: string, code: string): PingResult => ({ problem, code, final: true })
const unreadable = final("what this prober's `ping` says cannot be read", 'ping')
