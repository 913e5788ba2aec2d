import type { WorldDraft } from '../model/draft.ts'
import { importGithubStatuses } from './github-statuses.ts'
import type { ImportReport } from './report.ts'

/** A world as another system's file tells it, and what had to be guessed to tell it. */
export interface ImportedWorld extends WorldDraft {
  report: ImportReport
}

/**
 * Turns the text of another system's file into a world. Never throws for what stands in it: an entry that cannot be
 * read is a problem in the report, and every other entry is imported.
 */
export type Importer = (input: string) => ImportedWorld

/** The systems that people can move in from. A new one is a file beside this one and a line here. */
export const importers = {
  'github-statuses': importGithubStatuses,
} as const satisfies Record<string, Importer>

export type ImportSystem = keyof typeof importers
export const importSystems = Object.keys(importers) as ImportSystem[]
