/**
 * The words of a text that may hold HTML: known tags that are closed become line breaks or nothing, entities become their
 * characters. Whatever is not surely markup (`<1%`, `use <i> as index`) is words and stays.
 */
export function wordsOfMarkup(source: string): string {
  const text = source
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g, '\uFFFD')
  return decodeEntities(withoutTags(text)).trim()
}

/**
 * Markdown that shows a text exactly as it is: line for line, no character of it taken for a mark. Only what Markdown
 * would take for one is escaped, so that the file stays easy to read.
 */
export function toMarkdown(text: string): string {
  const lines = text.split('\n').map((line) => escapeStart(escapeMarks(line.trim())))
  return lines
    .map((line, index) => (line !== '' && (lines[index + 1] ?? '') !== '' ? `${line}\\` : line))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

const MARK = /[\\`*[|_~]|<(?=[a-z/!?]|[^\s<>]*@)|&(?=[#a-z])/gi

function escapeMarks(line: string): string {
  return line.replace(MARK, (mark, at: number) => {
    const before = line[at - 1] ?? ''
    const after = line[at + 1] ?? ''
    const insideWord = mark === '_' && /[\p{L}\p{N}]/u.test(before) && /[\p{L}\p{N}]/u.test(after)
    // "~5 %" cannot end a passage that is struck through, so nothing begins one.
    const about = mark === '~' && /^\s?$/.test(before) && after !== '~'
    return insideWord || about ? mark : `\\${mark}`
  })
}

const BLOCK_START = /^(?:#{1,6}(?:\s|$)|>|[-+](?:\s|$)|-[-:]|=|:-)/

function escapeStart(line: string): string {
  return BLOCK_START.test(line) ? `\\${line}` : line.replace(/^(\d{1,9})([.)])(?=\s|$)/, '$1\\$2')
}

/** What stands for an element's two tags. */
const elements: Record<string, [start: string, end: string]> = {
  ...Object.fromEntries(
    ['p', 'div', 'ul', 'ol', 'blockquote', 'pre', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((name) => [
      name,
      ['\n\n', '\n\n'],
    ]),
  ),
  ...Object.fromEntries(
    ['b', 'strong', 'i', 'em', 'u', 's', 'code', 'tt', 'span', 'small', 'var', 'font', 'a'].map((name) => [
      name,
      ['', ''],
    ]),
  ),
  li: ['\n- ', ''],
}

const ATTRIBUTE = String.raw`\s+[\w:-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>=]+)`
const TAG = new RegExp(`<(/?)([a-z][a-z0-9]*)((?:${ATTRIBUTE})*)\\s*/?>`, 'gi')

function withoutTags(text: string): string {
  const tags = [...text.matchAll(TAG)]
  const replacements = pairUp(tags)
  let words = ''
  let end = 0
  for (const tag of tags) {
    words += text.slice(end, tag.index) + (replacements.get(tag) ?? tag[0])
    end = tag.index + tag[0].length
  }
  const rest = words + text.slice(end)
  return tags.length === 0 ? rest : rest.replace(/\n{3,}/g, '\n\n')
}

/** Only a start tag with an end tag is markup: anything else may be words between angle brackets. */
function pairUp(tags: RegExpExecArray[]): Map<RegExpExecArray, string> {
  const replacements = new Map<RegExpExecArray, string>()
  const open = new Map<string, RegExpExecArray[]>()
  for (const tag of tags) {
    const name = (tag[2] ?? '').toLowerCase()
    if (name === 'br' || name === 'hr') replacements.set(tag, '\n')
    const stands = Object.hasOwn(elements, name) ? elements[name] : undefined
    if (!stands) continue
    const waiting = open.get(name) ?? []
    open.set(name, waiting)
    const start = tag[1] === '/' ? waiting.pop() : undefined
    if (tag[1] !== '/') waiting.push(tag)
    if (!start) continue
    replacements.set(start, stands[0])
    replacements.set(tag, name === 'a' ? target(start, tag) : stands[1])
  }
  return replacements
}

/** A link's address, behind its words unless they are the address. */
function target(start: RegExpExecArray, end: RegExpExecArray): string {
  const [, quoted] = /\shref\s*=\s*("[^"]*"|'[^']*'|[^\s"'<>=]+)/i.exec(start[3] ?? '') ?? []
  const address = (quoted ?? '').replace(/^["']|["']$/g, '')
  const words = end.input.slice(start.index + start[0].length, end.index).trim()
  return address === '' || address === words ? '' : ` (${address})`
}

const named: Record<string, string> = {
  ...{
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    nbsp: '\u00A0',
    hellip: '…',
    bull: '•',
    middot: '·',
  },
  ...{ ndash: '–', mdash: '—', lsquo: '‘', rsquo: '’', ldquo: '“', rdquo: '”', laquo: '«', raquo: '»' },
  ...{ copy: '©', reg: '®', trade: '™', times: '×', deg: '°', euro: '€', pound: '£', micro: 'µ' },
  ...{
    rarr: '→',
    larr: '←',
    ge: '≥',
    le: '≤',
    ne: '≠',
    plusmn: '±',
    auml: 'ä',
    ouml: 'ö',
    uuml: 'ü',
    szlig: 'ß',
  },
  ...{ Auml: 'Ä', Ouml: 'Ö', Uuml: 'Ü', eacute: 'é', egrave: 'è', agrave: 'à', ccedil: 'ç', ntilde: 'ñ' },
}

function decodeEntities(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,8}));/gi,
    (entity, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return Object.hasOwn(named, name) ? (named[name] ?? entity) : entity
      const code = decimal === undefined ? parseInt(hex ?? '', 16) : Number(decimal)
      const character = code <= 0x10ffff ? String.fromCodePoint(code) : ''
      return /^[^\p{Cc}\p{Cs}]$/u.test(character) ? character : entity
    },
  )
}
