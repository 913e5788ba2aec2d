import matter from 'gray-matter'
import type { Problem } from '../model/problem.ts'
import { problemAt } from './problem-at.ts'
import { readYaml, type Locate, type YamlFile } from './yaml-file.ts'

/** A Markdown file in its two parts. */
export interface FrontMatter extends YamlFile {
  /** Everything below, with as many empty lines before it as the front matter takes, so that its line numbers are the file's. */
  body: string
}

/**
 * Splits a Markdown file. gray-matter finds the fences; its own engines are all replaced, because by default it runs
 * the code of a file that begins with `---js`. A file whose fence names a language never reaches it.
 */
export function readFrontMatter(text: string, file: string): FrontMatter {
  const { source, lines, problems } = cleanText(text, file)
  const fence = checkFences(lines, file)
  problems.push(...fence.problems)
  if (!fence.stands) return { ...nothing, lines, problems, body: fence.body ?? source }

  const closed = fence.closeAt === undefined ? source : closedAt(lines, fence.closeAt)
  let yaml: YamlFile | undefined
  const read = (block: string) => {
    // The block begins with the rest of the opening fence's line, so its line numbers are the file's.
    yaml = readYaml(block, file)
    return {}
  }
  const { content } = matter(closed, { language: 'yaml', engines: { ...refusingEngines, yaml: read } })
  const above = closed.slice(0, closed.length - content.length).split('\n').length - 1
  const body = '\n'.repeat(above) + content
  // gray-matter asks no engine for a block that is empty.
  const end: Locate = () => ({ line: fence.closingLine, column: 1 })
  const { data, locate, whole } = yaml ?? { data: {}, locate: end, whole: true }
  return { data, locate, whole, lines, body, problems: [...problems, ...(yaml?.problems ?? [])] }
}

const UNSHOWABLE = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F\uFFFE\uFFFF]|\p{Surrogate}/gu

/**
 * A file's text with one kind of line ends, no byte order mark, and nothing that cannot stand in a page or a feed: such
 * characters are replaced one for one, so that no column moves.
 */
export function cleanText(
  text: string,
  file: string,
): { source: string; lines: string[]; problems: Problem[] } {
  const plain = text.replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n')
  const source = plain.replaceAll(UNSHOWABLE, '\uFFFD')
  const lines = source.split('\n')
  const first = plain.search(UNSHOWABLE)
  if (first < 0) return { source, lines, problems: [] }
  const before = source.slice(0, first).split('\n')
  const where = { line: before.length, column: (before.at(-1) ?? '').length + 1 }
  const fix = lines[where.line - 1]?.replaceAll('\uFFFD', '')
  const message = 'a control character or half of a character, which cannot be shown'
  return { source, lines, problems: [problemAt({ file, lines }, where, message, { fix })] }
}

interface Fences {
  stands: boolean
  /** What is left to read where no front matter stands. */
  body?: string
  closingLine: number
  /** The index of the line that should have closed the block. */
  closeAt?: number
  problems: Problem[]
}

function checkFences(lines: string[], file: string): Fences {
  const [first = ''] = lines
  const problem = (index: number, message: string, fix?: string, column = 1) => [
    problemAt({ file, lines }, { line: index + 1, column }, message, { fix }),
  ]
  if (!/^---(?!-)/.test(first)) {
    const message = 'the file does not begin with front matter between two lines of ---'
    return { stands: false, closingLine: 1, problems: problem(0, message, openingFix(first)) }
  }
  const closing = lines.findIndex((line, index) => index > 0 && line.startsWith('---'))
  if (!/^---[ \t]*(?:ya?ml)?[ \t]*$/i.test(first)) {
    const rest = closing < 0 ? lines.slice(1) : lines.slice(closing + 1)
    const message = 'front matter can only be YAML; nothing else is read or run'
    const body = '\n'.repeat(lines.length - rest.length) + rest.join('\n')
    return { stands: false, body, closingLine: 1, problems: problem(0, message, '---', 4) }
  }
  if (closing < 0) {
    const blank = lines.findIndex((line, index) => index > 0 && line.trim() === '')
    const closeAt = blank < 0 ? lines.length : blank
    const fix = `---\n${lines[closeAt] ?? ''}`
    const message = 'the front matter is not closed: a line of --- is missing here'
    return {
      stands: true,
      closingLine: closeAt + 1,
      closeAt,
      problems: problem(Math.min(closeAt, lines.length - 1), message, fix),
    }
  }
  const odd = !/^---[ \t]*$/.test(lines[closing] ?? '')
  const problems = odd ? problem(closing, 'the line that closes the front matter holds only ---', '---') : []
  return { stands: true, closingLine: closing + 1, problems }
}

/** What the first line should have been, where that can be told. */
function openingFix(first: string): string | undefined {
  if (/^[\s-]*--[\s-]*$/.test(first)) return '---'
  return /^[a-z_]+:\s/.test(first) ? `---\n${first}` : undefined
}

function closedAt(lines: string[], index: number): string {
  return [...lines.slice(0, index), '---', ...lines.slice(index + 1)].join('\n')
}

const nothing: Omit<YamlFile, 'lines' | 'problems'> = {
  data: undefined,
  locate: () => ({ line: 1, column: 1 }),
  whole: false,
}

const refuse = {
  parse: () => {
    throw new Error('front matter can only be YAML')
  },
}

/** The engines that gray-matter comes with. It asks for one by whatever stands behind the opening dashes. */
const refusingEngines = { json: refuse, javascript: refuse, js: refuse, coffee: refuse, toml: refuse }
