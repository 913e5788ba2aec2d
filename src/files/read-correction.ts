import type { Component } from '../model/component.ts'
import { correctionFrontMatter, type Correction } from '../model/correction.ts'
import type { ComponentHistory } from '../model/history.ts'
import type { Text } from '../model/incident.ts'
import type { Problem } from '../model/problem.ts'
import { iso } from '../model/time.ts'
import { readFrontMatter } from './front-matter.ts'
import { addAll, insertedAt, problemAt, type Place } from './problem-at.ts'
import { idOf, nameProblems, readHead } from './read-incident.ts'
import { readAffected, type Reading } from './read-updates.ts'
import { readBlocks, renderBlocks } from './update-blocks.ts'

export interface CorrectionFile {
  /** Absent where anything of it could not be read: half a correction must not move a number. */
  correction?: Correction
  text: Text
  problems: Problem[]
}

/** Reads one correction of what was measured from its text. `components` are the ids that there are. */
export function readCorrection(
  source: string,
  file: string,
  digest: string,
  components: ReadonlySet<string>,
): CorrectionFile {
  const front = readFrontMatter(source, file)
  const reading: Reading = { file, lines: front.lines, components }
  const blocks = readBlocks(front.body, file)
  const problems = [...front.problems, ...nameProblems(file)]
  const facts = readHead(correctionFrontMatter, front, file, problems)
  const problem = (where: Place, message: string, fix?: string) => {
    problems.push(problemAt(reading, where, message, { fix }))
  }

  if (facts.component !== undefined && facts.components !== undefined)
    problem(front.locate(['component'], true), '"components" stands here too; keep one of the two')
  else if (front.whole && front.data && !('component' in front.data) && !('components' in front.data)) {
    const where = front.locate([])
    const fix = insertedAt(front.lines[where.line - 1] ?? '', where.column, 'components: [api]')
    problem(where, '"components" is missing: say whose measurements were wrong', fix)
  }
  const at = (_name: string, index: number) =>
    facts.components ? front.locate(['components', index]) : front.locate(['component'])
  const names = facts.components ?? (facts.component === undefined ? [] : [facts.component])
  const { impact, problems: unknown } = readAffected(names, facts.counts_as ?? 'unknown', reading, at)
  addAll(problems, unknown)
  const { from, until } = facts
  if (from !== undefined && until !== undefined && until <= from)
    problem(front.locate(['until']), `it ends (${iso(until)}) before or when it starts (${iso(from)})`)

  const text = renderBlocks(blocks, blocks.updates)
  const reason = wordsOf(text)
  if (front.whole && reason === '')
    problem(
      { line: front.lines.length, column: 1 },
      'the reason is missing: say below the front matter how it is known that the measurements were wrong',
      'The probe had lost its own network.',
    )
  if (from === undefined || until === undefined || problems.some(({ level }) => level === 'error'))
    return { text, problems }
  const correction: Correction = {
    id: idOf(file),
    file,
    digest,
    components: Object.keys(impact),
    from,
    until,
    countsAs: facts.counts_as ?? 'unknown',
    ...(facts.writer !== undefined && { writer: facts.writer }),
    reason,
  }
  return { correction, text, problems }
}

/** What only all files together can tell: corrections of the same time, and of components that nobody measures. */
export function correctionProblems(
  corrections: readonly Correction[],
  components: readonly Component[],
  history: Record<string, ComponentHistory>,
): Problem[] {
  const measured = new Set([
    ...components.filter(({ checks }) => checks.length > 0).map(({ id }) => id),
    ...Object.keys(history),
  ])
  return corrections.flatMap((correction, index) => {
    const warning = (message: string): Problem => ({
      level: 'warning',
      file: correction.file,
      line: 1,
      column: 1,
      message,
    })
    const idle = correction.components.filter((id) => !measured.has(id))
    const other = corrections.slice(0, index).find((earlier) => overlap(earlier, correction))
    return [
      ...idle.map((id) => warning(`nothing was ever measured of "${id}", so there is nothing to correct`)),
      ...(other
        ? [
            warning(
              `it corrects the same time of the same component as ${other.file}; ${which(other, correction)} counts`,
            ),
          ]
        : []),
    ]
  })
}

/** One that is about a single writer is put aside by one that is about all of them; else the later file counts. */
function which(earlier: Correction, later: Correction): string {
  return (later.writer === undefined || earlier.writer !== undefined ? later : earlier).file
}

function overlap(a: Correction, b: Correction): boolean {
  const sameWriter = a.writer === undefined || b.writer === undefined || a.writer === b.writer
  return (
    sameWriter && a.from < b.until && b.from < a.until && a.components.some((id) => b.components.includes(id))
  )
}

function wordsOf({ intro, updates, sections }: Text): string {
  return [intro, ...updates, ...sections]
    .map(({ plain }) => plain.trim())
    .filter((words) => words !== '')
    .join('\n\n')
}
