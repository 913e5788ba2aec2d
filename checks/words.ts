import { DAY, HOUR, MINUTE, SECOND } from '../src/model/time.ts'

/** Longest value of an answer that a reason shows, in characters. */
const LONGEST_VALUE = 80
const LONGEST_REASON = 300
/** Shorter values are no secrets, and to blank them out would blank out words and numbers everywhere. */
const SHORTEST_SECRET = 4

/** Blanks out every secret, also as it looks within a URL. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  if (secrets.length === 0) return (text) => text
  const forms = secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .flatMap((secret) => [
      secret,
      encodeURIComponent(secret.toWellFormed()),
      encodeURI(secret.toWellFormed()),
    ])
    .toSorted((a, b) => b.length - a.length)
  return (text) => forms.reduce((redacted, form) => redacted.replaceAll(form, '•••'), text)
}

/** A value found in an answer, safe to show: no secret, no control or invisible characters, at most 80 characters. */
export function shownValue(value: unknown, redact: (text: string) => string): string {
  if (typeof value === 'string') return `"${shorten(onOneLine(redact(value)), LONGEST_VALUE)}"`
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'an object'
  return shorten(redact(String(value)), LONGEST_VALUE)
}

/** A reason as it goes into a sample. */
export function shownReason(reason: string, redact: (text: string) => string): string {
  return shorten(onOneLine(redact(reason)), LONGEST_REASON)
}

/** `800 ms`, `2.5 s`, `15 minutes`, `36 hours`, `14 days`: in the largest unit that is at least 1, days only from two on. */
export function durationWords(milliseconds: number): string {
  const { size, word } = units.find(({ size, from }) => milliseconds >= from * size) ?? {
    size: 1,
    word: ' ms',
  }
  // A tenth of a millisecond says nothing about a network.
  const places = word === ' ms' && milliseconds >= 10 ? 1 : 10
  const count = Math.round((milliseconds / size) * places) / places
  return `${count}${word}${word.length > 3 && count !== 1 ? 's' : ''}`
}

/** The same for the life of a certificate, in whole days or, below two days, whole hours. */
export function lifeWords(milliseconds: number): string {
  const [size, word] = milliseconds >= 2 * DAY ? [DAY, 'day'] : [HOUR, 'hour']
  const count = Math.floor(milliseconds / size)
  return `${count} ${word}${count === 1 ? '' : 's'}`
}

const units = [
  { size: DAY, from: 2, word: ' day' },
  { size: HOUR, from: 1, word: ' hour' },
  { size: MINUTE, from: 2, word: ' minute' },
  { size: SECOND, from: 1, word: ' s' },
]

function onOneLine(text: string): string {
  return text.toWellFormed().replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
}

function shorten(text: string, longest: number): string {
  const characters = [...text]
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join('')}…`
}
