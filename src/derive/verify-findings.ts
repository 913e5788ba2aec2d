/** What `status verify` can find, whether it is an error, and what it means. */
export const findings = {
  edited: {
    level: 'error',
    means: 'the line was changed after it was written, or written by something else than a probe',
  },
  removed: { level: 'error', means: 'lines that were written once are gone' },
  conflict: {
    level: 'error',
    means: 'two probes use one name, a probe started without its history, or a line was added',
  },
  unreadable: { level: 'error', means: 'the line was damaged, or edited by hand' },
  elsewhere: { level: 'error', means: 'nothing in it is read until it is moved there' },
  sums: { level: 'error', means: 'the day was edited, or written by something else than a probe' },
  torn: {
    level: 'warning',
    means: 'its writer was killed or the disk was full; `status repair` cuts it off',
  },
  twice: { level: 'warning', means: 'a merge kept both sides; it is read once, `status repair` drops it' },
  reordered: { level: 'warning', means: 'a merge or a person moved it; it is read in its place' },
  misplaced: { level: 'warning', means: 'the folder was renamed, or the line was moved' },
  clock: { level: 'warning', means: 'the clock of this writer was set back, or a time was edited' },
  pruning: { level: 'warning', means: 'a prune was stopped halfway; run it again' },
  end: {
    level: 'warning',
    means: 'its last lines were removed, or they are still on their way from another machine',
  },
} as const satisfies Record<string, { level: 'error' | 'warning'; means: string }>

export interface Finding {
  file: string
  line: number
  found: keyof typeof findings
  message: string
}

/** The errors of a chain that break it: what stands before them is not vouched for by what stands after. */
export function breaks({ found }: Finding): boolean {
  return findings[found].level === 'error'
}
