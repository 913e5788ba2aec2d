import { expect, it } from 'vitest'
import { parseFileCommands } from './file-commands.ts'

it.each([
  ['', {}],
  ['a=1\nb=2\n', { a: '1', b: '2' }],
  ['a=1\na=2\n', { a: '2' }],
  ['url=https://example.com/?q=1<<2\n', { url: 'https://example.com/?q=1<<2' }],
  ['empty=\n', { empty: '' }],
  ['body<<END\none=1\n\ntwo\nEND\nafter=3\n', { body: 'one=1\n\ntwo', after: '3' }],
])('%j is read as %j', (text, values) => {
  expect(parseFileCommands(text)).toEqual(values)
})

it.each([
  ['nothing\n', "Invalid format 'nothing'"],
  ['body<<END\nno end\n', "Matching delimiter not found 'END'"],
])('%j is refused', (text, message) => {
  expect(() => parseFileCommands(text)).toThrow(message)
})
