import type { Status } from '../model/status.ts'
import { statuses } from '../model/status.ts'

/**
 * One shape per status, told apart without colour: disc, triangle, diamond, octagon, rounded square, dashed ring. The
 * viewBox is 18 × 18; `F` is where the shape's own colour goes and `B` the colour behind it.
 */
const shapes: Record<Look, string> = {
  ok: '<circle cx="9" cy="9" r="8" fill="F"/><path d="M5.2 9.3l2.6 2.6 5-5.4" fill="none" stroke="B" stroke-width="1.9" stroke-linecap="round" stroke-linejoin="round"/>',
  deg: '<path d="M1.6 2.6h14.8a.9.9 0 0 1 .78 1.35l-7.4 12.4a.9.9 0 0 1-1.56 0L.82 3.95A.9.9 0 0 1 1.6 2.6z" fill="F"/><path d="M9 5.4v4.2" stroke="B" stroke-width="1.9" stroke-linecap="round"/><circle cx="9" cy="12.2" r="1.05" fill="B"/>',
  par: '<path d="M9 .6l8.4 8.4L9 17.4.6 9z" fill="F"/><path d="M9 3.4L14.6 9H3.4z" fill="B"/>',
  maj: '<path d="M5.6.9h6.8l4.7 4.7v6.8l-4.7 4.7H5.6L.9 12.4V5.6z" fill="F"/><path d="M6 6l6 6M12 6l-6 6" stroke="B" stroke-width="2" stroke-linecap="round"/>',
  mnt: '<rect x="1" y="1" width="16" height="16" rx="4.5" fill="F"/><path d="M6.4 5.4v7.2M11.6 5.4v7.2" stroke="B" stroke-width="2.2" stroke-linecap="round"/>',
  unk: '<circle cx="9" cy="9" r="7" fill="none" stroke="F" stroke-width="2" stroke-dasharray="3.2 2.3"/>',
}

/** Colours of the tab's icon: at least 3:1 on a light and on a dark tab, as a tab's ground cannot be known. */
export const faviconColours: Record<Look, string> = {
  ok: '#129c89',
  deg: '#bd7e12',
  par: '#cf5a28',
  maj: '#df2f63',
  mnt: '#7274dc',
  unk: '#858992',
}

/** The shapes as symbols, for `<use href="#s-maj">`. */
export const markSymbols: string = Object.entries(shapes)
  .map(
    ([look, shape]) =>
      `<symbol id="s-${look}" viewBox="0 0 18 18">${shape.replaceAll('"F"', '"currentColor"').replaceAll('"B"', '"var(--paper)"')}</symbol>`,
  )
  .join('')

/** The tab's icon for a status, as an address that holds the picture itself. */
export function faviconUri(status: Status): string {
  const look = statuses[status].short
  const shape = shapes[look].replaceAll('"F"', `"${faviconColours[look]}"`).replaceAll('"B"', '"#fff"')
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 18 18">${shape}</svg>`
  return `data:image/svg+xml,${svg.replaceAll('"', "'").replaceAll('#', '%23').replaceAll('<', '%3C').replaceAll('>', '%3E')}`
}

type Look = (typeof statuses)[Status]['short']
