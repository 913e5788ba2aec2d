import type { Check } from '../model/check.ts'
import type { Problem } from '../model/problem.ts'
import type { VantagePoint } from '../model/site.ts'
import { nearest } from '../model/nearest.ts'
import { problemAt, replacedAt } from './problem-at.ts'
import type { YamlFile } from './yaml-file.ts'

/** Ids that stand twice, and groups that are none. */
export function idProblems(
  groups: Entry<{ id: string }>[],
  components: Entry<{ id: string; group?: string | undefined }>[],
  source: Source,
): Problem[] {
  const groupIds = new Set(groups.map(({ entry }) => entry.id))
  const strangers = components.flatMap(({ entry: { group }, index }) =>
    group === undefined || groupIds.has(group)
      ? []
      : stranger(['components', index, 'group'], 'group', group, groupIds, source),
  )
  return [...takenIds('groups', groups, source), ...takenIds('components', components, source), ...strangers]
}

/** Ids of a list that stand twice. */
export function takenIds(list: string, entries: Entry<{ id: string }>[], source: Source): Problem[] {
  const ids = new Set(entries.map(({ entry }) => entry.id))
  const seen = new Set<string>()
  return entries.flatMap(({ entry: { id }, index }) => {
    if (seen.size < seen.add(id).size) return []
    let free = 2
    while (ids.has(`${id}-${String(free)}`)) free += 1
    const other = `${id}-${String(free)}`
    ids.add(other)
    return problemWithFix(
      [list, index, 'id'],
      `the id "${id}" is taken; the second is left out`,
      id,
      other,
      source,
    )
  })
}

/** Vantage points that `site.yaml` does not list, where it lists any, and agreement of more than there are. */
export function placeProblems(
  checks: Check[],
  component: number,
  places: VantagePoint[],
  source: Source,
): Problem[] {
  if (places.length === 0) return []
  const known = new Set(places.map(({ id }) => id))
  return checks.flatMap(({ id, options: { from, quorum } }) => {
    const path = ['components', component, 'check', Number(id.slice(id.lastIndexOf('/') + 1))]
    const strangers = (from ?? []).flatMap((place, index) =>
      known.has(place) ? [] : stranger([...path, 'from', index], 'vantage point', place, known, source),
    )
    const most = new Set(from ?? known).size
    if (quorum === undefined || quorum <= most) return strangers
    const said = `a quorum of ${String(quorum)} of ${String(most)} vantage points is all of them`
    const where = source.yaml.locate([...path, 'quorum'])
    const line = source.yaml.lines[where.line - 1] ?? ''
    const fix = replacedAt(line, where.column, String(quorum), String(most))
    const problem = problemAt({ file: source.file, lines: source.yaml.lines }, where, said, {
      level: 'warning',
      fix,
    })
    return [...strangers, problem]
  })
}

/** A name of something that is none of those there are. */
function stranger(
  path: PropertyKey[],
  what: string,
  found: string,
  known: ReadonlySet<string>,
  source: Source,
): Problem[] {
  const meant = nearest(found, known)
  const names = [...known].slice(0, 12).join(', ') || 'none'
  const hint = meant === undefined ? `known: ${names}` : `did you mean "${meant}"?`
  return [problemWithFix(path, `unknown ${what} "${found}"; ${hint}`, found, meant, source)]
}

function problemWithFix(
  path: PropertyKey[],
  message: string,
  found: string,
  meant: string | undefined,
  { yaml, file }: Source,
): Problem {
  const where = yaml.locate(path)
  const fix =
    meant === undefined ? undefined : replacedAt(yaml.lines[where.line - 1] ?? '', where.column, found, meant)
  return problemAt({ file, lines: yaml.lines }, where, message, { fix })
}

/** What was read of an entry, and its place in the list that it stands in. */
export interface Entry<T> {
  entry: T
  index: number
}

export interface Source {
  yaml: YamlFile
  file: string
}
