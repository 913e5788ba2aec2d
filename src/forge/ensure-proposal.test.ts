import { setTimeout as delay } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { iso, MINUTE, type Instant } from '../model/time.ts'
import type { Proposal, ProposedUpdate } from '../model/proposal.ts'
import { startFakeGitHub, type FakeGitHub } from '../testing/fake-github/start-fake-github.ts'
import {
  bareRepository,
  branchesOf,
  mergeByHand,
  pushByHand,
  subjectsOf,
  temporaryFolder,
  workTree,
} from '../testing/git-repository.ts'
import { ensureProposal, type Revise } from './ensure-proposal.ts'
import type { Forge } from './forge.ts'
import { openGitHub } from './github.ts'
import { openLocalGit } from './local-git.ts'
import type { Wait } from './retry.ts'
import { runGit, runGitLine } from './run-git.ts'

const began = Date.UTC(2026, 10, 21, 3, 11)
const branch = 'incident/api/20261121T0311'
const path = 'incidents/2026-11-21-api-0311.md'
const late = `${branch}-resolved`

const investigating = update(began, 'investigating', 'The API does not answer.')
const worse = update(began + 10 * MINUTE, 'identified', 'The database is down too.')
const over = update(began + 30 * MINUTE, 'resolved', 'The API answers again.')

describe.each(['pr', 'pr+live'] as const)(
  'a proposal that is published as `%s` on GitHub',
  { timeout: 60_000 },
  (publish) => {
    const hub = withGitHub()

    it('is opened once, brought up to date, and left alone while nothing changes', async () => {
      const github = await hub.open()
      expect(await ensure(github, ongoing({ publish }))).toEqual({
        action: 'opened',
        branch,
        url: hub.page(1),
      })
      expect(await hub.read(branch)).toContain('The API does not answer.')
      expect(await hub.read('main')).toBeUndefined()
      expect(hub.pulls()).toEqual([
        {
          number: 1,
          head: branch,
          title: 'Incident: API is down',
          state: 'open',
          labels: ['incident', 'auto', 'component:api'],
        },
      ])
      expect(await ensure(github, ongoing({ publish }))).toMatchObject({ action: 'unchanged' })
      expect(await ensure(github, ongoing({ publish, updates: [investigating, worse] }))).toMatchObject({
        action: 'updated',
      })
      expect(await ensure(github, ongoing({ publish, updates: [investigating, worse] }))).toMatchObject({
        action: 'unchanged',
      })
      expect(await subjectsOf(hub.repository(), branch)).toEqual([
        ...['Incident: API is down', 'Incident: API is down', 'Begin'],
      ])
      expect(hub.pulls()).toHaveLength(1)
    })

    it.each([
      ['merge', 'merged', 'closed', true, false],
      ['close', 'closed', 'closed', false, false],
      ['leave', 'resolved', 'open', false, true],
    ] as const)('is resolved with onResolve: %s', async (onResolve, action, state, onMain, branchStays) => {
      const github = await hub.open()
      await ensure(github, ongoing({ publish }))
      expect(await ensure(github, resolved({ publish, onResolve }))).toEqual({
        action,
        branch,
        url: hub.page(1),
      })
      expect(hub.pulls()).toMatchObject([{ number: 1, state }])
      expect(((await hub.read('main')) ?? '').includes('The API answers again.')).toBe(onMain)
      expect((await branchesOf(hub.repository())).includes(branch)).toBe(branchStays)
      if (branchStays) expect(await hub.read(branch)).toContain('The API answers again.')
      const before = await hub.everything()
      const again = await ensure(github, resolved({ publish, onResolve }))
      expect(again.action).toBe(branchStays ? 'unchanged' : 'nothing')
      expect(await hub.everything()).toEqual(before)
    })

    it.each([
      ['merge', 'merged', 'closed', true],
      ['close', 'resolved', 'open', false],
      ['leave', 'resolved', 'open', false],
    ] as const)(
      'that people have merged is resolved on a branch of its own with onResolve: %s',
      async (onResolve, action, state, onMain) => {
        const github = await hub.open()
        await ensure(github, ongoing({ publish }))
        await github.pullRequests?.merge(1, 'Merged by hand')
        await github.deleteBranch(branch)
        // Published text belongs to people until the outage is over.
        expect(await ensure(github, ongoing({ publish, updates: [investigating, worse] }))).toMatchObject({
          action: 'unchanged',
        })
        const outcome = await ensure(github, resolved({ publish, onResolve }))
        expect(outcome).toEqual({ action, branch: late, url: hub.page(2) })
        expect(hub.pulls()[1]).toMatchObject({ head: late, title: 'Resolved: API is down', state })
        const file = await hub.read(onMain ? 'main' : late)
        for (const text of [investigating, worse, over]) expect(file).toContain(text.text)
        const before = await hub.everything()
        await ensure(github, resolved({ publish, onResolve }))
        expect(await hub.everything()).toEqual(before)
      },
    )
  },
)

