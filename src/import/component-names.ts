import { slug, UniqueNames } from './addresses.ts'

/** Components known by nothing but their names, in the order in which they were first named. */
export class ComponentNames {
  readonly #byKey = new Map<string, { id: string; name: string; word: RegExp }>()
  readonly #ids = new UniqueNames()

  /** Names that differ only in case and spaces are one component. */
  add(written: string): void {
    const name = tidy(written)
    if (name === '' || this.#byKey.has(key(name))) return
    const wanted = slug(name, LONGEST_ID) || 'component'
    this.#byKey.set(key(name), { id: this.#ids.take(wanted, LONGEST_ID), name, word: asWord(name) })
  }

  idOf(written: string): string | undefined {
    return this.#byKey.get(key(tidy(written)))?.id
  }

  /**
   * The components whose names stand in a title as whole words, written as the components write themselves. A name
   * before "with" says what kind of thing happened ("Issues with billing"), not where.
   */
  namedIn(title: string): string[] {
    return [...this.#byKey.values()].filter(({ word }) => word.test(title)).map(({ id }) => id)
  }

  get list(): { id: string; name: string }[] {
    return [...this.#byKey.values()].map(({ id, name }) => ({ id, name }))
  }
}

// As long as the model lets ids and names be.
const LONGEST_ID = 40
const LONGEST_NAME = 120

function tidy(name: string): string {
  const spaced = name
    .toWellFormed()
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
  return spaced.length <= LONGEST_NAME ? spaced : `${spaced.slice(0, LONGEST_NAME - 1).toWellFormed()}…`
}

function asWord(name: string): RegExp {
  const escaped = name.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
  return new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])(?! with\\b)`, 'u')
}

function key(name: string): string {
  return name.toLowerCase()
}
