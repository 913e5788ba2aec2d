import inner from '../styles/inner.css?inline'
import page from '../styles/page.css?inline'
import tokens from '../styles/tokens.css?inline'

/**
 * A page's whole style. Always the same text object for the same accent: ten thousand pages print it, and a new text of
 * 10 kB for each of them would have to be put together and hashed every time.
 */
export function pageStyle(isHome: boolean, accent: string | undefined): string {
  const colour = /^#[0-9a-f]{6}$/i.test(accent ?? '') ? `:root{--accent:${String(accent)}}` : ''
  const key = `${String(isHome)}${colour}`
  const style = styles.get(key) ?? tokens + page + (isHome ? '' : inner) + colour
  styles.set(key, style)
  return style
}

const styles = new Map<string, string>()
