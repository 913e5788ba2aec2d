/** What an import read, wrote, guessed and could not read: plain data, for people by {@link reportLines} and as JSON. */
export interface ImportReport {
  system: string
  in: {
    /** Lines of the file, empty ones included. */
    lines: number
    blank: number
    entries: number
    /** Of the entries that could be read. */
    incidents: number
    maintenance: number
    updates: number
  }
  out: {
    /** Files of incidents and maintenance. */
    files: number
    incidents: number
    maintenance: number
    updates: number
    components: number
    /** Updates that nobody posted, written so that what is over does not stay open. */
    addedUpdates: number
  }
  guessed: Note[]
  /** What stands in the entries and has no place in a world. */
  leftOut: Note[]
  problems: ImportProblem[]
  /** Every entry is a file or a problem, every update read is an update written. */
  addsUp: boolean
}

export interface Note {
  what: string
  times: number
  /** Where, at most {@link EXAMPLES} of them. */
  examples: string[]
}

/** An entry that could not be read. */
export interface ImportProblem {
  /** 1-based line of the imported file. */
  line: number
  reason: string
}

const EXAMPLES = 5

/** Counts what happened by its words, in the order in which it first happened. */
export class Tally {
  readonly #notes = new Map<string, Note>()

  add(what: string, example: string): void {
    const note = this.#notes.get(what) ?? { what, times: 0, examples: [] }
    note.times += 1
    if (note.examples.length < EXAMPLES) note.examples.push(example)
    this.#notes.set(what, note)
  }

  get notes(): Note[] {
    return [...this.#notes.values()].sort((a, b) => b.times - a.times)
  }
}

/** Completes a report with whether its counts add up. */
export function balanced(report: Omit<ImportReport, 'addsUp'>): ImportReport {
  const entries = report.in.entries === report.out.files + report.problems.length
  const updates = report.in.updates + report.out.addedUpdates === report.out.updates
  return { ...report, addsUp: entries && updates }
}

/** The report for people, line by line. */
export function reportLines(report: ImportReport): string[] {
  const { in: read, out, problems } = report
  return [
    `Read     ${count(read.entries, 'entry', 'entries')} on ${count(read.lines, 'line')}: ${kinds(read)}, ${n(problems.length)} unreadable; ${count(read.updates, 'update')}`,
    `Written  ${count(out.files, 'file')}: ${kinds(out)}; ${count(out.updates, 'update')}, ${count(out.components, 'component')}`,
    `         ${sum(report)}`,
    ...noteLines('Guessed', report.guessed),
    ...noteLines('Left out, because a world has no place for it', report.leftOut),
    ...(problems.length === 0 ? [] : ['Not read']),
    ...problems.map(({ line, reason }) => `  line ${n(line)}: ${visible(reason)}`),
  ]
}

function sum({ in: read, out, problems, addsUp }: ImportReport): string {
  const entries = `${count(read.entries, 'entry', 'entries')} = ${count(out.files, 'file')} + ${n(problems.length)} unreadable`
  const updates = `${count(read.updates, 'update')} + ${n(out.addedUpdates)} added = ${n(out.updates)} written`
  return `${entries}; ${updates}: ${addsUp ? 'it adds up' : 'IT DOES NOT ADD UP, please report this'}`
}

function noteLines(heading: string, notes: Note[]): string[] {
  if (notes.length === 0) return []
  const width = Math.max(...notes.map(({ times }) => n(times).length))
  return [
    heading,
    ...notes.flatMap(({ what, times, examples }) => [
      `  ${n(times).padStart(width)} × ${visible(what)}`,
      `  ${' '.repeat(width)}   ${visible(examples.join(', '))}${times > examples.length ? ', …' : ''}`,
    ]),
  ]
}

function kinds({ incidents, maintenance }: { incidents: number; maintenance: number }): string {
  return `${count(incidents, 'incident')}, ${count(maintenance, 'maintenance window')}`
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${n(number)} ${number === 1 ? one : many}`
}

function n(number: number): string {
  return String(number)
}

/** An imported file is foreign: a control character in it could move the cursor. */
function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, '�')
}
