import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { faviconColours } from '../components/mark-shapes.ts'

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8')
const [lightCss = '', darkCss = ''] = css.split('@media screen and (prefers-color-scheme: dark)')
const light = tokens(lightCss)
const dark = { ...light, ...tokens(darkCss) }
const looks = ['ok', 'deg', 'par', 'maj', 'mnt', 'unk']
const surfaces = ['paper', 'card', 'sunk']

describe.each([
  ['light', light],
  ['dark', dark],
])('%s', (_scheme, colours) => {
  it.each(['ink', 'muted', 'link'])('%s reads at 7:1 on paper and card', (text) => {
    expect(contrast(colour(text), colour('paper'))).toBeGreaterThanOrEqual(7)
    expect(contrast(colour(text), colour('card'))).toBeGreaterThanOrEqual(7)
  })

  it.each(looks)('the word for %s reads at 7:1 on paper, and ink on its tint', (look) => {
    expect(contrast(colour(`${look}-t`), colour('paper'))).toBeGreaterThanOrEqual(7)
    expect(contrast(colour('ink'), colour(`${look}-b`))).toBeGreaterThanOrEqual(7)
  })

  it.each(looks)('the mark for %s stands out at 3:1 on every surface', (look) => {
    for (const surface of surfaces) {
      expect(contrast(colour(look), colour(surface)), surface).toBeGreaterThanOrEqual(3)
    }
  })

  it('edges of controls stand out at 3:1', () => {
    expect(contrast(colour('edge'), colour('paper'))).toBeGreaterThanOrEqual(3)
  })

  function colour(name: string): string {
    const value = colours[name]
    if (value === undefined) throw new Error(`tokens.css has no --${name}`)
    return value
  }
})

describe("the tab's icon", () => {
  it.each(Object.entries(faviconColours))('%s stands out on a light and on a dark tab', (_look, colour) => {
    expect(contrast(colour, '#ffffff')).toBeGreaterThanOrEqual(3)
    // Chrome's and Firefox's dark tabs are near this.
    expect(contrast(colour, '#2b2a33')).toBeGreaterThanOrEqual(3)
  })
})

it('names the paper of both schemes in the layout too, which colours the browser around the page', () => {
  const layout = readFileSync(new URL('../layouts/Page.astro', import.meta.url), 'utf8')
  expect(layout).toContain(
    `name="theme-color" content="${light['paper'] ?? ''}" media="(prefers-color-scheme: light)"`,
  )
  expect(layout).toContain(
    `name="theme-color" content="${dark['paper'] ?? ''}" media="(prefers-color-scheme: dark)"`,
  )
})

/** Custom properties that are colours, without their dashes. */
function tokens(css: string): Record<string, string> {
  return Object.fromEntries(
    [...css.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]),
  )
}

/** WCAG 2 contrast ratio of two colours such as `#1a1d21`. */
function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = parseInt(colour.slice(at, at + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
