import type { Observation, Probe } from './contract.ts'
import { explainFailure } from './failures.ts'
import { readPing } from './read-ping.ts'
import { runPing } from './run-ping.ts'

/** Pings a host with the system's own program, because Node has no raw sockets. A single reply is an answer. */
export const icmp: Probe<'icmp'> = {
  kind: 'icmp',
  takesEnv: [],
  async ask({ icmp: target, count }, { pass, signal, waitFor }) {
    const { env = {}, network } = pass
    if (env['GITHUB_ACTIONS'] === 'true' && env['RUNNER_ENVIRONMENT'] === 'github-hosted')
      return noPingFromHere
    try {
      waitFor('name lookup')
      const addresses = await network.addressesOf(target)
      waitFor('answer')
      let seen: Observation = { outcome: 'unknown', reason: `${target} has no address`, code: 'ENOTFOUND' }
      for (const { address } of addresses) {
        signal.throwIfAborted()
        seen = observed(readPing(await runPing(address, { count, path: env['PATH'], signal })), target)
        // As with a connection, the next address is tried where there is no route to one: IPv6 is missing in many places.
        if (seen.outcome !== 'unknown' || seen.code !== 'ENETUNREACH') break
      }
      return seen
    } catch (error) {
      return explainFailure(error, target)
    }
  },
}

const noPingFromHere: Observation = {
  outcome: 'unknown',
  reason: "pings do not get out of GitHub's hosted runners; make this check from another place (`from`)",
  code: 'icmp',
  final: true,
}

function observed(said: ReturnType<typeof readPing>, target: string): Observation {
  if ('problem' in said) {
    const { problem, code, final } = said
    return { outcome: 'unknown', reason: problem, code, final }
  }
  const { sent, received, averageMs } = said
  if (averageMs === undefined) {
    const pings = sent === 1 ? 'a ping' : `${sent} pings`
    return { outcome: 'failed', reason: `${target}: no reply to ${pings}`, code: 'no_reply' }
  }
  const lossPercent = Math.round((1 - received / sent) * 1000) / 10
  return { outcome: 'answered', facts: { lossPercent }, latencyMs: averageMs }
}
