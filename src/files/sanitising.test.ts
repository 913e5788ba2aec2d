import fc from 'fast-check'
import { parseFragment, type DefaultTreeAdapterTypes } from 'parse5'
import { describe, expect, it } from 'vitest'
import { readIncident } from './read-incident.ts'

describe('hostile text', () => {
  it.each([
    ['a script', '<script>alert(1)</script>'],
    ['a script in a paragraph', 'words <script>alert(1)</script> more'],
    ['an image with a handler', '<img src=x onerror=alert(1)>'],
    ['SVG', '<svg onload=alert(1)><a xlink:href="javascript:alert(1)">x</a></svg>'],
    ['MathML', '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>'],
    ['a link to a script', '[x](javascript:alert(1))'],
    ['the same in capitals', '[x](JaVaScRiPt:alert(1))'],
    ['the same with entities', '[x](java&#115;cript&colon;alert(1))'],
    ['the same with a tab', '[x](java&#9;script:alert(1))'],
    ['the same with a line end', '[x](<java&NewLine;script:alert(1)>)'],
    ['the same behind a space', '[x](<&#32;javascript:alert(1)>)'],
    ['the same behind a control character', '[x](<&#1;javascript:alert(1)>)'],
    ['the same by reference', '[x][y]\n\n[y]: javascript:alert(1)'],
    ['the same as an address', '<javascript:alert(1)>'],
    ['the same as an image', '![x](javascript:alert(1))'],
    ['a link to VBScript', '[x](vbscript:msgbox(1))'],
    ['a link to data', '[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)'],
    ['an image of data', '![x](data:image/svg+xml;base64,PHN2Zz48L3N2Zz4=)'],
    ['a link to a file', '[x](file:///etc/passwd) [y](blob:https://x/y)'],
    ['a link without a protocol', '[x](//evil.test/) [y](\\\\\\\\evil.test/) [z](/\\\\evil.test)'],
    ['an image without a protocol', '![x](//evil.test/x.png)'],
    ['an image from elsewhere', '![x](https://evil.test/x.png) ![y](<&#9;https://evil.test/y.png>)'],
    ['an image from elsewhere in a link', '[![x](https://evil.test/x.png)](https://example.com)'],
    ['a frame', '<iframe src="https://evil.test"></iframe>'],
    ['a style', '<style>body{display:none}</style>\n\n<p style="position:fixed">x</p>'],
    ['a form', '<form action="https://evil.test"><input name=password><button>x</button></form>'],
    ['a base', '<base href="https://evil.test/">'],
    ['a refresh', '<meta http-equiv=refresh content="0;url=https://evil.test">'],
    ['a link element', '<link rel=stylesheet href=https://evil.test/x.css>'],
    ['an object', '<object data=x></object><embed src=x>'],
    ['Markdown in HTML', '<div onclick="x">\n\n[x](javascript:alert(1)) **b**\n\n</div>'],
    ['HTML in Markdown', '**<b onmouseover=alert(1)>x</b>** `<i onclick=x>`'],
    ['quotes in a title', '[x](https://example.com "\\" onclick=\\"alert(1)")'],
    ['quotes in an alternative text', '![" onerror="alert(1)](x.png)'],
    ['quotes in a language', '```js" onclick="alert(1)\nx\n```'],
    ['quotes in a bare address', 'https://example.com/"onclick="alert(1) https://example.com/<script>'],
    ['a comment that ends early', '<!--> <img src=x onerror=alert(1)> -->'],
    ['a comment between tags', '<scr<!-- -->ipt>alert(1)</scr<!-- -->ipt>'],
    ['an id that shadows', '<a id=location name=cookie>x</a>'],
    [
      'too many marks to be parsed',
      `${'*_ '.repeat(6_000)}<img src=x onerror=alert(1)> [x](javascript:alert(1))`,
    ],
  ])('%s', (_, text) => {
    for (const html of htmlOf(text)) expect(dangersIn(html), html).toEqual([])
  })

  it('of any kind', { timeout: 60_000 }, () => {
    const pieces = [
      '<',
      '>',
      '"',
      "'",
      '(',
      ')',
      '[',
      ']',
      '![',
      '](',
      'javascript:',
      'data:',
      'https://evil.test/x.png',
      '//',
      '&#106;',
      '\n',
      '\n\n',
      '<script>',
      '<img src=x onerror=x>',
      '<svg/onload=x>',
      '`',
      '```\n',
      '|',
      ': ',
      '[a]: ',
      '*',
      '<!--',
      '-->',
      '\\',
      ' ',
      'x',
      '\t',
      '{',
      '<a href=',
      '</',
      '&lt;',
    ]
    const text = fc
      .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 5 })), { maxLength: 25 })
      .map((some) => some.join(''))
    fc.assert(
      fc.property(text, (some) => {
        for (const html of htmlOf(some)) expect(dangersIn(html), html).toEqual([])
      }),
      { numRuns: 600 },
    )
  })
})

