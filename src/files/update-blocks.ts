import type { Definition, RootContent } from 'mdast'
import type { Text } from '../model/incident.ts'
import type { Problem } from '../model/problem.ts'
import { definitionsOf, parseMarkdown, renderPassage, wordsOf } from './markdown.ts'
import { nearest } from './nearest.ts'
import { readUpdateHeading, type UpdateHeading } from './update-headings.ts'

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
  sections: { heading: string; nodes: RootContent[] }[]
  definitions: Definition[]
  problems: Problem[]
}

const factKeys = ['affected', 'next_update_by', 'eta', 'automated'] as const
export type FactKey = (typeof factKeys)[number]

/** Splits a body at its first- and second-level headings: those with a time are updates, the others sections. */
export function readBlocks(body: string, file: string): Blocks {
  const { text, facts, problems } = takeFacts(body, file)
  const root = parseMarkdown(text)
  const blocks: Blocks = { intro: [], updates: [], sections: [], definitions: definitionsOf(root), problems }
  let into = blocks.intro
  for (const node of root.children) {
    if (node.type !== 'heading' || node.depth > 2) {
      if (node.type !== 'definition') into.push(node)
      continue
    }
    const words = wordsOf(node).trim()
    const line = node.position?.start.line ?? 1
    const heading = readUpdateHeading(words)
    into = []
    if (heading)
      blocks.updates.push({ heading, headingText: words, line, facts: facts.get(line) ?? [], nodes: into })
    else blocks.sections.push({ heading: words, nodes: into })
  }
  return blocks
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
const FACT = /^([a-z][a-z_]{2,20}):\s*(.*?)\s*$/

/** Takes the fact lines out of a body, leaving empty lines, so that they are not shown as text and no line number moves. */
function takeFacts(body: string, file: string) {
  const lines = body.split('\n')
  const facts = new Map<number, UpdateBlock['facts']>()
  const problems: Problem[] = []
  let fence: string | undefined
  let heading: number | undefined
  lines.forEach((line, index) => {
    const [, mark, info = ''] = FENCE.exec(line) ?? []
    if (mark !== undefined && fence === undefined) fence = mark
    else if (fence !== undefined && mark?.startsWith(fence) && info.trim() === '') fence = undefined
    if (fence === undefined && HEADING.test(line)) {
      heading = readUpdateHeading(line) ? index + 1 : undefined
      return
    }
    const [, key, value] = (heading !== undefined && FACT.exec(line)) || []
    if (heading === undefined || key === undefined || value === undefined) {
      heading = undefined
      return
    }
    if (!isFactKey(key)) {
      const meant = nearest(key, factKeys)
      heading = undefined
      if (meant === undefined) return
      const message = `"${key}" is not a fact of an update; did you mean "${meant}"?`
      problems.push({
        level: 'warning',
        file,
        line: index + 1,
        column: 1,
        message,
        found: line,
        fix: line.replace(key, meant),
      })
      return
    }
    facts.set(heading, [...(facts.get(heading) ?? []), { key, value, line: index + 1 }])
    lines[index] = ''
  })
  return { text: lines.join('\n'), facts, problems }
}

function isFactKey(key: string): key is FactKey {
  return (factKeys as readonly string[]).includes(key)
}
