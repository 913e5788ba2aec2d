import type { HomeView } from '../derive/views.ts'

/** The past days with runs of empty days made one entry, newest first: silence takes one line, however long it was. */
export function foldQuietDays(past: HomeView['past']): PastEntry[] {
  const entries: PastEntry[] = []
  for (const { day, incidents } of past) {
    const before = entries.at(-1)
    if (before && before.incidents.length === 0 && incidents.length === 0) before.first = day
    else entries.push({ first: day, last: day, incidents })
  }
  return entries
}

export interface PastEntry {
  first: string
  last: string
  incidents: HomeView['past'][number]['incidents']
}
