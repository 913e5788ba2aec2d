import type { Definition, Heading, Root, RootContent } from 'mdast'
import type { Text } from '../model/incident.ts'
import type { Problem } from '../model/problem.ts'
import { definitionsOf, parseMarkdown, renderPassage, wordsOf } from './markdown.ts'
import { nearest } from '../model/nearest.ts'
import { problemAt } from './problem-at.ts'
import { missesTime, readUpdateHeading, type UpdateHeading } from './update-headings.ts'

/** An update as it stands in a file, before it is placed in time. */
export interface UpdateBlock {
  heading: UpdateHeading
  headingText: string
  line: number
  /** The `key: value` lines directly under the heading. */
  facts: { key: FactKey; value: string; line: number }[]
  nodes: RootContent[]
}

export interface Blocks {
  intro: RootContent[]
  updates: UpdateBlock[]
  sections: { heading: string; line: number; nodes: RootContent[] }[]
  definitions: Definition[]
  problems: Problem[]
}

const factKeys = ['affected', 'next_update_by', 'eta', 'automated'] as const
export type FactKey = (typeof factKeys)[number]

/** Splits a body at its first- and second-level headings: those with a time are updates, the others sections. */
export function readBlocks(body: string, file: string): Blocks {
  const source = { file, lines: body.split('\n') }
  let { text, facts, problems } = takeFacts(source)
  let { root, plainly } = parseMarkdown(text)
  const strays = [...facts.keys()].filter((line) => !headingLines(root).has(line))
  if (strays.length > 0) {
    // What looked like a heading is none, being part of a list or of HTML: what stands below it is text.
    ;({ text, facts, problems } = takeFacts(source, new Set(strays)))
    ;({ root, plainly } = parseMarkdown(text))
  }
  if (plainly)
    problems.push(
      problemAt(source, { line: firstLine(source.lines), column: 1 }, TOO_MUCH, { level: 'warning' }),
    )
  const blocks: Blocks = { intro: [], updates: [], sections: [], definitions: definitionsOf(root), problems }
  let into = blocks.intro
  for (const node of root.children) {
    if (!isHeading(node)) {
      problems.push(...openEnd(node, source))
      if (node.type !== 'definition') into.push(node)
      continue
    }
    const headingText = wordsOf(node).trim()
    const line = node.position?.start.line ?? 1
    const heading = readUpdateHeading(headingText)
    problems.push(...headingProblems(heading, headingText, line, source))
    into = []
    // An update whose time cannot be is no update, but its words stay on the page.
    if (heading && heading.impossible === undefined)
      blocks.updates.push({ heading, headingText, line, facts: facts.get(line) ?? [], nodes: into })
    else blocks.sections.push({ heading: headingText, line, nodes: into })
  }
  return blocks
}

const TOO_MUCH = 'this is more than a page of text, or nested too deeply: it is shown without its layout'

interface Lines {
  file: string
  lines: string[]
}

function isHeading(node: RootContent): node is Heading {
  return node.type === 'heading' && node.depth <= 2
}

function headingLines(root: Root): Set<number> {
  return new Set(root.children.filter(isHeading).map(({ position }) => position?.start.line ?? 0))
}

function firstLine(lines: string[]): number {
  return Math.max(1, lines.findIndex((line) => line.trim() !== '') + 1)
}

function headingProblems(
  heading: UpdateHeading | undefined,
  words: string,
  line: number,
  source: Lines,
): Problem[] {
  const problem = (message: string, rest: { level?: 'warning'; fix?: string } = {}) => [
    problemAt(source, { line, column: 1 }, message, rest),
  ]
  const text = source.lines[line - 1] ?? ''
  if (!heading) {
    const message = 'a heading without a time is not an update; give it one, such as 2026-11-21 03:16 UTC'
    return missesTime(words) ? problem(message, { level: 'warning' }) : []
  }
  if (heading.impossible !== undefined)
    return problem(`the date or time in "${words.slice(0, 80)}" ${heading.impossible}`)
  if (heading.zoneWord !== undefined)
    return problem(
      `"${heading.zoneWord}" is not one offset everywhere: write UTC or +01:00; it is read as UTC`,
    )
  if (!heading.zoneMissing) return []
  const fix = text.replace(/\d{1,2}:\d{2}(?::\d{2})?(?:\s*[ap]\.?m\b\.?)?/i, '$& UTC')
  return problem('a time without UTC or an offset; it is read as UTC', { fix })
}