describe('good text', () => {
  it.each([
    ['paragraphs and line ends', 'one\ntwo\n\nthree\\\nfour', '<p>one\ntwo</p>\n<p>three<br>\nfour</p>'],
    ['emphasis', '*a* **b** ~~c~~ `d`', '<p><em>a</em> <strong>b</strong> <del>c</del> <code>d</code></p>'],
    [
      'lists',
      '- a\n- b\n\n3. c\n4. d',
      '<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<ol start="3">\n<li>c</li>\n<li>d</li>\n</ol>',
    ],
    ['tasks', '- [ ] a\n- [x] b', '<ul>\n<li>[ ] a</li>\n<li>[x] b</li>\n</ul>'],
    ['code', '```js\nif (a < b) {}\n```', '<pre><code class="language-js">if (a &#x3C; b) {}\n</code></pre>'],
    ['a quote', '> words', '<blockquote>\n<p>words</p>\n</blockquote>'],
    ['smaller headings', '### a\n\n#### b', '<h3>a</h3>\n<h4>b</h4>'],
    [
      'a link',
      '[x](https://example.com/a?b=c "t")',
      '<p><a href="https://example.com/a?b=c" title="t" rel="nofollow noopener ugc">x</a></p>',
    ],
    ['a link of this site', '[x](/history/)', '<p><a href="/history/">x</a></p>'],
    ['a mail address', '<help@example.com>', '<p><a href="mailto:help@example.com">help@example.com</a></p>'],
    [
      'a bare address',
      'See https://example.com/a.',
      '<p>See <a href="https://example.com/a" rel="nofollow noopener ugc">https://example.com/a</a>.</p>',
    ],
    [
      'a reference',
      '[x][y]\n\n[y]: https://example.com',
      '<p><a href="https://example.com" rel="nofollow noopener ugc">x</a></p>',
    ],
    ['an image of this site', '![a graph](graph.png)', '<p><img src="graph.png" alt="a graph"></p>'],
    [
      'an image from elsewhere, as a link',
      '![a graph](https://example.com/g.png)',
      '<p><a href="https://example.com/g.png" rel="nofollow noopener ugc">a graph</a></p>',
    ],
    [
      'an image in a link, as its words',
      '[![build](https://ci.test/b.svg)](https://ci.test)',
      '<p><a href="https://ci.test" rel="nofollow noopener ugc"><em>build</em></a></p>',
    ],
    ['HTML, as the text it is', 'a <b>c</b>', '<p>a &#x3C;b>c&#x3C;/b></p>'],
    ['words between comments', '<!-- hidden --> shown <!-- hidden -->', 'shown'],
    ['a comment in a sentence', 'a <!-- hidden -->b', '<p>a b</p>'],
    [
      'a table',
      '| a | b |\n|---|--:|\n| 1 | 2 |',
      '<table>\n<thead>\n<tr>\n<th>a</th>\n<th align="right">b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n<td align="right">2</td>\n</tr>\n</tbody>\n</table>',
    ],
  ])('keeps %s', (_, text, html) => {
    expect(htmlOf(text)[0]?.trim()).toBe(html)
  })

  it.each([
    ['- a\n- b', '- a\n- b'],
    ['| a | b |\n|---|---|\n| 1 | 2 |', 'a | b\n1 | 2'],
    ['a **b** `c`\n\n[d](https://x.example)', 'a b c\nd'],
    ['a <!-- hidden -->b', 'a b'],
  ])('%j reads in plain words as %j', (text, plain) => {
    expect(readIncident(`${head}${text}\n`, file, '', new Set()).text.intro.plain).toBe(plain)
  })
})

