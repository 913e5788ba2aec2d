import { NotTheProtocol } from './connection.ts'

/** A reply in RESP2, Redis' protocol. */
export type Reply = string | number | null | Refusal | Reply[]

/** What the server refuses, in its own words: `NOAUTH Authentication required.` */
export class Refusal {
  readonly words: string
  constructor(words: string) {
    this.words = words
  }
}

/** A command as the protocol has it: a list of texts, each with its length in bytes. */
export function writeCommand(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`
}

/**
 * Reads `count` replies; `undefined` while there are too few bytes for them.
 * Throws `NotTheProtocol` as soon as they can be none.
 */
export function readReplies(bytes: Buffer, count: number): Reply[] | undefined {
  const replies: Reply[] = []
  for (let at = 0; replies.length < count;) {
    const next = readReply(bytes, at, 0)
    if (!next) return undefined
    replies.push(next.reply)
    at = next.end
  }
  return replies
}

interface Read {
  reply: Reply
  end: number
}

/** Lists within lists, as ROLE gives them; deeper ones are nobody's answer, and could exhaust the stack. */
const DEEPEST = 8
/** Longer lines are no status, no error and no number. */
const LONGEST_LINE = 64 * 1024

function readReply(bytes: Buffer, at: number, depth: number): Read | undefined {
  if (at >= bytes.length) return undefined
  const read = readers[String.fromCharCode(bytes[at] ?? 0)]
  if (!read || depth > DEEPEST) throw new NotTheProtocol('Redis')
  const lineEnd = bytes.indexOf('\r\n', at)
  if (lineEnd < 0 ? bytes.length - at > LONGEST_LINE : lineEnd - at > LONGEST_LINE)
    throw new NotTheProtocol('Redis')
  if (lineEnd < 0) return undefined
  return read(bytes.toString('utf8', at + 1, lineEnd), { bytes, end: lineEnd + 2, depth })
}

const readers: Record<
  string,
  (line: string, from: { bytes: Buffer; end: number; depth: number }) => Read | undefined
> = {
  '+': (line, { end }) => ({ reply: line, end }),
  '-': (line, { end }) => ({ reply: new Refusal(line), end }),
  ':': (line, { end }) => {
    const number = whole(line)
    return { reply: Number.isSafeInteger(number) ? number : line, end }
  },
  $: (line, { bytes, end }) => {
    const length = whole(line)
    if (length === -1) return { reply: null, end }
    if (length < 0) throw new NotTheProtocol('Redis')
    const after = end + length
    if (bytes.length < after + 2) return undefined
    if (bytes.toString('latin1', after, after + 2) !== '\r\n') throw new NotTheProtocol('Redis')
    return { reply: bytes.toString('utf8', end, after), end: after + 2 }
  },
  '*': (line, { bytes, end, depth }) => {
    const length = whole(line)
    if (length === -1) return { reply: null, end }
    if (length < 0) throw new NotTheProtocol('Redis')
    const list: Reply[] = []
    let at = end
    while (list.length < length) {
      const next = readReply(bytes, at, depth + 1)
      if (!next) return undefined
      list.push(next.reply)
      at = next.end
    }
    return { reply: list, end: at }
  },
}

function whole(line: string): number {
  if (!/^[+-]?\d{1,20}$/.test(line)) throw new NotTheProtocol('Redis')
  return Number(line)
}