describe('ten runs with the same proposal on GitHub', { timeout: 60_000 }, () => {
  const hub = withGitHub()

  it('becomes one branch, one file and one pull request when ten runs propose it at once', async () => {
    const runs = await hub.many(10)
    const outcomes = await Promise.all(runs.map((run) => ensure(run, ongoing({}))))
    expect(outcomes.filter(({ action }) => action === 'opened')).toHaveLength(1)
    expect(await subjectsOf(hub.repository(), branch)).toEqual(['Incident: API is down', 'Begin'])
    expect(await branchesOf(hub.repository())).toEqual([branch, 'main'])
    expect(hub.pulls()).toMatchObject([
      { head: branch, state: 'open', labels: ['incident', 'auto', 'component:api'] },
    ])
  })

  it.each(['merge', 'close', 'leave'] as const)(
    'ends the same when ten runs resolve it at once: %s',
    async (onResolve) => {
      const runs = await hub.many(10)
      await Promise.all(runs.map((run) => ensure(run, ongoing({}))))
      await Promise.all(runs.map((run) => ensure(run, resolved({ onResolve }))))
      expect(hub.pulls()).toHaveLength(1)
      expect(await branchesOf(hub.repository())).toEqual(onResolve === 'leave' ? [branch, 'main'] : ['main'])
      const subjects = await subjectsOf(hub.repository(), onResolve === 'leave' ? branch : 'main')
      const expected = { merge: ['Resolved: API is down (#1)', 'Begin'], close: ['Begin'] }
      expect(subjects).toEqual(
        onResolve === 'leave'
          ? ['Resolved: API is down', 'Incident: API is down', 'Begin']
          : expected[onResolve],
      )
    },
  )
})

