import type { Json } from './description.ts'

/** Cuts a list into pages as GitHub does: 30 entries unless asked for, at most 100. */
export function pageOf(list: unknown[], query: Json): Page {
  const size = Math.min(Math.max(Number(query.per_page ?? 30), 1), 100)
  const page = Math.max(Number(query.page ?? 1), 1)
  const last = Math.max(Math.ceil(list.length / size), 1)
  return { entries: list.slice((page - 1) * size, page * size), page, last }
}

/** The `link` header with the addresses of the neighbouring pages; `undefined` when everything fits on one. */
export function linkHeader(url: URL, { page, last }: Page): string | undefined {
  if (last === 1) return undefined
  const to = (number: number, rel: string) => {
    const target = new URL(url)
    target.searchParams.set('page', String(number))
    return `<${target.href}>; rel="${rel}"`
  }
  return [
    ...(page > 1 ? [to(page - 1, 'prev'), to(1, 'first')] : []),
    ...(page < last ? [to(page + 1, 'next'), to(last, 'last')] : []),
  ].join(', ')
}

interface Page {
  entries: unknown[]
  page: number
  last: number
}
