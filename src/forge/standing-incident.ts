import { readIncident } from '../files/read-incident.ts'
import {
  incidentBranchAt,
  incidentBranches,
  incidentIdAt,
  incidentStart,
  isSameOutage,
} from '../model/proposal.ts'
import type { ListAtTip, ReadAtTip } from './forge.ts'
import { commitOrder, type Job } from './proposal-job.ts'
import { branchMark } from './proposal-text.ts'
import { lost, race, type Wait } from './retry.ts'

/**
 * Gives a proposal the name that its outage already has in the repository, or takes the name for it. Two runs that know
 * different samples would each name the same outage after the first failed sample that they know; the one that comes
 * second goes on under the name of the first.
 *
 * Without anything to lock, two that begin at the same moment settle it like this: each makes its branch and then looks
 * again. Whoever sees another's open incident takes its own branch back and starts over after a wait of random length;
 * since a branch is made before the others are looked for, two can never both go on.
 */
export async function underStandingName(job: Job, wait: Wait): Promise<Job> {
  const { forge, proposal, main } = job
  // What is committed to the main branch at once is settled in the commit itself.
  if (!proposal.joins || proposal.publish === 'commit') return job
  const own = proposal.incident.id
  return race(`The incident about ${proposal.component}`, wait, async () => {
    const [first] = await standing(job)
    if (first !== undefined) return first === own ? job : { ...renamed(job, first), follows: true }
    if (proposal.state === 'resolved' || (await hasBegun(job))) return job
    const commit = await forge.commit(commitOrder(job, proposal.branch, main))
    if (!commit) return job
    const others = await standing(job, own)
    if (others.length === 0) return { ...job, begun: true }
    await forge.deleteBranch(proposal.branch)
    return lost
  })
}

/** The same proposal under the name of the open incident that a main branch has for its outage, if it has one. */
export async function underNameOnTip(job: Job, read: ReadAtTip, list: ListAtTip): Promise<Job> {
  if (!job.proposal.joins) return job
  const [first] = await openAmong(await namesIn(job, list), job, read)
  return first === undefined ? job : renamed(job, first)
}

/**
 * The open incidents of the probes that are about the same outage, but for `except`, earliest first. Branches are looked at
 * before main, because that is the way a file goes.
 */
async function standing(job: Job, except?: string): Promise<string[]> {
  const { forge, proposal, main } = job
  const { component } = proposal
  const open: string[] = []
  for (const branch of await forge.listBranches(incidentBranches(component)))
    open.push(...(await openAmong([branch], job, (path) => forge.read(branch, path))))
  const others = open.filter((id) => id !== except)
  if (others.length > 0) return others.sort()
  const names = await namesIn(job, (folder) => forge.listFiles(main, folder))
  const onMain = await openAmong(names, job, (path) => forge.read(main, path))
  return onMain.filter((id) => id !== except)
}

async function namesIn(job: Job, list: ListAtTip): Promise<string[]> {
  const files = await list(`${prefixOf(job)}incidents`)
  return files.filter((name) => name.endsWith('.md')).map((name) => name.slice(0, -'.md'.length))
}

/** Of files' or branches' names, the ids of those that are about the same outage and open. */
async function openAmong(names: string[], job: Job, read: ReadAtTip): Promise<string[]> {
  const { component } = job.proposal
  const open: string[] = []
  for (const name of names) {
    const start = incidentStart(component, name)
    const id = start === undefined ? undefined : incidentIdAt(component, start)
    if (id === undefined || !isSameOutage(job.proposal, id)) continue
    const text = await read(`${prefixOf(job)}incidents/${id}.md`)
    if (text !== undefined && !isOver(text, component)) open.push(id)
  }
  return open.sort()
}

/** It has a page already, and what became of that is for others to say. */
async function hasBegun({ forge, proposal, main, path }: Job): Promise<boolean> {
  if ((await forge.read(main, path)) !== undefined) return true
  if (await forge.branchExists(proposal.branch)) return true
  const { branch, labels } = proposal
  return (
    (await forge.pullRequests?.find(branch)) !== undefined ||
    (await forge.issues?.find(branchMark(branch), labels)) !== undefined
  )
}

function isOver(text: string, component: string): boolean {
  const { incident } = readIncident(text, 'incidents/x.md', '', new Set([component]))
  if (!incident) return false
  const { resolvedAt, phase, retracted, mergedInto } = incident
  return (resolvedAt ?? retracted ?? mergedInto) !== undefined || phase === 'resolved'
}

function renamed(job: Job, id: string): Job {
  const { proposal } = job
  const start = incidentStart(proposal.component, id)
  if (id === proposal.incident.id || start === undefined) return job
  const path = `incidents/${id}.md`
  return {
    ...job,
    path: `${prefixOf(job)}${path}`,
    proposal: {
      ...proposal,
      incident: { ...proposal.incident, id },
      branch: incidentBranchAt(proposal.component, start),
      path,
    },
  }
}

function prefixOf({ path, proposal }: Job): string {
  return path.slice(0, -proposal.path.length)
}