describe('people and a proposal on GitHub', { timeout: 60_000 }, () => {
  const hub = withGitHub()

  it('keep their words in the file', async () => {
    const github = await hub.open()
    await ensure(github, ongoing())
    await pushByHand(hub.repository(), branch, { [path]: `${await hub.read(branch)}\nWe are on it. — Ada\n` })
    await ensure(github, ongoing({ updates: [investigating, worse] }))
    await ensure(github, resolved({ updates: [investigating, worse, over], onResolve: 'merge' }))
    const file = await hub.read('main')
    for (const text of ['does not answer', 'We are on it. — Ada', 'database is down', 'answers again']) {
      expect(file).toContain(text)
    }
  })

  it('keep their words in the pull request', async () => {
    const github = await hub.open()
    await ensure(github, ongoing({ summary: 'Down for 2 min.' }))
    const body = hub.body(1)
    expect(body).toContain('<!-- candor:incident=2026-11-21-api-0311 -->')
    expect(body).toContain('<!-- candor:measured -->\nDown for 2 min.\n<!-- /candor:measured -->')
    // As GitHub's editor sends it.
    const edited = `Before.\n${body}\nAfter.`.replaceAll('\n', '\r\n')
    await github.pullRequests?.update(1, { title: 'Our own title', body: edited })
    expect(await ensure(github, ongoing({ summary: 'Down for 2 min.' }))).toMatchObject({
      action: 'unchanged',
    })
    expect(await ensure(github, ongoing({ summary: 'Down for 9 min.' }))).toMatchObject({ action: 'updated' })
    expect(hub.body(1)).toBe(edited.replace('\r\nDown for 2 min.\r\n', '\nDown for 9 min.\n'))
    expect(hub.pulls()).toMatchObject([{ title: 'Our own title' }])
  })

  it('may take the measured block out', async () => {
    const github = await hub.open()
    await ensure(github, ongoing())
    await github.pullRequests?.update(1, { body: 'Only this.' })
    expect(await ensure(github, ongoing({ summary: 'Other.' }))).toMatchObject({ action: 'unchanged' })
    expect(hub.body(1)).toBe('Only this.')
  })

  it.each(['with its branch', 'without its branch'])('may say no by closing it %s', async (how) => {
    const github = await hub.open()
    await ensure(github, ongoing())
    await github.pullRequests?.close(1)
    if (how === 'without its branch') await github.deleteBranch(branch)
    const before = await hub.everything()
    const more = ongoing({ updates: [investigating, worse], summary: 'Still down.' })
    expect(await ensure(github, more)).toEqual({ action: 'declined', branch, url: hub.page(1) })
    expect(await ensure(github, resolved({ onResolve: 'merge' }))).toMatchObject({ action: 'nothing' })
    expect(await hub.everything()).toEqual(before)
  })

  it('cost GitHub four requests and no write in a pass that changes nothing', async () => {
    const github = await hub.open()
    await ensure(github, ongoing())
    hub.requests().length = 0
    await ensure(github, ongoing())
    expect(hub.requests()).toEqual(['repos/get-content', 'pulls/list', 'git/get-ref', 'repos/get-content'])
  })

  it('may merge it in the very moment in which a run looks at it', async () => {
    const github = await hub.open()
    await ensure(github, ongoing())
    const reading: Revise = (current, incident) => revise(current, incident)
    const racing = {
      ...github,
      commit: async (order: Parameters<Forge['commit']>[0]) => {
        await github.pullRequests?.merge(1, 'By hand')
        await github.deleteBranch(branch)
        return github.commit(order)
      },
    }
    const more = ongoing({ updates: [investigating, worse] })
    expect(await ensureProposal(racing, more, reading)).toMatchObject({ action: 'unchanged' })
    expect(await branchesOf(hub.repository())).toEqual(['main'])
  })

  it('find nothing where an outage was over before anything was opened', async () => {
    const before = await hub.everything()
    expect(await ensure(await hub.open(), resolved())).toEqual({ action: 'nothing', branch })
    expect(await hub.everything()).toEqual(before)
  })

  it('get the pull request that a stopped run has left out', async () => {
    const github = await hub.open()
    await github.commit({
      branch,
      from: 'main',
      message: 'x',
      change: () => [{ path, content: revise(undefined, ongoing().incident) ?? '' }],
    })
    expect(await ensure(github, ongoing())).toMatchObject({ action: 'opened', url: hub.page(1) })
  })

  it('wait for checks before it is merged', async () => {
    const github = await hub.open()
    hub.settings({ checksPending: true, allowAutoMerge: true })
    await ensure(github, ongoing())
    const proposal = resolved({ onResolve: 'merge' })
    expect(await ensure(github, proposal)).toMatchObject({ action: 'resolved' })
    expect(await ensure(github, proposal)).toMatchObject({ action: 'unchanged' })
    await hub.passChecks()
    expect(await ensure(github, proposal)).toMatchObject({ action: 'nothing' })
    expect(await hub.read('main')).toContain('answers again')
  })

  it('see a title that is one line of plain text, whatever a component is called', async () => {
    const title = 'API\r\n\u0000\u001b[31m is\u2028down \u202eevil\n\nCo-authored-by: x ' + 'y'.repeat(300)
    await ensure(await hub.open(), ongoing({ title, summary: 'x <!-- /candor:measured --> y' }))
    const [pull] = hub.pulls()
    expect(pull?.title).toMatch(/^Incident: API \[31m is down evil Co-authored-by: x y+$/)
    expect(Array.from(pull?.title ?? '')).toHaveLength(210)
    expect(await subjectsOf(hub.repository(), branch)).toEqual([pull?.title, 'Begin'])
    await ensure(await hub.open(), ongoing({ title, summary: 'z' }))
    expect(hub.body(1)).toContain('<!-- candor:measured -->\nz\n<!-- /candor:measured -->')
    expect(hub.body(1)).not.toContain('&lt;!--')
  })
})

describe('a proposal where pull requests may not be opened', { timeout: 60_000 }, () => {
  const hub = withGitHub({ actions: { denied: ['pulls/create'] } })

  it('becomes an issue that links to the branch', async () => {
    const runs = await hub.many(3, 'actions')
    const outcomes = await Promise.all(runs.map((run) => ensure(run, ongoing())))
    expect(outcomes.map(({ action }) => action)).toContain('issue')
    const [issue, ...others] = hub.issues().filter(({ state }) => state === 'open')
    expect(others).toEqual([])
    expect(issue).toMatchObject({
      title: 'Incident: API is down',
      labels: ['incident', 'auto', 'component:api'],
    })
    expect(issue?.body).toContain(`/compare/main...${branch}?expand=1`)
    expect(await ensure(await hub.open('actions'), ongoing({ summary: 'Now 9 min.' }))).toMatchObject({
      action: 'updated',
    })
    expect(hub.issues().find(({ number }) => number === issue?.number)?.body).toContain('Now 9 min.')
  })

  it.each([
    ['merge', 'resolved', 'open', 'unchanged'],
    ['leave', 'resolved', 'open', 'unchanged'],
    ['close', 'closed', 'closed', 'nothing'],
  ] as const)('is resolved with onResolve: %s', async (onResolve, action, state, again) => {
    const github = await hub.open('actions')
    await ensure(github, ongoing())
    expect(await ensure(github, resolved({ onResolve }))).toMatchObject({ action })
    expect(hub.issues()).toMatchObject([{ state }])
    expect(await ensure(github, resolved({ onResolve }))).toMatchObject({ action: again })
  })

  it('is declined by closing the issue', async () => {
    const github = await hub.open('actions')
    await ensure(github, ongoing())
    await github.issues?.close(1)
    await github.deleteBranch(branch)
    expect(await ensure(github, ongoing({ summary: 'Other.' }))).toMatchObject({ action: 'declined' })
    expect(await branchesOf(hub.repository())).toEqual(['main'])
  })

  it('goes on in the pull request that a person has opened from the link', async () => {
    const github = await hub.open('actions')
    await ensure(github, ongoing())
    const person = await hub.open('owner')
    await person.pullRequests?.open({ branch, title: 'By hand', body: 'By hand', labels: [] })
    expect(await ensure(github, resolved({ onResolve: 'merge' }))).toMatchObject({
      action: 'merged',
      url: hub.page(2),
    })
  })
})

/** Repositories in which commits can be made without a forge's pages. */
const plain: Record<string, () => Promise<{ repository: string; open: () => Promise<Forge> }>> = {
  'a work tree': async () => {
    const repository = await workTree({ 'README.md': 'hello\n' })
    return { repository, open: () => openLocalGit(repository) }
  },
  'clones that push': async () => {
    const repository = await bareRepository({ 'README.md': 'hello\n' })
    const open = async () => {
      const folder = await temporaryFolder()
      await runGit(folder, ['clone', '--quiet', repository, '.'])
      return openLocalGit(folder, { remote: 'origin' })
    }
    return { repository, open }
  },
}

describe.each(Object.keys(plain))('a proposal in plain git: %s', { timeout: 60_000 }, (kind) => {
  const begin = async () => {
    const world = await plain[kind]?.()
    if (!world) throw new Error(`no ${kind}`)
    const fileOn = (name: string) => runGitLine(world.repository, ['show', `${name}:${path}`])
    return { ...world, git: await world.open(), fileOn }
  }

  it('stands on its branch from beginning to end', async () => {
    const { git, repository, fileOn } = await begin()
    expect(await ensure(git, resolved())).toEqual({ action: 'nothing', branch })
    expect(await ensure(git, ongoing())).toEqual({ action: 'opened', branch })
    expect(await ensure(git, ongoing())).toEqual({ action: 'unchanged', branch })
    expect(await ensure(git, ongoing({ updates: [investigating, worse] }))).toEqual({
      action: 'updated',
      branch,
    })
    expect(await ensure(git, resolved({ onResolve: 'close' }))).toEqual({ action: 'resolved', branch })
    expect(await ensure(git, resolved({ onResolve: 'close' }))).toEqual({ action: 'unchanged', branch })
    expect(await fileOn(branch)).toContain('answers again')
    expect(await branchesOf(repository)).toEqual([branch, 'main'])
  })

  it('is resolved on a second branch once people have merged and removed the first', async () => {
    const { git, repository, fileOn } = await begin()
    await ensure(git, ongoing())
    await mergeByHand(repository, branch)
    expect(await ensure(git, ongoing())).toEqual({ action: 'unchanged', branch })
    expect(await ensure(git, resolved())).toEqual({ action: 'resolved', branch: late })
    expect(await ensure(git, resolved())).toEqual({ action: 'unchanged', branch: late })
    expect(await fileOn(late)).toContain('answers again')
    await mergeByHand(repository, late)
    expect(await ensure(git, resolved())).toEqual({ action: 'nothing', branch })
    expect(await branchesOf(repository)).toEqual(['main'])
  })

  it('becomes one branch and one commit when ten runs propose it at once', async () => {
    const { repository, open } = await begin()
    const runs = await Promise.all(Array.from({ length: 10 }, open))
    await Promise.all(runs.map((run) => ensure(run, ongoing())))
    expect(await subjectsOf(repository, branch)).toEqual(['Incident: API is down', 'Begin'])
    await Promise.all(runs.map((run) => ensure(run, resolved())))
    expect(await subjectsOf(repository, branch)).toEqual([
      'Resolved: API is down',
      'Incident: API is down',
      'Begin',
    ])
    expect(await branchesOf(repository)).toEqual([branch, 'main'])
  })
})

describe.each([...Object.keys(plain), 'GitHub'])(
  'a proposal that is committed at once: %s',
  { timeout: 60_000 },
  (kind) => {
    const hub = withGitHub()

    it('stands on the main branch from beginning to end, also when ten runs write it', async () => {
      const world = (await plain[kind]?.()) ?? { repository: hub.repository(), open: () => hub.open() }
      const runs = await Promise.all(Array.from({ length: 10 }, () => world.open()))
      const by = async (count: number, proposal: Proposal) => {
        const some = runs.slice(0, count)
        const all = some.map((run) => ensureProposal(run, proposal, revise, { prefix: 'status/' }))
        return new Set((await Promise.all(all)).map(({ action }) => action))
      }
      const publish = 'commit'
      const updates = [investigating, worse]
      expect(await by(1, resolved({ publish }))).toEqual(new Set(['nothing']))
      expect(await by(10, ongoing({ publish }))).toContain('opened')
      expect(await by(1, ongoing({ publish }))).toEqual(new Set(['unchanged']))
      expect(await by(1, ongoing({ publish, updates }))).toEqual(new Set(['updated']))
      expect(await by(10, resolved({ publish, updates: [...updates, over] }))).toContain('resolved')
      expect(await by(1, resolved({ publish, updates: [...updates, over] }))).toEqual(new Set(['nothing']))
      expect(await branchesOf(world.repository)).toEqual(['main'])
      expect(await subjectsOf(world.repository, 'main')).toEqual([
        ...['Resolved: API is down', 'Incident: API is down', 'Incident: API is down', 'Begin'],
      ])
      const file = await runGitLine(world.repository, ['show', `main:status/${path}`])
      for (const { text } of [investigating, worse, over]) expect(file).toContain(text)
    })
  },
)

/** Stands in for the writer of incident files: adds the updates whose heading is not there yet, and only adds. */
const revise: Revise = (current, incident) => {
  const before = current ?? `---\ntitle: ${JSON.stringify(incident.title)}\n---\n`
  const missing = incident.updates
    .map(({ at, phase, text }) => ({ heading: `## ${iso(at)} ${phase}`, text }))
    .filter(({ heading }) => !before.includes(heading))
  if (current !== undefined && missing.length === 0) return undefined
  return before + missing.map(({ heading, text }) => `\n${heading}\n\n${text}\n`).join('')
}

function ensure(forge: Forge, proposal: Proposal) {
  return ensureProposal(forge, proposal, revise)
}

function update(at: Instant, phase: ProposedUpdate['phase'], text: string): ProposedUpdate {
  return { at, phase, affected: { api: phase === 'resolved' ? 'operational' : 'major_outage' }, text }
}

type Wishes = Partial<Pick<Proposal, 'publish' | 'onResolve' | 'summary'>> & {
  updates?: ProposedUpdate[]
  title?: string
}

function ongoing({ updates = [investigating], title = 'API is down', ...wishes }: Wishes = {}): Proposal {
  return {
    incident: {
      ...{ id: '2026-11-21-api-0311', title, severity: 'critical', affected: { api: 'major_outage' } },
      ...{ startedAt: began, detectedAt: began + MINUTE, updates },
    },
    ...{ component: 'api', branch, path, labels: ['incident', 'auto', 'component:api'] },
    ...{ summary: 'It does not answer.', state: 'ongoing', publish: 'pr', onResolve: 'leave' },
    ...wishes,
  }
}

function resolved({ updates = [investigating, worse, over], ...wishes }: Wishes = {}): Proposal {
  return { ...ongoing({ updates, ...wishes }), state: 'resolved' }
}

/** The same races, but nobody waits for seconds. */
const wait: Wait = (milliseconds) => delay(milliseconds / 10)

/** A fake GitHub for each test, and what tests ask about it. Nothing in it may contradict GitHub's own description. */
function withGitHub(tokens: Parameters<typeof startFakeGitHub>[0]['tokens'] = {}) {
  let repository: string
  let hub: FakeGitHub
  beforeEach(async () => {
    repository = await bareRepository({ 'README.md': 'hello\n' })
    hub = await startFakeGitHub({
      repository,
      owner: 'acme',
      name: 'status',
      tokens: { owner: {}, ...tokens },
    })
    return async () => {
      await hub.close()
      expect(hub.violations).toEqual([])
      expect(hub.unimplemented).toEqual([])
    }
  })
  const open = (token = 'owner') =>
    openGitHub({ owner: 'acme', repo: 'status', token, baseUrl: hub.url, wait })
  const pulls = () =>
    hub.pulls.map(({ number, head, title, state, labels }) => ({ number, head, title, state, labels }))
  return {
    open,
    pulls,
    many: (count: number, token?: string) => Promise.all(Array.from({ length: count }, () => open(token))),
    repository: () => repository,
    issues: () => hub.issues,
    requests: () => hub.requests,
    body: (number: number) => hub.pulls.find((pull) => pull.number === number)?.body ?? '',
    page: (number: number) => `https://github.example/acme/status/pull/${number}`,
    settings: (change: Partial<FakeGitHub['settings']>) => Object.assign(hub.settings, change),
    passChecks: () => hub.passChecks(),
    read: async (name: string) => {
      const there = await runGitLine(repository, ['ls-tree', name, '--', path])
      return there === '' ? undefined : runGit(repository, ['show', `${name}:${path}`])
    },
    /** All that a run could have changed. */
    everything: async () => ({
      refs: await runGitLine(repository, ['for-each-ref']),
      pulls: structuredClone(hub.pulls),
      issues: structuredClone(hub.issues),
    }),
  }
}
