import { createHash } from 'node:crypto'

/** What the next line's `prev` must be: the first 16 hex digits of the sha256 of this line, without its newline. */
export function hashLine(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
