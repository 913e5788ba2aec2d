import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { reviseIncident } from '../files/write-incident.ts'
import { incidentBranchAt, incidentIdAt, type Proposal } from '../model/proposal.ts'
import { MINUTE, type Instant } from '../model/time.ts'
import { startFakeGitHub } from '../testing/fake-github/start-fake-github.ts'
import { bareRepository, branchesOf, mergeByHand, temporaryFolder } from '../testing/git-repository.ts'
import { ensureProposal } from './ensure-proposal.ts'
import type { Forge } from './forge.ts'
import { openGitHub } from './github.ts'
import { openLocalGit } from './local-git.ts'
import type { Wait } from './retry.ts'
import { runGit, runGitLine } from './run-git.ts'

const began = Date.UTC(2026, 10, 21, 3, 11)
const api = (startedAt: Instant) => incidentBranchAt('api', startedAt)

/** The same races, but nobody waits for seconds. */
const wait: Wait = (milliseconds) => delay(milliseconds / 10)

/** Places where two runs, each with a clone or a connection of its own, can meet. */
const places = {
  'clones that push to one bare repository': async () => {
    const repository = await bareRepository({ 'README.md': 'hello\n' })
    const open = async () => {
      const folder = await temporaryFolder()
      await runGit(folder, ['clone', '--quiet', repository, '.'])
      return openLocalGit(folder, { remote: 'origin', wait })
    }
    return { repository, open, pulls: () => [] as { head: string; state: string }[] }
  },
  GitHub: async () => {
    const repository = await bareRepository({ 'README.md': 'hello\n' })
    const hub = await startFakeGitHub({ repository, owner: 'acme', name: 'status', tokens: { owner: {} } })
    onTestFinished(async () => {
      await hub.close()
      expect([hub.violations, hub.unimplemented]).toEqual([[], []])
    })
    const open = () => openGitHub({ owner: 'acme', repo: 'status', token: 'owner', baseUrl: hub.url, wait })
    return { repository, open, pulls: () => hub.pulls }
  },
}

describe.each(Object.keys(places) as (keyof typeof places)[])('one outage, two names: %s', (kind) => {
  const timeout = { timeout: 60_000 }

  it('goes on under the name that it has', timeout, async () => {
    const { repository, open, pulls } = await places[kind]()
    const [eu, us] = [await open(), await open()]
    expect(await ensure(eu, proposal(began))).toMatchObject({ action: 'opened', branch: api(began) })
    expect(await ensure(us, proposal(began + 2 * MINUTE))).toMatchObject({ branch: api(began) })
    expect(await ensure(us, proposal(began - 2 * MINUTE))).toMatchObject({ branch: api(began) })
    expect(await branchesOf(repository)).toEqual([api(began), 'main'])
    expect(pulls().length).toBeLessThanOrEqual(1)
    const over = proposal(began + 2 * MINUTE, { endedAt: began + 30 * MINUTE })
    expect(await ensure(us, over)).toMatchObject({ branch: api(began) })
    const left = await branchesOf(repository)
    // Plain git leaves the branch to a person; on GitHub a short one is closed.
    expect(left).toEqual(kind === 'GitHub' ? ['main'] : [api(began), 'main'])
  })

  it('is resolved under the name that people have merged it with', timeout, async () => {
    const { repository, open } = await places[kind]()
    const [eu, us] = [await open(), await open()]
    await ensure(eu, proposal(began))
    await mergeByHand(repository, api(began))
    const other = began + 3 * MINUTE
    expect(await ensure(us, proposal(other))).toMatchObject({ action: 'unchanged', branch: api(began) })
    expect(await ensure(us, proposal(other, { endedAt: began + 30 * MINUTE }))).toMatchObject({
      branch: `${api(began)}-resolved`,
    })
  })

  it('does not take up an incident of an outage before it, or of another component', timeout, async () => {
    const { repository, open } = await places[kind]()
    const forge = await open()
    await ensure(forge, proposal(began))
    await ensure(forge, proposal(began, { component: 'web' }))
    const later = proposal(began + 60 * MINUTE, { after: began + 30 * MINUTE })
    expect(await ensure(forge, later)).toMatchObject({ action: 'opened', branch: api(began + 60 * MINUTE) })
    expect(await branchesOf(repository)).toHaveLength(4)
  })

  it.each(['pr', 'commit'] as const)('is opened once when runs race for it: %s', timeout, async (publish) => {
    const { repository, open, pulls } = await places[kind]()
    const runs = await Promise.all(Array.from({ length: 4 }, open))
    for (let round = 0; round < 3; round++)
      await Promise.all(
        runs.map((run, i) =>
          ensure(run, proposal(began + i * MINUTE, { publish })).catch((error: unknown) => {
            // Eight lost rounds: that run leaves it to its next pass.
            if (!/Run it again/.test(String(error))) throw error
          }),
        ),
      )
    const branches = (await branchesOf(repository)).filter((name) => name !== 'main')
    const files = await runGitLine(repository, ['ls-tree', '-r', '--name-only', 'main', '--', 'incidents'])
    expect([...branches, ...files.split('\n').filter(Boolean)]).toHaveLength(1)
    expect(pulls().filter(({ state }) => state === 'open').length).toBeLessThanOrEqual(1)
  })
})

function ensure(forge: Forge, one: Proposal) {
  return ensureProposal(forge, one, reviseIncident, { wait })
}

interface Wishes {
  component?: string
  endedAt?: Instant
  after?: Instant
  publish?: Proposal['publish']
}

/** What one run knows of an outage: its own first failed sample. */
function proposal(
  startedAt: Instant,
  { component = 'api', endedAt, after = -Infinity, publish = 'pr' }: Wishes = {},
): Proposal {
  const id = incidentIdAt(component, startedAt)
  const affected = { [component]: 'major_outage' } as const
  const begun = { at: startedAt + MINUTE, phase: 'investigating', affected, text: 'It fails.' } as const
  const over = endedAt !== undefined && {
    ...{ at: endedAt, phase: 'resolved', affected: { [component]: 'operational' }, text: 'It is well.' },
  }
  return {
    incident: {
      ...{ id, title: 'It is down', severity: 'critical', affected, startedAt, detectedAt: startedAt },
      updates: over ? [begun, over as Proposal['incident']['updates'][number]] : [begun],
    },
    component,
    branch: incidentBranchAt(component, startedAt),
    path: `incidents/${id}.md`,
    labels: ['incident'],
    summary: 'It fails.',
    state: over ? 'resolved' : 'ongoing',
    publish,
    onResolve: 'close',
    joins: { after, before: endedAt ?? Infinity },
  }
}
