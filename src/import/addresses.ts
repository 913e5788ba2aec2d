import { utcDay, type Instant } from '../model/time.ts'

/** Small letters, digits and hyphens; empty when a text has none of them. Cut at a word's end where there is one. */
export function slug(text: string, longest: number): string {
  const words = text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/['’]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  if (words.length <= longest) return words
  const cut = words.slice(0, longest + 1).lastIndexOf('-')
  return words.slice(0, cut > longest / 2 ? cut : longest).replace(/-+$/, '')
}

/** Hands out names, each once: a name that is taken gets a number behind it. */
export class UniqueNames {
  readonly #taken = new Set<string>()

  take(name: string, longest = Infinity): string {
    let free = name
    for (let count = 2; this.#taken.has(free); count++) {
      const number = `-${String(count)}`
      free = name.slice(0, longest - number.length).replace(/-+$/, '') + number
    }
    this.#taken.add(free)
    return free
  }
}

/**
 * `2022-03-26-incident-with-codespaces-5jfkz8q1mlql`: the day, the title, and the last part of the entry's old address,
 * so that the same entry has the same address at every import.
 */
export function entryAddress(at: Instant, title: string, lastPart: string): string {
  return [utcDay(at), slug(title, 60), slug(lastPart, 40)].filter((part) => part !== '').join('-')
}
