import type { Correction } from '../model/correction.ts'
import type { Evidence } from './evidence.ts'

/**
 * What a component's writers saw, with corrections in the place of what they correct. One that names a writer replaces
 * only what that one saw; one that names none replaces them all, and is then the only voice. Where two are about the
 * same, the later file counts.
 */
export function corrected(seen: Evidence[], corrections: readonly Correction[]): Evidence[] {
  const generalLast = corrections.toSorted(
    (a, b) => Number(a.writer === undefined) - Number(b.writer === undefined),
  )
  return generalLast.reduce<Evidence[]>((evidence, correction) => {
    const { from, until: to, writer, countsAs, file } = correction
    const others = evidence.flatMap((each) =>
      writer === undefined || each.writer === writer ? without(each, from, to) : [each],
    )
    const said: Evidence = { from, to, status: countsAs, by: 'correction', source: { file } }
    return [...others, writer === undefined ? said : { ...said, writer }]
  }, seen)
}

/** What is left of a stretch when some time is cut out of it: nothing, one end or both. */
function without(each: Evidence, from: number, to: number): Evidence[] {
  if (each.to <= from || each.from >= to) return [each]
  return [
    { ...each, to: from },
    { ...each, from: to },
  ].filter((part) => part.from < part.to)
}
