import type { Proposal, ProposedIncident } from '../model/proposal.ts'
import type { CommitOrder, Forge } from './forge.ts'
import { oneLine } from './proposal-text.ts'

/** One commit that brings the file up to date. The title comes from data, so it is made harmless. */
export function commitOrder({ proposal, revise, path }: Job, branch: string, from?: string): CommitOrder {
  return {
    branch,
    ...(from !== undefined && { from }),
    message: proposalTitle(proposal),
    async change(read) {
      const text = revise(await read(path), proposal.incident)
      return text === undefined ? [] : [{ path, content: text }]
    },
  }
}

export function proposalTitle({ incident, state }: Proposal): string {
  const word = state === 'resolved' ? 'Resolved' : 'Incident'
  return `${word}: ${oneLine(incident.title, incident.id)}`
}

/** The file's next text, or `undefined` when it already says everything. `current` is absent for a new file. */
export type Revise = (current: string | undefined, incident: ProposedIncident) => string | undefined

/** What was done. `branch` is where the file stands, `url` the pull request's or issue's page. */
export interface ProposalOutcome {
  action:
    | 'opened'
    | 'updated'
    | 'unchanged'
    /** The file says that it is over; a person merges, or the forge waits for checks. */
    | 'resolved'
    | 'merged'
    | 'closed'
    /** A person has closed the pull request while the outage lasts. */
    | 'declined'
    /** Resolved, and there is nothing left to write. */
    | 'nothing'
    /** An issue stands in, because pull requests may not be opened. */
    | 'issue'
  branch: string
  url?: string
}

export interface Job {
  forge: Forge
  proposal: Proposal
  revise: Revise
  main: string
  /** The file's path in the repository. */
  path: string
  /** The incident was published before it was resolved: the resolution is a proposal of its own. */
  late?: boolean
  /** This very run has made the branch. */
  begun?: boolean
  /** The branch is another run's, which may take it back: it is followed, never made anew. */
  follows?: boolean
}
