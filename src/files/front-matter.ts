import matter from 'gray-matter'
import { isMap, LineCounter, parseDocument, type Document } from 'yaml'
import type { Problem } from '../model/problem.ts'

/** A Markdown file in its two parts. */
export interface FrontMatter {
  /** The front matter as plain data; `undefined` when there is none that could be read. */
  data: Record<string, unknown> | undefined
  /** Where each of its values stands in the file. */
  locate: Locate
  /** Everything below, with as many empty lines before it as the front matter takes, so that its line numbers are the file's. */
  body: string
  problems: Problem[]
}

/** Where the value at a path stands; the key itself for `key: true`. Falls back to the nearest parent. */
export type Locate = (path: PropertyKey[], key?: boolean) => { line: number; column: number }

/**
 * Splits a Markdown file. gray-matter finds the fences; its own engines are all replaced, because by default it runs
 * the code of a file that begins with `---js`. YAML is read as version 1.2: no dates, no octal, no aliases, no merges,
 * each key once.
 */
export function readFrontMatter(text: string, file: string): FrontMatter {
  const source = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n')
  const problems: Problem[] = []
  let yaml: YamlFile | undefined
  const read = (block: string) => {
    yaml = readYaml(block, file, block.startsWith('\n') ? 0 : 1)
    problems.push(...yaml.problems)
    return {}
  }
  let content = source
  try {
    content = matter(source, { language: 'yaml', engines: { ...refusingEngines, yaml: read } }).content
  } catch (error) {
    problems.push(refusal(error, file, source))
    return { data: undefined, locate: atTop, body: withoutFences(source), problems }
  }
  const above = source.slice(0, source.length - content.length).split('\n').length - 1
  const body = '\n'.repeat(above) + content
  if (!yaml) {
    problems.push({
      level: 'error',
      file,
      line: 1,
      column: 1,
      message: 'the file does not begin with front matter between two lines of ---',
      found: source.split('\n')[0]?.slice(0, 80) ?? '',
      fix: '---',
    })
    return { data: undefined, locate: atTop, body, problems }
  }
  return { data: yaml.data, locate: yaml.locate, body, problems }
}

export interface YamlFile {
  data: Record<string, unknown> | undefined
  locate: Locate
  problems: Problem[]
}

/** Reads YAML that must be a mapping. `linesAbove` is how many lines of the file stand before it. */
export function readYaml(block: string, file: string, linesAbove = 0): YamlFile {
  const lines = new LineCounter()
  const document = parseDocument(block, {
    version: '1.2',
    merge: false,
    uniqueKeys: true,
    prettyErrors: false,
    lineCounter: lines,
  })
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line: line + linesAbove, column: col }
  }
  const problems = [...document.errors, ...document.warnings].map(({ message, pos }): Problem => {
    const where = at(pos[0])
    return {
      level: 'error',
      file,
      ...where,
      ...explainYaml(message, block.split('\n')[where.line - linesAbove - 1] ?? ''),
    }
  })
  const locate: Locate = (path, key) => locateIn(document, path, key, at)
  if (problems.length > 0) return { data: undefined, locate, problems }
  if (document.contents !== null && !isMap(document.contents)) {
    const where = at(document.contents.range?.[0] ?? 0)
    const found = block.split('\n')[where.line - linesAbove - 1]?.trim() ?? ''
    problems.push({
      level: 'error',
      file,
      ...where,
      message: 'expected keys and values, one on a line',
      found,
      fix: 'title: …',
    })
    return { data: undefined, locate, problems }
  }
  try {
    return { data: (document.toJS({ maxAliasCount: 0 }) ?? {}) as Record<string, unknown>, locate, problems }
  } catch {
    problems.push({
      level: 'error',
      file,
      line: linesAbove + 1,
      column: 1,
      message: 'aliases (&name, *name) are not allowed here',
    })
    return { data: undefined, locate, problems }
  }
}

const refuse = {
  parse: () => {
    throw new RefusedEngine()
  },
}

/** gray-matter takes whatever stands behind the dashes for the name of an engine; these are all it knows. */
const refusingEngines = { json: refuse, javascript: refuse, js: refuse, coffee: refuse, toml: refuse }

class RefusedEngine extends Error {}

function refusal(error: unknown, file: string, source: string): Problem {
  const found = source.split('\n')[0]?.slice(0, 80) ?? ''
  const fence = /^---\s*\S/.test(found)
  if (error instanceof RefusedEngine || fence)
    return {
      level: 'error',
      file,
      line: 1,
      column: 4,
      message: 'front matter can only be YAML; nothing else is read or run',
      found,
      fix: '---',
    }
  const message = error instanceof Error ? error.message : String(error)
  return {
    level: 'error',
    file,
    line: 1,
    column: 1,
    message: `the front matter could not be read: ${message}`,
    found,
  }
}

function withoutFences(source: string): string {
  const end = source.indexOf('\n---', 3)
  if (end < 0) return source
  const above = source.slice(0, end + 4)
  return above.replace(/[^\n]/g, '') + source.slice(end + 4)
}

const atTop: Locate = () => ({ line: 1, column: 1 })

function locateIn(
  document: Document,
  path: PropertyKey[],
  key: boolean | undefined,
  at: (offset: number) => { line: number; column: number },
): { line: number; column: number } {
  for (let length = path.length; length > 0; length--) {
    const steps = path.slice(0, length) as (string | number)[]
    const parent = length > 1 ? document.getIn(steps.slice(0, -1), true) : document.contents
    const name = steps.at(-1)
    if (isMap(parent)) {
      const pair = parent.items.find(
        (item) => String((item.key as { value?: unknown }).value) === String(name),
      )
      const wantKey = key === true || length < path.length
      const node = (wantKey ? pair?.key : (pair?.value ?? pair?.key)) as
        { range?: [number, number, number] } | undefined
      if (node?.range) return at(node.range[0])
      continue
    }
    const node = document.getIn(steps, true) as { range?: [number, number, number] } | undefined
    if (node?.range) return at(node.range[0])
  }
  return at(0)
}

function explainYaml(message: string, line: string): { message: string; found: string; fix?: string } {
  const found = line.trimEnd().slice(0, 120)
  if (/^\s*\t/.test(line) || message.includes('Tabs are not allowed'))
    return {
      message: 'YAML is indented with spaces, not with tabs',
      found: found.replaceAll('\t', '→'),
      fix: line.replaceAll('\t', '  ').trimEnd(),
    }
  if (/Map keys must be unique/.test(message)) return { message: 'this key stands here a second time', found }
  if (/Nested mappings are not allowed|mapping values/.test(message)) {
    const [, name, value] = /^(\s*[\w-]+):\s+(.*)$/.exec(line) ?? []
    return {
      message: 'a value that holds a colon must be in quotes',
      found,
      ...(name !== undefined && value !== undefined && { fix: `${name}: ${JSON.stringify(value)}` }),
    }
  }
  return { message: `this is not YAML: ${message.split('\n')[0]?.replace(/[.:]$/, '') ?? ''}`, found }
}
