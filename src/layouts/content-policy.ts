import { createHash } from 'node:crypto'

/** The page's own Content-Security-Policy: nothing but the inline style and scripts it was built with may run. */
export function contentPolicy(style: string, scripts: string[]): string {
  return [
    `default-src 'none'`,
    `style-src ${hash(style)}`,
    `script-src ${scripts.length > 0 ? scripts.map(hash).join(' ') : `'none'`}`,
    `img-src 'self' data:`,
    `connect-src 'self'`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ')
}

/** Ten thousand pages share a handful of styles and scripts. */
const hashes = new Map<string, string>()

function hash(text: string): string {
  const known = hashes.get(text) ?? `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  hashes.set(text, known)
  return known
}
