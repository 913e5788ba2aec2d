import { en, type Messages } from './en.ts'

/** The catalogue of a locale such as `pt-BR`: its own, its language's, or English. */
export function messagesFor(locale: string): Messages {
  return catalogues[locale] ?? catalogues[language(locale)] ?? en
}

/** Which way the text of a locale runs. */
export function direction(locale: string): 'ltr' | 'rtl' {
  return rightToLeft.has(language(locale)) ? 'rtl' : 'ltr'
}

const catalogues: Record<string, Messages> = { en }
const rightToLeft = new Set(['ar', 'ckb', 'dv', 'fa', 'he', 'ps', 'sd', 'ug', 'ur', 'yi'])

const language = (locale: string): string => locale.split('-', 1)[0]?.toLowerCase() ?? ''
