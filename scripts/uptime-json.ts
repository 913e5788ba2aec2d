import type { Evidence } from '../src/derive/evidence.ts'
import type { Explanation, Stretch } from '../src/derive/explain.ts'
import type { PlannedWindow } from '../src/derive/planned-work.ts'
import { signals } from '../src/derive/timeline.ts'
import type { UptimeReport } from '../src/derive/uptime-report.ts'
import { formatPercent, type MeanOf } from '../src/derive/uptime.ts'
import type { Correction } from '../src/model/correction.ts'
import { iso, type Instant } from '../src/model/time.ts'

/** When each file first came into the git history; `undefined` where git cannot tell. */
type Commits = ReadonlyMap<string, Instant> | undefined

/** A report for machines. With `explain`, the stretches of each component are enough to compute every figure again. */
export function reportJson(
  { target, period, figure, bySignal, parts }: UptimeReport,
  explain: boolean,
  committed: Commits,
): unknown {
  const { from, to } = period.window
  return {
    target: { kind: target.kind, id: target.id, name: target.name },
    period: { name: period.name, from: iso(from), to: iso(to) },
    ...figureJson(figure),
    ...Object.fromEntries(signals.map((by) => [by, figureJson(bySignal[by])])),
    components: parts.map((part) => ({
      id: part.component.id,
      by: part.by,
      ...figureJson(part.uptime),
      ...(explain && explanationJson(part, committed)),
    })),
  }
}

function explanationJson(
  { window, stretches, sums, uptime, planned, corrections }: Explanation,
  committed: Commits,
) {
  const whole = window.to - window.from
  return {
    intervals: stretches.map(stretchJson),
    sums: sums.map(({ status, ms, weight }) => ({ status, ms, ...(weight !== undefined && { weight }) })),
    formula: {
      window_ms: whole,
      unknown_ms: uptime.time.unknown,
      maintenance_ms: uptime.time.under_maintenance,
      counted_ms: whole - uptime.time.unknown - uptime.time.under_maintenance,
      lost_ms: uptime.downSeconds * 1000,
    },
    planned: planned.map((each) => plannedJson(each, committed?.get(each.file))),
    corrections: corrections.map(correctionJson),
  }
}

function stretchJson({ from, to, ms, status, weight, evidence }: Stretch) {
  return {
    from: iso(from),
    to: iso(to),
    ms,
    status,
    ...(weight !== undefined && { weight }),
    sources: evidence.map(({ by, writer, status: said, source }: Evidence) => ({
      by,
      ...(writer !== undefined && { writer }),
      status: said,
      ...source,
    })),
  }
}

function plannedJson(
  { from, to, file, excused, announced, refusal }: PlannedWindow,
  committedAt: Instant | undefined,
) {
  return {
    file,
    from: iso(from),
    to: iso(to),
    left_out: excused,
    ...(announced && { announced_at: iso(announced.at), announced_by: announced.says }),
    ...(committedAt !== undefined && { first_committed_at: iso(committedAt) }),
    ...(refusal !== undefined && { counts_because: refusal }),
  }
}

function correctionJson({ file, from, until, countsAs, writer, reason }: Correction) {
  return {
    file,
    from: iso(from),
    until: iso(until),
    counts_as: countsAs,
    ...(writer !== undefined && { writer }),
    reason,
  }
}

function figureJson({ percent, coverage, insufficient }: MeanOf) {
  return {
    ...(percent !== undefined && { percent: Number(formatPercent(percent)) }),
    coverage: Math.floor(coverage * 1e4 + 1e-9) / 1e4,
    sufficient: !insufficient,
  }
}
