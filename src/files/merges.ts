import type { Incident } from '../model/incident.ts'
import type { Problem } from '../model/problem.ts'
import { readFrontMatter } from './front-matter.ts'
import { nearest } from '../model/nearest.ts'
import { problemAt, replacedAt } from './problem-at.ts'
import { readBytes } from './read-content.ts'

/**
 * An incident that was merged into another is shown there, so there must be one to show it: where `merged_into` names
 * none, or leads back to where it began, it is a problem, and the incident stays on the page by itself.
 */
export function mendMerges(
  root: string,
  incidents: Incident[],
): { incidents: Incident[]; problems: Problem[] } {
  if (incidents.every(({ mergedInto }) => mergedInto === undefined)) return { incidents, problems: [] }
  const byId = new Map(incidents.map((incident) => [incident.id, incident]))
  const circular = inCircles(byId)
  const problems: Problem[] = []
  const mended = incidents.map((incident) => {
    const { mergedInto, ...rest } = incident
    if (mergedInto === undefined) return incident
    if (byId.has(mergedInto) && !circular.has(incident.id)) return incident
    problems.push(mergeProblem(root, incident, mergedInto, byId))
    return { ...rest, readFully: false }
  })
  return { incidents: mended, problems }
}

/** The incidents that are merged into themselves in the end. Each is walked over once, however long the chains are. */
function inCircles(byId: ReadonlyMap<string, Incident>): Set<string> {
  const done = new Set<string>()
  const circular = new Set<string>()
  for (const start of byId.keys()) {
    const trail: string[] = []
    let at: string | undefined = start
    while (at !== undefined && byId.has(at) && !done.has(at)) {
      done.add(at)
      trail.push(at)
      at = byId.get(at)?.mergedInto
    }
    const closes = at === undefined ? -1 : trail.indexOf(at)
    if (closes >= 0) for (const id of trail.slice(closes)) circular.add(id)
  }
  return circular
}

/** Reads the file's head once more, because a remembered incident knows no lines, and few are wrong. */
function mergeProblem(
  root: string,
  { id, file }: Incident,
  mergedInto: string,
  byId: ReadonlyMap<string, Incident>,
): Problem {
  const bytes = readBytes(root, file)
  const front = readFrontMatter('source' in bytes ? bytes.source : '', file)
  const where = front.locate(['merged_into'])
  const said = `"merged_into" names ${mergedInto === id ? 'this incident itself' : `"${mergedInto.slice(0, 60)}"`}`
  if (byId.has(mergedInto)) {
    const circle = mergedInto === id ? said : `${said}, which is merged into this one in its turn`
    return problemAt({ file, lines: front.lines }, where, `${circle}; it is shown by itself`)
  }
  const others = [...byId.keys()].filter((other) => other !== id)
  const name = mergedInto.replace(/^.*\//, '').replace(/\.md$/, '')
  const meant = nearest(name, others)
  const hint = meant === undefined ? 'it is shown by itself' : `did you mean "${meant}"?`
  const line = front.lines[where.line - 1] ?? ''
  const fix = meant === undefined ? undefined : replacedAt(line, where.column, mergedInto, meant)
  return problemAt({ file, lines: front.lines }, where, `${said}, and there is no such incident; ${hint}`, {
    fix,
  })
}
