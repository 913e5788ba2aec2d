import type { Element, ElementContent, Root as HastRoot } from 'hast'
import type { Definition, Heading, Nodes, Root, RootContent, Text } from 'mdast'
import { gfmStrikethroughFromMarkdown } from 'mdast-util-gfm-strikethrough'
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table'
import { toString } from 'mdast-util-to-string'
import { gfmStrikethrough } from 'micromark-extension-gfm-strikethrough'
import { gfmTable } from 'micromark-extension-gfm-table'
import rehypeSanitize, { defaultSchema } from 'rehype-sanitize'
import rehypeStringify from 'rehype-stringify'
import { remark } from 'remark'
import remarkRehype from 'remark-rehype'
import { unified } from 'unified'
import type { Passage } from '../model/incident.ts'

/**
 * Parses Markdown. Of GitHub's dialect only tables and strikethrough: the rest costs 40 % of the time and is made below.
 * The parser's time grows with the square of the markup, and everything behind it walks trees by calling itself, so
 * what is beyond any page of text is parsed as headings and plain paragraphs; `plainly` says so.
 */
export function parseMarkdown(markdown: string): { root: Root; plainly: boolean } {
  if ((markdown.match(MARKUP)?.length ?? 0) > MOST_MARKUP)
    return { root: parsePlainly(markdown), plainly: true }
  const root = parser.parse(markdown)
  return isDeep(root) ? { root: parsePlainly(markdown), plainly: true } : { root, plainly: false }
}

/**
 * Renders top-level nodes as HTML that is safe to show whatever the text was: no raw HTML (it is shown as the text it
 * is), no scripts, no addresses but http, https, mailto and relative ones, no images from elsewhere.
 * `definitions` are the document's link definitions, which may stand anywhere in it.
 */
export function renderPassage(nodes: RootContent[], definitions: Definition[]): Passage {
  if (nodes.length === 0) return { html: '', plain: '' }
  const root: Root = { type: 'root', children: [...nodes, ...definitions] }
  return { html: renderer.stringify(renderer.runSync(root)).trim(), plain: plainText(nodes) }
}

/** The link definitions of a document. */
export function definitionsOf(root: Root): Definition[] {
  return root.children.filter((node) => node.type === 'definition')
}

/** The words of a heading or paragraph. */
export function wordsOf(node: Nodes): string {
  return toString(node)
}

