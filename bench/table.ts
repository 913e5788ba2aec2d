import { arch, cpus, platform, totalmem } from 'node:os'
import type { Budget } from './budgets.ts'
import { units, type Row } from './contract.ts'

/** A row as it is printed, and whether it holds what was promised; absent where nothing was. */
export interface Judged {
  cells: string[]
  holds?: boolean
}

/** Holds a row against its budget. */
export function judge(row: Row, budgets: Budget[]): Judged {
  const ratio = row.against && row.value / row.against.value
  const budget = budgets.find((one) => one.row === row.name)
  const measured = budget?.unit === '×' ? ratio : row.value
  // Not a number is no answer, and no answer holds nothing.
  const holds = budget && measured !== undefined && measured <= budget.limit
  return {
    cells: [
      row.name,
      units[row.unit](row.value),
      row.against ? `${row.against.what} ${units[row.unit](row.against.value)}` : '',
      ratio === undefined ? '' : `× ${ratio.toFixed(2)}`,
      budget ? `≤ ${limitWords(budget)}` : '',
      budget ? (holds ? 'holds' : 'BROKEN') : '',
      row.note ?? '',
    ],
    ...(budget && { holds: holds === true }),
  }
}

/** A table in Markdown, its columns aligned for a terminal. */
export function table(rows: Judged[]): string {
  const lines = [
    ['what', 'measured', 'against', 'ratio', 'budget', '', 'note'],
    ...rows.map(({ cells }) => cells),
  ]
  const widths =
    lines[0]?.map((_, column) => Math.max(3, ...lines.map((cells) => (cells[column] ?? '').length))) ?? []
  const line = (cells: string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const [head = [], ...body] = lines
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n')
}

/** What the numbers depend on. */
export function machineFacts(): string {
  const [first] = cpus()
  const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GiB`
  return `${String(cpus().length)} × ${first?.model.trim() ?? 'unknown processor'}, ${memory}, ${platform()} ${arch()}, Node ${process.version}`
}

function limitWords({ limit, unit }: Budget): string {
  return unit === '×' ? `× ${String(limit)}` : units[unit](limit)
}
