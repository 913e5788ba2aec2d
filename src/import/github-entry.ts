import { z } from 'zod'
import { iso, parseInstant, SECOND, type Instant } from '../model/time.ts'
import type { UpdatePhase } from '../model/status.ts'
import type { ImportProblem } from './report.ts'

const words = z.string().nullish()

/** One line of the file, as far as it is used. What else stands in it is kept to be reported. */
const entrySchema = z.looseObject({
  id: z.union([z.string(), z.number()]).nullish(),
  title: words,
  url: words,
  published_at: words,
  started_at: words,
  resolved_at: words,
  impact: words,
  components: z.array(z.string()).nullish(),
  components_source: words,
  updates: z.array(z.object({ at: words, status: words, message: words })),
})

export type WrittenEntry = z.output<typeof entrySchema>

/** An entry and the line it stands on. */
export interface EntryLine {
  line: number
  entry: WrittenEntry
}

/** Reads JSON lines. A line that holds no entry is a problem; the others are read all the same. */
export function readEntries(input: string): {
  lines: number
  blank: number
  entries: EntryLine[]
  problems: ImportProblem[]
} {
  const lines = input.replace(/^\uFEFF/, '').split('\n')
  if (lines.at(-1) === '') lines.pop()
  const entries: EntryLine[] = []
  const problems: ImportProblem[] = []
  const seen = new Map<string, number>()
  let blank = 0
  lines.forEach((text, index) => {
    const line = index + 1
    if (text.trim() === '') {
      blank += 1
      return
    }
    const first = seen.get(text.trim())
    seen.set(text.trim(), first ?? line)
    const read = first === undefined ? readEntry(text) : `the same entry as line ${String(first)}`
    if (typeof read === 'string') problems.push({ line, reason: read })
    else entries.push({ line, entry: read })
  })
  return { lines: lines.length, blank, entries, problems }
}

/** The entry on a line, or why there is none. */
function readEntry(text: string): WrittenEntry | string {
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch (error) {
    // Each line is read by itself, so the line in the parser's words is always 1.
    const why =
      error instanceof Error ? error.message.replace(/ \(line \d+ column \d+\)$/, '') : String(error)
    return `not JSON: ${why}`
  }
  const read = entrySchema.safeParse(data)
  if (!read.success) {
    const [issue] = read.error.issues
    const where = issue?.path.map(String).join('.') ?? ''
    return `${where === '' ? 'the line' : `"${where}"`}: ${issue?.message ?? 'not an entry'}`
  }
  const { started_at, published_at, resolved_at, updates } = read.data
  const times = [started_at, published_at, resolved_at, ...updates.map(({ at }) => at)]
  if (times.every((time) => readTime(time) === undefined))
    return 'no time in it can be read, so it has no place in the history'
  return read.data
}

/** A recorded time, in whole seconds; one without an offset is taken as UTC. */
export function readTime(text: string | null | undefined): { at: Instant; zoneGuessed: boolean } | undefined {
  const stated = parseInstant(text ?? '')
  const at = stated ?? parseInstant(`${(text ?? '').trim()}Z`)
  // Years beyond 9999 have no place in a file's name or heading.
  if (at === undefined || /^[+-]/.test(iso(at))) return undefined
  return { at: Math.floor(at / SECOND) * SECOND, zoneGuessed: stated === undefined }
}

/** The phase that a recorded word means. */
export function phaseOf(word: string): UpdatePhase | undefined {
  const plain = word
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, ' ')
  return Object.hasOwn(phases, plain) ? phases[plain] : undefined
}

const phases: Record<string, UpdatePhase> = {
  update: 'update',
  investigating: 'investigating',
  identified: 'identified',
  monitoring: 'monitoring',
  resolved: 'resolved',
  scheduled: 'scheduled',
  'in progress': 'in_progress',
  verifying: 'verifying',
  completed: 'completed',
  cancelled: 'cancelled',
  canceled: 'cancelled',
}