const MARKUP = /[*_`~[\]!|<>&#=\\\n]/g
/** Seven times what the longest of 819 real incidents holds; parsed in a second at the worst. */
const MOST_MARKUP = 5_000
const DEEPEST = 100

function isDeep(root: Root): boolean {
  const nodes: { node: Nodes; depth: number }[] = [{ node: root, depth: 0 }]
  for (let next = nodes.pop(); next; next = nodes.pop()) {
    if (next.depth > DEEPEST) return true
    if ('children' in next.node)
      for (const child of next.node.children) nodes.push({ node: child, depth: next.depth + 1 })
  }
  return false
}

function parsePlainly(markdown: string): Root {
  const children: RootContent[] = []
  let paragraph: Text | undefined
  markdown.split('\n').forEach((line, index) => {
    const [, marks, words] = /^ {0,3}(#{1,6})[ \t](.*)$/.exec(line) ?? []
    const start = { line: index + 1, column: 1 }
    if (marks !== undefined && words !== undefined) {
      paragraph = undefined
      const depth = marks.length as Heading['depth']
      const text: Text = { type: 'text', value: words.trim() }
      children.push({ type: 'heading', depth, children: [text], position: { start, end: start } })
    } else if (line.trim() === '') paragraph = undefined
    else if (paragraph) paragraph.value += `\n${line}`
    else {
      paragraph = { type: 'text', value: line }
      children.push({ type: 'paragraph', children: [paragraph], position: { start, end: start } })
    }
  })
  return { type: 'root', children }
}

const parser = remark()
  .data('micromarkExtensions', [gfmTable(), gfmStrikethrough()])
  .data('fromMarkdownExtensions', [gfmTableFromMarkdown(), gfmStrikethroughFromMarkdown()])
  .freeze()

const safe = {
  ...defaultSchema,
  clobberPrefix: '',
  attributes: {
    a: ['href', 'title', 'rel'],
    img: ['src', 'alt', 'title'],
    code: [['className', /^language-[\w-]{1,30}$/] as [string, RegExp]],
    ol: ['start'],
    td: ['align'],
    th: ['align'],
  },
  tagNames: [
    ...['p', 'a', 'em', 'strong', 'del', 'code', 'pre', 'blockquote', 'br', 'hr', 'ul', 'ol', 'li', 'img'],
    ...['h3', 'h4', 'h5', 'h6', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
  ],
  protocols: { href: ['http', 'https', 'mailto'], src: [] },
  strip: ['script', 'style'],
}

const renderer = unified()
  .use(remarkRehype, { handlers: { html: showAsText } })
  .use(rehypeSanitize, safe)
  .use(() => tidy)
  .use(rehypeStringify)
  .freeze()

/** Raw HTML is shown as the text it is, so that nothing is lost; comments stay hidden, as their authors mean them to. */
function showAsText(_state: unknown, node: { value: string }): ElementContent | undefined {
  const value = withoutComments(node.value)
  return value.trim() === '' ? undefined : { type: 'text', value }
}

/** In linear time, which a pattern for text between two marks has not where the second is missing. */
function withoutComments(html: string): string {
  let rest = ''
  let from = 0
  for (;;) {
    const open = html.indexOf('<!--', from)
    const close = open < 0 ? -1 : html.indexOf('-->', open + 4)
    if (close < 0) return rest + html.slice(from)
    rest += html.slice(from, open)
    from = close + 3
  }
}

/** After sanitising: one heading level fits below an update, foreign images become links, bare addresses become links. */
function tidy(tree: HastRoot): void {
  tidyChildren(tree, false)
}

function tidyChildren(parent: HastRoot | Element, insideLink: boolean): void {
  const children: Element['children'] = []
  for (const child of parent.children as Element['children']) {
    if (child.type === 'text' && !insideLink && child.value.includes('://')) {
      children.push(...linkAddresses(child.value))
      continue
    }
    if (child.type === 'element') {
      const tidied = tidyElement(child, insideLink)
      tidyChildren(tidied, insideLink || tidied.tagName === 'a' || tidied.tagName === 'code')
      children.push(tidied)
      continue
    }
    children.push(child)
  }
  parent.children = children
}

function tidyElement(element: Element, insideLink: boolean): Element {
  if (element.tagName === 'a') return safeLink(element)
  if (element.tagName === 'img') return ownImage(element, insideLink)
  return element
}

/** `//host/path` has no protocol for the sanitiser to refuse, and still leads away. */
function safeLink(element: Element): Element {
  const href = typeof element.properties.href === 'string' ? element.properties.href : undefined
  if (href === undefined || /^[\\/]{2}/.test(href)) return { ...element, properties: {} }
  const foreign = /^https?:/i.test(href)
  return {
    ...element,
    properties: { ...element.properties, ...(foreign && { rel: ['nofollow', 'noopener', 'ugc'] }) },
  }
}

/** An image from another host would tell that host about every reader: it is offered as a link instead. */
function ownImage(element: Element, insideLink: boolean): Element {
  const { src, alt } = element.properties
  const words = typeof alt === 'string' && alt !== '' ? alt : 'image'
  const foreign = typeof src !== 'string' || src === '' || /^(?:[a-z][a-z\d+.-]*:|[\\/]{2})/i.test(src)
  if (!foreign) return element
  if (insideLink)
    return { type: 'element', tagName: 'em', properties: {}, children: [{ type: 'text', value: words }] }
  return typeof src === 'string' && /^https?:/i.test(src) ? link(words, src) : link(words)
}

/** A link to another site; without an address, just its words. */
function link(words: string, href?: string): Element {
  const properties = href === undefined ? {} : { href, rel: ['nofollow', 'noopener', 'ugc'] }
  return { type: 'element', tagName: 'a', properties, children: [{ type: 'text', value: words }] }
}

const ADDRESS = /https?:\/\/[^\s<>"'`]*[^\s<>"'`.,;:!?)\]}]/g

function linkAddresses(text: string): Element['children'] {
  const pieces: Element['children'] = []
  let end = 0
  for (const match of text.matchAll(ADDRESS)) {
    if (match.index > end) pieces.push({ type: 'text', value: text.slice(end, match.index) })
    pieces.push(link(match[0], match[0]))
    end = match.index + match[0].length
  }
  if (end < text.length) pieces.push({ type: 'text', value: text.slice(end) })
  return pieces
}

function plainText(nodes: RootContent[]): string {
  return nodes
    .map((node) => plain(node).trim())
    .filter((text) => text !== '')
    .join('\n')
}

function plain(node: Nodes): string {
  if (node.type === 'html') return withoutComments(node.value)
  if (node.type === 'break') return '\n'
  if (node.type === 'image') return node.alt ?? ''
  if (node.type === 'definition') return ''
  if (node.type === 'list') return node.children.map((item) => `- ${plain(item)}`).join('\n')
  if (node.type === 'tableRow') return node.children.map((cell) => plain(cell)).join(' | ')
  if ('value' in node) return node.value
  if (!('children' in node)) return ''
  const between = blockParents.has(node.type) ? '\n' : ''
  return node.children.map((child) => plain(child)).join(between)
}

const blockParents = new Set(['root', 'blockquote', 'listItem', 'table'])
