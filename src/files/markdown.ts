import type { Element, ElementContent, Root as HastRoot } from 'hast'
import type { Definition, Nodes, Root, RootContent } from 'mdast'
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

/** Parses Markdown. Of GitHub's dialect only tables and strikethrough: the rest costs 40 % of the time and is made below. */
export function parseMarkdown(markdown: string): Root {
  return parser.parse(markdown)
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
  if (/^\s*<!--[\s\S]*-->\s*$/.test(node.value)) return undefined
  return { type: 'text', value: node.value }
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
      const tidied = tidyElement(child)
      tidyChildren(tidied, insideLink || tidied.tagName === 'a' || tidied.tagName === 'code')
      children.push(tidied)
      continue
    }
    children.push(child)
  }
  parent.children = children
}

function tidyElement(element: Element): Element {
  if (element.tagName === 'a') return safeLink(element)
  if (element.tagName === 'img') return ownImage(element)
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
function ownImage(element: Element): Element {
  const { src, alt } = element.properties
  const words = typeof alt === 'string' && alt !== '' ? alt : 'image'
  if (typeof src !== 'string' || src === '') return link(words)
  if (!/^(?:[a-z][a-z\d+.-]*:|[\\/]{2})/i.test(src)) return element
  return /^https?:/i.test(src) ? link(words, src) : link(words)
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
  if (node.type === 'html') return node.value.replace(/<!--[\s\S]*?-->/g, '')
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
