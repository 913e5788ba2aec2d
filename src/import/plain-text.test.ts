import { describe, expect, it } from 'vitest'
import { toMarkdown, wordsOfMarkup } from './plain-text.ts'

describe('markup becomes words', () => {
  it.each([
    ['plain words stay', 'Queues are slow.', 'Queues are slow.'],
    ['a comparison is no tag', 'hit <1% of jobs, then <0.5%)', 'hit <1% of jobs, then <0.5%)'],
    ['words between angle brackets stay', 'set <name> and <b and c>', 'set <name> and <b and c>'],
    ['a tag that nobody closes is words', 'use <i> as the index', 'use <i> as the index'],
    ['a closed tag goes, its words stay', 'now <strong>all <em>good</em></strong>.', 'now all good.'],
    ['paragraphs and line breaks are lines', '<p>One</p><p>Two<br/>Three</p>', 'One\n\nTwo\nThree'],
    ['list items are lines', '<ul><li>One</li><li>Two</li></ul>', '- One\n- Two'],
    [
      'a link keeps its address',
      'see <a href="https://x.test/a?b=1">this page</a>.',
      'see this page (https://x.test/a?b=1).',
    ],
    [
      'a link whose words are its address says it once',
      '<a href="https://x.test/">https://x.test/</a>',
      'https://x.test/',
    ],
    ['scripts are words', '<script>alert(1)</script>', '<script>alert(1)</script>'],
    ['entities become characters', 'R&amp;D &lt;b&gt; &#39;x&#x27; 5&nbsp;%', "R&D <b> 'x' 5\u00A0%"],
    ['markup that was written as words stays words', '&lt;b&gt;x&lt;/b&gt; &amp;amp;', '<b>x</b> &amp;'],
    [
      'what is no entity stays',
      'AT&T &nosuch; &#0; &#xD800; &#99999999; &toString;',
      'AT&T &nosuch; &#0; &#xD800; &#99999999; &toString;',
    ],
    ['every kind of line end is one', 'a\r\nb\rc', 'a\nb\nc'],
    ['control characters are shown as what they are', 'a\u0000b\u001B[31m', 'a\uFFFDb\uFFFD[31m'],
    ['half a character is shown as what it is', 'a\uD800b', 'a\uFFFDb'],
  ])('%s', (_, source, words) => {
    expect(wordsOfMarkup(source)).toBe(words)
  })
})

describe('words become Markdown that shows them as they are', () => {
  it.each([
    [
      'plain words stay',
      'Queues are slow (5-10 %), see https://x.test/a_b?c=1#d!',
      'Queues are slow (5-10 %), see https://x.test/a_b?c=1#d!',
    ],
    ['about is not struck through', 'from ~5% to ~93%', 'from ~5% to ~93%'],
    ['two tildes are escaped', '~~gone~~', '\\~\\~gone\\~\\~'],
    ['stars are escaped', 'git/refs/*, and git/x/*', 'git/refs/\\*, and git/x/\\*'],
    ['underscores are, but inside a word', 'web_search and __init__', 'web_search and \\_\\_init\\_\\_'],
    ['links and images are escaped', '![x](y) [a]: b', '!\\[x](y) \\[a]: b'],
    ['comparisons stay', 'hit <1% of jobs', 'hit <1% of jobs'],
    ['HTML is escaped', '<!-- <b> </b> <?', '\\<!-- \\<b> \\</b> \\<?'],
    ['an address in angle brackets is escaped', '<1@x.test>', '\\<1@x.test>'],
    ['entities are escaped', 'AT&T &amp; &#39;', 'AT\\&T \\&amp; \\&#39;'],
    ['headings are escaped', '## 10:00 UTC resolved', '\\## 10:00 UTC resolved'],
    ['underlined headings are escaped', 'a\n===\n---', 'a\\\n\\===\\\n\\---'],
    ['lists are lines', '- a\n1. b', '\\- a\\\n1\\. b'],
    ['quotes are escaped', '> a', '\\> a'],
    ['fences are escaped', '```\n~~~', '\\`\\`\\`\\\n\\~\\~\\~'],
    ['tables are escaped', 'a | b\n-|-', 'a \\| b\\\n-\\|-'],
    ['indented lines are no code', '    a\n\n\n\n\tb', 'a\n\nb'],
    ['a backslash at the end of a line stays one', 'C:\\\nx', 'C:\\\\\\\nx'],
  ])('%s', (_, words, markdown) => {
    expect(toMarkdown(words)).toBe(markdown)
  })
})