it('no word is lost, in HTML or in plain words', { timeout: 60_000 }, () => {
  const word = fc.string({ unit: fc.constantFrom(...'abcdefghij'), minLength: 3, maxLength: 6 })
  const form = fc.constantFrom<(text: string) => string>(
    (text) => text,
    (text) => `**${text}**`,
    (text) => `\`${text}\``,
    (text) => `[${text}](https://example.com)`,
    (text) => `[${text}](javascript:x)`,
    (text) => `![${text}](https://example.com/x.png)`,
    (text) => `<i class=x>${text}</i>`,
    (text) => `\n\n- ${text}\n- x\n\n`,
    (text) => `\n\n> ${text}\n\n`,
    (text) => `\n\n\`\`\`\n${text}\n\`\`\`\n\n`,
    (text) => `\n\n| ${text} | x |\n|---|---|\n| x | ${text} |\n\n`,
    (text) => `\n\n### ${text}\n\n`,
    (text) => `\n\n## ${text}\n\n`,
    (text) => `\n\n<div>\n${text}\n</div>\n\n`,
    (text) => `\n\n## 25:00 ${text}\n\n${text}\n\n`,
    (text) => `<!-- x --> ${text} <!-- y -->`,
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(word, form), { minLength: 1, maxLength: 12 }), (some) => {
      const { intro, updates, sections } = readIncident(
        `${head}${some.map(([text, wrap]) => wrap(text)).join(' ')}\n`,
        file,
        '',
        new Set(),
      ).text
      const passages = [intro, ...updates, ...sections]
      const headings = sections.map(({ heading }) => heading).join(' ')
      const shown = `${passages.map(({ html }) => textOf(parseFragment(html))).join(' ')} ${headings}`
      const plain = `${passages.map((passage) => passage.plain).join(' ')} ${headings}`
      for (const [text] of some) {
        expect(shown).toContain(text)
        expect(plain).toContain(text)
      }
    }),
    { numRuns: 400 },
  )
})

const file = 'incidents/2026-11-21-x.md'
const head = '---\ntitle: x\nstarted: 2026-11-21T03:11:00Z\n---\n\n'

/** The text as an introduction, in an update and in a section. */
function htmlOf(text: string): string[] {
  return ['', '## 2026-11-21 04:00 UTC\n\n', '## Root cause\n\n'].flatMap((heading) => {
    const { intro, updates, sections } = readIncident(`${head}${heading}${text}\n`, file, '', new Set()).text
    return [intro, ...updates, ...sections].map(({ html }) => html).filter((html) => html !== '')
  })
}

const ELEMENTS = new Set([
  'p',
  'a',
  'em',
  'strong',
  'del',
  'code',
  'pre',
  'blockquote',
  'br',
  'hr',
  'ul',
  'ol',
  'li',
  'img',
  'h3',
  'h4',
  'h5',
  'h6',
  'table',
  'thead',
  'tbody',
  'tr',
  'th',
  'td',
])
const ATTRIBUTES = new Set(['href', 'title', 'rel', 'src', 'alt', 'class', 'start', 'align'])

/** What a browser would make of it that it must not. */
function dangersIn(html: string): string[] {
  return elementsOf(parseFragment(html)).flatMap(({ tagName, attrs }) => [
    ...(ELEMENTS.has(tagName) ? [] : [`element ${tagName}`]),
    ...attrs.flatMap(({ name, value }) => {
      if (!ATTRIBUTES.has(name)) return [`attribute ${name}`]
      if (name === 'class' && !/^(?:language-[\w-]+)?$/.test(value)) return [`class ${value}`]
      if (name !== 'href' && name !== 'src') return []
      const { protocol, host } = new URL(value, 'https://status.example.com/incidents/x/')
      const own = host === 'status.example.com' && protocol === 'https:'
      if (name === 'src') return own ? [] : [`image ${value}`]
      const allowed = own || protocol === 'mailto:' || /^https?:\/\//i.test(value)
      return allowed ? [] : [`link ${value}`]
    }),
  ])
}

function elementsOf(node: DefaultTreeAdapterTypes.ParentNode): DefaultTreeAdapterTypes.Element[] {
  return node.childNodes.flatMap((child) => ('tagName' in child ? [child, ...elementsOf(child)] : []))
}

function textOf(node: DefaultTreeAdapterTypes.ParentNode): string {
  return node.childNodes
    .map((child) => ('value' in child ? child.value : 'childNodes' in child ? textOf(child) : ''))
    .join(' ')
}
