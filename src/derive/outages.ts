import type { Site } from '../model/site.ts'
import { isTrouble, type Status } from '../model/status.ts'
import type { Instant } from '../model/time.ts'
import type { AgreedChange } from './agreed-changes.ts'

/** One stretch of measured trouble of one component. */
export interface Outage {
  component: string
  /** First failed sample. */
  startedAt: Instant
  /** When enough passes had agreed that it is an outage. */
  detectedAt: Instant
  /** How it went, oldest first: trouble and, where it came back, what lay in between. */
  steps: Step[]
  /** First good sample after it; absent while it lasts. */
  endedAt?: Instant
  /** When it was known to have ended. Until then it could be told of, however short it was. */
  endKnownAt?: Instant
  /** The times in which it changed too often to be told change by change, oldest first; the last may go on. */
  unstable: Unstable[]
}

export interface Step {
  at: Instant
  confirmedAt: Instant
  status: Status
  why?: string
  /** It came in an unstable time, which is told as a whole. */
  shaken: boolean
}

export interface Unstable {
  /** When it was known to be unstable. */
  since: Instant
  /** The most changes within the time that `incidents.flapping` names. */
  changes: number
  /** The newest change of the unstable time. */
  lastChange: Instant
  /** It was quiet for long enough, and then changed once more. */
  over: boolean
}

/** What makes stretches of trouble one outage. In milliseconds. */
export interface Joining {
  /** Trouble that is back within this time is the same outage. */
  joinWithin: number
  flapping: Site['incidents']['flapping']
}

/**
 * The stretches of trouble among the changes that a component's vantage points agree on, oldest first. More than
 * `flapping.changes` changes between known statuses within `flapping.within` make a component unstable; from then on
 * all trouble is one outage, until nothing has changed for `flapping.quiet`.
 */
export function outages(
  component: string,
  changes: AgreedChange[],
  { joinWithin, flapping }: Joining,
): Outage[] {
  const found: Outage[] = []
  let known: Status | undefined
  let recent: Instant[] = []
  for (const change of changes) {
    const { to, after } = change
    if (to === 'unknown') continue
    const last = found.at(-1)
    const shaking = last && shakingOf(last)
    if (shaking && after - shaking.lastChange >= flapping.quiet) {
      shaking.over = true
      recent = []
    }
    const changed = known !== undefined && known !== to
    if (changed) recent = [...recent.filter((at) => at > after - flapping.within), after]
    known = to
    const outage = isTrouble(to) ? goOn(found, component, change, joinWithin) : last
    if (!outage) continue
    if (!isTrouble(to) && outage.endedAt === undefined)
      Object.assign(outage, { endedAt: after, endKnownAt: change.confirmed })
    if (changed && (recent.length > flapping.changes || shakingOf(outage)))
      shake(outage, change, recent.length)
  }
  return found
}

/**
 * The outage that a piece of trouble belongs to: the one that runs, one that it could be seen to be back within before that
 * was told to be over, or a new one.
 */
function goOn(found: Outage[], component: string, change: AgreedChange, joinWithin: number): Outage {
  const { after: at, confirmed: confirmedAt, foreseen, to: status, why } = change
  const last = found.at(-1)
  const ended = last?.endedAt ?? Infinity
  const back = (foreseen > ended ? foreseen : confirmedAt) - ended <= joinWithin
  const same = last && (back || shakingOf(last) !== undefined)
  // What was told to be over by then was so until then, whatever samples became known later.
  const startedAt = last ? Math.max(at, ended + joinWithin) : at
  const outage = same ? last : { component, startedAt, detectedAt: confirmedAt, steps: [], unstable: [] }
  if (!same) found.push(outage)
  delete outage.endedAt
  delete outage.endKnownAt
  const shaken = shakingOf(outage) !== undefined
  outage.steps.push({ at, confirmedAt, status, shaken, ...(why !== undefined && { why }) })
  return outage
}

/** The unstable time that has not been seen to end. */
export function shakingOf({ unstable }: Outage): Unstable | undefined {
  const last = unstable.at(-1)
  return last?.over === false ? last : undefined
}

function shake(outage: Outage, { after, confirmed }: AgreedChange, changes: number): void {
  const running = shakingOf(outage)
  if (running) Object.assign(running, { changes: Math.max(running.changes, changes), lastChange: after })
  else outage.unstable.push({ since: confirmed, changes, lastChange: after, over: false })
  const last = outage.steps.at(-1)
  if (last?.at === after) last.shaken = true
}
