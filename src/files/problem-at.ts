import type { Problem } from '../model/problem.ts'

/** A place in a file, both counted from 1. */
export interface Place {
  line: number
  column: number
}

/** No one reads or pastes a line that is longer, and a file of one such line should not be repeated in each problem. */
const LONGEST_LINE = 400

/** A problem at a place of a file, with what stands there. A corrected line goes with it only where people could paste it. */
export function problemAt(
  { file, lines }: { file: string; lines: string[] },
  { line, column }: Place,
  message: string,
  { level = 'error', fix }: { level?: Problem['level']; fix?: string | undefined } = {},
): Problem {
  const text = lines[line - 1] ?? ''
  const useful = fix !== undefined && fix !== text && fix.length <= 2 * LONGEST_LINE
  return {
    level,
    file,
    line,
    column,
    message: shortened(message, LONGEST_LINE),
    found: shortened(text.trim(), 120),
    ...(useful && { fix }),
  }
}

/** `push(...more)` takes its arguments from the stack, which a file with a hundred thousand mistakes overflows. */
export function addAll(problems: Problem[], more: Problem[]): void {
  for (const problem of more) problems.push(problem)
}

/** The line with `found`, which stands at or behind a column, replaced; `undefined` when it does not stand there. */
export function replacedAt(line: string, column: number, found: string, by: string): string | undefined {
  const index = found === '' ? -1 : line.indexOf(found, column - 1)
  return index < 0 ? undefined : line.slice(0, index) + by + line.slice(index + found.length)
}

/** Two lines for one: `added` before what begins at a column, at the same depth; inside the brace, where one opens there. */
export function insertedAt(line: string, column: number, added: string): string {
  const before = line.slice(0, column - 1)
  const rest = line.slice(column - 1)
  if (rest.startsWith('{')) return `${before}{ ${added}, ${rest.slice(1).trimStart()}`
  return `${before}${added}\n${' '.repeat(before.length)}${rest}`
}

function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`
}