/** Code or a comment that nobody closes takes in everything below, updates too. */
function openEnd(node: RootContent, source: Lines): Problem[] {
  const { start, end } = node.position ?? {}
  if (!start || !end || end.line < source.lines.length - 1) return []
  const first = source.lines[start.line - 1] ?? ''
  const mark = FENCE.exec(first)?.[1]
  const last = (source.lines[end.line - 1] ?? '').trim()
  const closed = start.line < end.line && mark !== undefined && last.startsWith(mark)
  if (node.type === 'code' && mark !== undefined && !closed)
    return [problemAt(source, start, 'this code is never closed, so that everything below is part of it')]
  if (node.type === 'html' && node.value.startsWith('<!--') && !node.value.includes('-->'))
    return [problemAt(source, start, 'this comment is never closed, so that everything below is part of it')]
  return []
}

/** Renders the words of a file. `order` gives the updates in the order they are to be shown in. */
export function renderBlocks(blocks: Blocks, order: UpdateBlock[]): Text {
  return {
    intro: renderPassage(blocks.intro, blocks.definitions),
    updates: order.map((block) => renderPassage(block.nodes, blocks.definitions)),
    sections: blocks.sections.map(({ heading, nodes }) => ({
      heading,
      ...renderPassage(nodes, blocks.definitions),
    })),
  }
}

const HEADING = /^ {0,3}#{1,2}\s/
/** What stands behind backticks that open a fence holds none, and behind any that close one nothing. */
const FENCE = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})(.*)$/
const FACT = /^([A-Za-z][A-Za-z_ ]{2,20}):(.*)$/

/**
 * Takes the fact lines out of a body, leaving empty lines, so that they are not shown as text and no line number moves.
 * `except` are the lines of headings that turned out to be none.
 */
function takeFacts(source: Lines, except: ReadonlySet<number> = new Set()) {
  const lines = [...source.lines]
  const facts = new Map<number, UpdateBlock['facts']>()
  const problems: Problem[] = []
  let fence: string | undefined
  let under: UpdateBlock['facts'] | undefined
  // Between a heading and the first words below it.
  let gap = false
  lines.forEach((line, index) => {
    const [, mark, info = ''] = FENCE.exec(line) ?? []
    if (mark !== undefined && fence === undefined) fence = mark
    else if (fence !== undefined && mark?.startsWith(fence) && info.trim() === '') fence = undefined
    if (fence === undefined && HEADING.test(line)) {
      const number = index + 1
      under = !except.has(number) && readUpdateHeading(line) ? [] : undefined
      if (under) facts.set(number, under)
      gap = false
      return
    }
    const place = { line: index + 1, column: 1 }
    const [, key, value = ''] = FACT.exec(line) ?? []
    if (!under || key === undefined) {
      if (gap && key !== undefined && isFactKey(key) && FACT_VALUE.test(value))
        problems.push(problemAt(source, place, `"${key}" ${BELOW_A_GAP}`, { level: 'warning' }))
      gap = line.trim() === '' && (gap || under?.length === 0)
      under = undefined
      return
    }
    if (!isFactKey(key)) {
      under = undefined
      const meant = nearest(key.replaceAll(' ', '_'), factKeys)
      if (meant === undefined || !(key === key.toLowerCase() || FACT_VALUE.test(value))) return
      const message = `"${key}" is not a fact of an update; did you mean "${meant}"?`
      problems.push(problemAt(source, place, message, { level: 'warning', fix: line.replace(key, meant) }))
      return
    }
    lines[index] = ''
    if (under.some((fact) => fact.key === key))
      problems.push(problemAt(source, place, `"${key}" stands here a second time; the first one counts`))
    else under.push({ key, value: value.trim(), line: index + 1 })
  })
  for (const [line, some] of facts) if (some.length === 0) facts.delete(line)
  return { text: lines.join('\n'), facts, problems }
}

/** Formatters of Markdown like to put one there. */
const BELOW_A_GAP = 'stands below an empty line, so it is text: facts stand directly under their heading'

/** `ETA: 15:00 UTC` was meant as a fact, `Affected: everyone in Europe` as a sentence. */
const FACT_VALUE = /=|\d:\d\d|^\s*(?:true|false|yes|no)\s*$/

function isFactKey(key: string): key is FactKey {
  return (factKeys as readonly string[]).includes(key)
}
