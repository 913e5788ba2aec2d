import type { Evidence } from '../src/derive/evidence.ts'
import type { Explanation, Stretch } from '../src/derive/explain.ts'
import type { PlannedWindow } from '../src/derive/planned-work.ts'
import type { UptimeReport } from '../src/derive/uptime-report.ts'
import { formatPercent, type MeanOf } from '../src/derive/uptime.ts'
import type { Correction } from '../src/model/correction.ts'
import { iso, type Instant } from '../src/model/time.ts'
import { signals } from '../src/derive/timeline.ts'

/** A report as people read it in a terminal: the figure, the same by each signal, and that of each component. */
export function reportLines({ target, period, figure, bySignal, parts }: UptimeReport): string[] {
  const { from, to } = period.window
  const [only] = parts
  const how = target.kind === 'component' && only ? `, ${only.by}` : ', the mean of its components'
  const names = parts.map(({ component }) => component.id)
  const width = Math.max(...names.map((name) => name.length), 10)
  return [
    `${target.name}, ${period.name} (${iso(from)} to ${iso(to)})${how}: ${figureWords(figure)}`,
    ...signals.map((by) => `  ${by.padEnd(width)}  ${figureWords(bySignal[by])}`),
    ...(target.kind === 'component'
      ? []
      : [
          '',
          ...parts.map(
            (part) => `  ${part.component.id.padEnd(width)}  ${figureWords(part.uptime)}, ${part.by}`,
          ),
        ]),
  ]
}

/** Every stretch of a component's window, the sums, and the formula with its numbers: enough to do it again by hand. */
export function explanationLines(
  explanation: Explanation,
  committed: ReadonlyMap<string, Instant> | undefined,
): string[] {
  const { component, by, sums, planned, corrections } = explanation
  return [
    `${component.id}, ${by}`,
    ...aligned(explanation.stretches.map(stretchCells)),
    'sums',
    ...aligned(
      sums.map(({ status, ms, weight }) => [
        `  ${status}`,
        seconds(ms),
        weight === undefined ? 'not counted' : `× ${String(weight)}`,
      ]),
    ),
    ...formulaLines(explanation),
    ...(planned.length > 0
      ? ['planned work', ...planned.map((each) => plannedLine(each, committed?.get(each.file)))]
      : []),
    ...(corrections.length > 0 ? ['corrections', ...corrections.map(correctionLine)] : []),
  ]
}

/** `99.947 %, 99.8 % known`; where less is known than a record needs, that comes first. */
export function figureWords({ percent, coverage, insufficient }: MeanOf): string {
  if (percent === undefined) return 'no data'
  const figure = `${formatPercent(percent)} %`
  const known = `${floored(coverage * 100)} % known`
  return insufficient ? `insufficient data: ${known}, of that ${figure}` : `${figure}, ${known}`
}

function stretchCells({ from, to, ms, status, weight, evidence, beforeSince }: Stretch): string[] {
  const said = evidence.length > 0 ? evidence.map(evidenceWords).join('; ') : silence(status, beforeSince)
  return [
    `  ${iso(from)}`,
    iso(to),
    seconds(ms),
    status,
    weight === undefined ? 'not counted' : `× ${String(weight)}`,
    said,
  ]
}

function silence(status: Stretch['status'], beforeSince: Stretch['beforeSince']): string {
  if (beforeSince) return 'nothing counts yet'
  return status === 'unknown' ? 'nobody looked' : 'no incident'
}

function evidenceWords({ by, writer, status, source }: Evidence): string {
  const who = writer === undefined ? by : by === 'measured' ? writer : `${by} of ${writer}`
  return `${who} ${status} ${placeOf(source)}`
}

function formulaLines({ window, uptime, sums }: Explanation): string[] {
  const { time, percent, coverage } = uptime
  const whole = window.to - window.from
  const counted = whole - time.unknown - time.under_maintenance
  const lost = sums.filter(({ weight = 0 }) => weight > 0)
  const products = lost.map(({ weight, ms }) => `${String(weight)} × ${seconds(ms)}`).join(' + ') || '0 s'
  const base = `${seconds(whole)} − ${seconds(time.unknown)} unknown − ${seconds(time.under_maintenance)} maintenance`
  return [
    `uptime = 1 − (${products}) / (${base})`,
    percent === undefined
      ? '       = no figure: nothing of the window counts'
      : `       = 1 − ${String(uptime.downSeconds)} s / ${seconds(counted)} = ${formatPercent(percent)} %, rounded down`,
    `coverage = (${seconds(whole)} − ${seconds(time.unknown)}) / ${seconds(whole)} = ${floored(coverage * 100)} %`,
  ]
}

function plannedLine(
  { from, to, file, announced, refusal, excused }: PlannedWindow,
  committedAt: Instant | undefined,
): string {
  const said = announced
    ? `announced ${iso(announced.at)} by ${announced.says}`
    : 'announced at no known time'
  const counts = refusal === undefined ? 'left out of the account' : `counts: ${refusal}`
  const first = committedAt === undefined ? '' : `, first committed ${iso(committedAt)}`
  const doubt = excused && committedAt !== undefined && committedAt >= from ? ': AFTER IT BEGAN' : ''
  return `  ${file}: ${iso(from)} to ${iso(to)}, ${said}${first}${doubt}; ${counts}`
}

function correctionLine({ file, from, until, countsAs, writer, reason }: Correction): string {
  const whose = writer === undefined ? '' : ` of ${writer}`
  return `  ${file}: ${iso(from)} to ${iso(until)}${whose} counts as ${countsAs}: ${reason.replaceAll(/\s+/g, ' ')}`
}

function placeOf({ file, line }: { file: string; line?: number }): string {
  return line === undefined ? file : `${file}:${String(line)}`
}

function seconds(ms: number): string {
  return `${String(ms / 1000)} s`
}

/** Rounded down to a decimal. A share of 0.29 times 100 is a hair less than 29. */
function floored(percent: number): string {
  return String(Math.floor(percent * 10 + 1e-9) / 10)
}

/** Columns below each other, two blanks between; the last is as long as it is. */
function aligned(rows: string[][]): string[] {
  const widths =
    rows[0]?.map((_, column) => Math.max(...rows.map((cells) => (cells[column] ?? '').length))) ?? []
  return rows.map((cells) =>
    cells
      .map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  '),
  )
}
