import type { Body } from './contract.ts'

/** How much of a body is read: a check's answer is small, and a download of 10 GB must not cost more than one. */
export const MAX_BODY_BYTES = 1024 * 1024

/** A body that is decoded and parsed only when a condition asks for it. */
export function body(
  chunks: readonly Buffer[],
  { truncated, contentType = '' }: { truncated: boolean; contentType?: string },
): Body {
  let text: string | undefined
  let json: ReturnType<Body['json']> | undefined
  const readText = () => (text ??= decode(Buffer.concat(chunks), contentType))
  return {
    truncated,
    text: readText,
    json: () => (json ??= truncated ? { problem: 'it is larger than 1 MiB' } : parse(readText())),
  }
}

function decode(bytes: Buffer, contentType: string): string {
  const charset = /charset="?([^\s;"]+)/i.exec(contentType)?.[1] ?? 'utf-8'
  try {
    return new TextDecoder(charset).decode(bytes)
  } catch {
    // An unknown charset is not worth an outage: most of any text can be read as UTF-8.
    return new TextDecoder().decode(bytes)
  }
}

function parse(text: string): { value: unknown } | { problem: string } {
  if (text.trim() === '') return { problem: 'it is empty' }
  try {
    return { value: JSON.parse(text) }
  } catch {
    // JSON.parse quotes the text in its message, and a body is never shown.
    return { problem: 'it is not JSON' }
  }
}
