import { USUAL_SKEW } from '../src/model/beat.ts'
import { iso } from '../src/model/time.ts'
import type { Finding, Observation, Probe } from './contract.ts'
import { durationWords } from './words.ts'

/** Asks nobody: a job reports, and its silence is failure. What was reported is the pass's to know. */
export const heartbeat: Probe<'heartbeat'> = {
  kind: 'heartbeat',
  // Whoever reports needs the token; who looks whether a report has come does not.
  takesEnv: [],
  async ask({ heartbeat: deadline, grace }, { check, pass }) {
    const beats = check === undefined ? undefined : pass.beatsOf?.(check)
    if (!beats) return unknown('no beats are kept where this check is made', 'beats')
    const now = pass.now()
    const { last, awaitedSince, unread } = beats
    const expected = `expected one every ${durationWords(deadline)}`

    if (last && last.at > now + USUAL_SKEW)
      return unknown(`the last beat is ${durationWords(last.at - now)} ahead of this prober's clock`, 'clock')
    const silence = Math.max(0, now - (last?.at ?? awaitedSince))
    const late = silence > deadline
    if (unread !== undefined && (late || !last || last.failed !== undefined)) return unknown(unread, 'beats')
    if (last?.failed !== undefined) return found({ state: 'down', reason: last.failed, code: 'beat_failed' })
    if (!last) {
      if (silence <= deadline + grace)
        return unknown(
          `no beat yet; the first is awaited until ${iso(awaitedSince + deadline + grace)}`,
          'silence',
        )
      return found({
        state: 'down',
        reason: `no beat ever, in ${durationWords(silence)}; ${expected}`,
        code: 'silence',
      })
    }
    if (!late) return found()
    const state = silence <= deadline + grace ? 'degraded' : 'down'
    return found({ state, reason: `no beat for ${durationWords(silence)}, ${expected}`, code: 'silence' })
  },
}

function found(finding?: Finding): Observation {
  return { outcome: 'answered', facts: {}, latencyMs: 'none', ...(finding && { finding }) }
}

function unknown(reason: string, code: string): Observation {
  return { outcome: 'unknown', reason, code, final: true }
}
