import type { Component } from '../model/component.ts'
import { downtimeWeight } from '../model/site.ts'
import { isTrouble, statuses, type Status } from '../model/status.ts'
import { DAY, MINUTE, startOfUtcDay, utcDay, type Instant } from '../model/time.ts'
import type { World } from '../model/world.ts'
import type { Interval, Span, Timeline } from './interval.ts'
import { componentTimeline, headlineSignal } from './timeline.ts'
import { formatPercent, uptimeOf, windowEnding } from './uptime.ts'
import type { StripDay, StripView } from './views.ts'

const stripDays = 90

/** The strip of a component and the figure beside it, from one timeline. */
export function stripView(world: World, component: Component, now: Instant): StripView {
  const window = windowEnding(now, { days: stripDays })
  const source = headlineSignal(world, component)
  const { timeline } = componentTimeline(world, component, window)
  const uptime = uptimeOf(timeline, window, (status) => downtimeWeight(world.site, status))
  return {
    days: strip(timeline, now, stripDays).map(({ day, status, minutes }): StripDay => ({
      day,
      status,
      minutes,
    })),
    ...(uptime.percent !== undefined && { percent: formatPercent(uptime.percent) }),
    coverage: uptime.coverage,
    insufficient: uptime.insufficient,
    source,
    ...(uptime.since !== undefined && { since: uptime.since }),
  }
}

/**
 * The last `count` UTC days of a timeline, oldest first, today so far included. What the timeline does not cover is
 * unknown. Time: linear in intervals and days.
 */
export function strip(timeline: Timeline, now: Instant, count = stripDays): Day[] {
  const troubles = troubleStretches(timeline)
  const first = startOfUtcDay(now) - (count - 1) * DAY
  const days: Day[] = []
  let interval = 0
  let trouble = 0
  for (let from = first; from <= now; from += DAY) {
    const time: Day['time'] = {}
    const to = Math.min(from + DAY, now)
    for (let each = timeline[interval]; each && each.from < to; each = timeline[++interval]) {
      const overlap = Math.min(each.to, to) - Math.max(each.from, from)
      if (overlap > 0) time[each.status] = (time[each.status] ?? 0) + overlap
      if (each.to > to) break
    }
    let longest: Interval | undefined
    for (let each = troubles[trouble]; each && each.from < from + DAY; each = troubles[++trouble])
      if (each.from >= from && (!longest || lengthOf(each) > lengthOf(longest))) longest = each
    days.push(dayOf(from, time, longest))
  }
  return days
}

/** What a sentence about the strip needs: how many days had trouble, and the longest of it. */
export function stripSummary(days: readonly Day[]): { troubledDays: number; longest?: Interval } {
  const longest = days
    .flatMap((day) => day.longest ?? [])
    .reduce<Interval | undefined>((a, b) => (a && lengthOf(a) >= lengthOf(b) ? a : b), undefined)
  return { troubledDays: days.filter(({ status }) => isTrouble(status)).length, ...(longest && { longest }) }
}

export interface Day {
  /** `2026-11-21` */
  day: string
  /** The worst of what is known of the day; `unknown` when nothing is. */
  status: Status
  /** Whole minutes, rounded up, in trouble (degraded or worse, or under review); on days with nothing worse, in maintenance. */
  minutes: number
  /** Milliseconds in each status; absent where there were none. What is missing to the whole day is not known, or not yet. */
  time: Partial<Record<Status, number>>
  /** The longest unbroken trouble that began on this day, whole, with its worst status. */
  longest?: Interval
}

function dayOf(from: Instant, time: Day['time'], longest: Interval | undefined): Day {
  const present = (Object.keys(time) as Status[]).filter((status) => status !== 'unknown')
  const status = present.reduce<Status>((a, b) => (a === 'unknown' || isWorse(b, a) ? b : a), 'unknown')
  const counted = present.filter((each) =>
    isTrouble(status) ? isTrouble(each) : each === 'under_maintenance',
  )
  const ms = counted.reduce((sum, each) => sum + (time[each] ?? 0), 0)
  return { day: utcDay(from), status, minutes: Math.ceil(ms / MINUTE), time, ...(longest && { longest }) }
}

/** Neighbouring troubles of different statuses are one stretch, as bad as the worst of them. */
function troubleStretches(timeline: Timeline): Interval[] {
  const stretches: Interval[] = []
  for (const { from, to, status } of timeline) {
    if (!isTrouble(status)) continue
    const last = stretches.at(-1)
    if (last?.to !== from) stretches.push({ from, to, status })
    else Object.assign(last, { to, status: isWorse(status, last.status) ? status : last.status })
  }
  return stretches
}

function lengthOf({ from, to }: Span): number {
  return to - from
}

function isWorse(a: Status, b: Status): boolean {
  return statuses[a].rank > statuses[b].rank
}
