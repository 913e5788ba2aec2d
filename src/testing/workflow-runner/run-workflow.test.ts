import { execFileSync } from 'node:child_process'
import { access, mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import outdent from 'outdent'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { runWorkflow, type RunOptions, type WorkflowRun } from './run-workflow.ts'
import type { WorkflowEvent } from './trigger.ts'

let folder: string
let repository: string

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'workflow-runner-'))
  repository = path.join(folder, 'repository.git')
  const work = path.join(folder, 'work')
  const git = (cwd: string, ...args: string[]) => execFileSync('git', ['-C', cwd, ...args], { stdio: 'pipe' })
  git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', repository)
  git(folder, 'clone', '--quiet', repository, work)
  execFileSync('bash', ['-c', 'echo 24 > .node-version; mkdir site; echo hello > site/index.html'], {
    cwd: work,
  })
  git(work, 'checkout', '--quiet', '-B', 'main')
  git(work, 'add', '.')
  git(work, '-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '--quiet', '-m', 'first')
  git(work, 'push', '--quiet', 'origin', 'main')
})

afterEach(() => rm(folder, { recursive: true, force: true }))

/** Runs the jobs of a workflow that listens to `workflow_dispatch` only. */
function run(jobs: string, options: Partial<RunOptions> = {}, event?: WorkflowEvent): Promise<WorkflowRun> {
  return runWorkflow(
    `name: test\non:\n  workflow_dispatch:\n    inputs:\n      loop: { default: '' }\n${jobs}`,
    event ?? { name: 'workflow_dispatch' },
    {
      folder: path.join(folder, 'run'),
      repository,
      fullName: 'acme/status',
      apiUrl: 'http://127.0.0.1:1',
      token: 'the-token',
      ...options,
    },
  )
}

/** A workflow of one job; the steps may be indented as the test likes. */
function job(steps: string): string {
  const lines = outdent.string(steps.startsWith('\n') ? steps : `\n${steps}`)
  return `jobs:\n  one:\n    runs-on: ubuntu-24.04\n    steps:\n${lines.replaceAll(/^/gm, '      ')}\n`
}

const outcomes = (result: WorkflowRun, id = 'one') => result.jobs[id]?.steps.map(({ outcome }) => outcome)
const logs = (result: WorkflowRun, id = 'one') => result.jobs[id]?.steps.map(({ log }) => log.trim())

describe('a job', { timeout: 60_000 }, () => {
  it('stops at a failed step, but for the steps that ask for it', async () => {
    const result = await run(
      job(`
        - run: echo before
        - run: exit 3
        - run: echo never
        - if: failure()
          run: echo after a failure
        - if: always()
          run: echo in any case
        - if: cancelled()
          run: echo never
      `),
    )
    expect(outcomes(result)).toEqual(['success', 'failure', 'skipped', 'success', 'success', 'skipped'])
    expect(result.jobs.one?.result).toBe('failure')
    expect(result.conclusion).toBe('failure')
  })

  it('goes on after a failed step that is forgiven, and tells the outcome from the conclusion', async () => {
    const result = await run(
      job(`
        - id: risky
          continue-on-error: \${{ inputs.loop == '' }}
          run: exit 1
        - run: echo \${{ steps.risky.outcome }} \${{ steps.risky.conclusion }}
      `),
    )
    expect(logs(result)?.[1]).toBe('failure success')
    expect(result.conclusion).toBe('success')
  })

  it('hands outputs, variables and a summary from step to step', async () => {
    const result = await run(
      `env: { FROM: workflow, OVER: workflow }\n` +
        job(`
          - id: first
            env: { OVER: step }
            run: |
              echo "answer=42" >> "$GITHUB_OUTPUT"
              echo "LATER=$FROM, $OVER" >> "$GITHUB_ENV"
              echo "# Done" >> "$GITHUB_STEP_SUMMARY"
          - run: echo "\${{ steps.first.outputs.answer }}; $LATER; \${{ env.LATER }}; $OVER; \${{ steps.none.outputs.x }}"
        `),
    )
    expect(logs(result)?.[1]).toBe('42; workflow, step; workflow, step; workflow;')
    expect(result.jobs.one?.steps[0]?.outputs).toEqual({ answer: '42' })
    expect(result.jobs.one?.summary).toBe('# Done\n')
  })

  it('fails at a pipe that breaks in the middle', async () => {
    expect(outcomes(await run(job('- run: false | cat')))).toEqual(['failure'])
  })

  it('fails at an output that GitHub could not read', async () => {
    const result = await run(job('- run: echo nonsense >> "$GITHUB_OUTPUT"'))
    expect(outcomes(result)).toEqual(['failure'])
    expect(logs(result)?.[0]).toContain("Invalid format 'nonsense'")
  })

  it('sees the variables of GitHub, the token only when it is given, and nothing of this machine', async () => {
    vi.stubEnv('CANDOR_TEST_LEAK', 'leaked')
    const result = await run(
      job(`
        - run: echo "$GITHUB_REPOSITORY $GITHUB_API_URL $GITHUB_REF $CI [$GITHUB_TOKEN] [$CANDOR_TEST_LEAK]"
        - env: { GITHUB_TOKEN: '\${{ github.token }}' }
          run: echo "[$GITHUB_TOKEN]"
      `),
    )
    vi.unstubAllEnvs()
    expect(logs(result)).toEqual(['acme/status http://127.0.0.1:1 refs/heads/main true [] []', '[the-token]'])
  })

  it('runs in place of a command what a test wants, and everything else as it is', async () => {
    const result = await run(job('- run: npm ci --ignore-scripts\n- run: echo as written'), {
      commands: (command) => (command.startsWith('npm ci') ? 'echo linked' : undefined),
    })
    expect(logs(result)).toEqual(['linked', 'as written'])
  })

  it.each([
    ['of the job', 'steps:', 'timeout-minutes: 1\n    steps:', 'cancelled'],
    ['of a step', 'run: sleep', 'timeout-minutes: 1\n        run: sleep', 'failure'],
  ])('ends, with all that it has started, when the time %s is over', async (_, from, to, expected) => {
    const text = job(`
      - run: sleep 1000 & sleep 1000
      - run: echo never
      - if: always()
        run: echo in any case
    `)
    const result = await run(text.replace(from, to), { minuteMs: 1000 })
    expect(outcomes(result)).toEqual(['failure', 'skipped', 'success'])
    expect(result.jobs.one?.result).toBe(expected)
    expect(result.conclusion).toBe(expected)
  })
})

describe("a stranger's text", { timeout: 60_000 }, () => {
  const event: WorkflowEvent = {
    name: 'workflow_dispatch',
    payload: { issue: { title: '$(touch INJ)`touch INJ`"; touch INJ; "' } },
  }
  const wasInjected = () =>
    access(path.join(folder, 'run/jobs/one/workspace/INJ')).then(
      () => true,
      () => false,
    )

  it('stays text when it comes through a variable', async () => {
    const result = await run(
      job('- env: { TITLE: "${{ github.event.issue.title }}" }\n  run: echo "$TITLE"'),
      {},
      event,
    )
    expect(logs(result)).toEqual(['$(touch INJ)`touch INJ`"; touch INJ; "'])
    expect(await wasInjected()).toBe(false)
  })

  it('is run when it is written into a command, so this runner would show it', async () => {
    await run(job('- run: echo "${{ github.event.issue.title }}"'), {}, event)
    expect(await wasInjected()).toBe(true)
  })
})

describe('the jobs', { timeout: 60_000 }, () => {
  const chain = (command: string): string => outdent`
    jobs:
      after:
        needs: middle
        runs-on: ubuntu-24.04
        steps: [{ run: echo never after a failure }]
      first:
        runs-on: ubuntu-24.04
        outputs: { word: '\${{ steps.say.outputs.word }}' }
        steps:
          - { id: say, run: 'echo word=hello >> "$GITHUB_OUTPUT"' }
          - { run: '${command}' }
      middle:
        needs: first
        if: \${{ !cancelled() }}
        runs-on: ubuntu-24.04
        steps: [{ run: 'echo \${{ needs.first.result }} \${{ needs.first.outputs.word }}' }]
      report:
        needs: [first, after]
        if: failure()
        runs-on: ubuntu-24.04
        steps: [{ run: echo a failure }]
  `

  it('run in the order of their needs and hand on their outputs', async () => {
    const result = await run(chain('true'))
    expect(logs(result, 'middle')).toEqual(['success hello'])
    expect(Object.entries(result.jobs).map(([id, { result }]) => [id, result])).toEqual([
      ['first', 'success'],
      ['middle', 'success'],
      ['after', 'success'],
      ['report', 'skipped'],
    ])
    expect(result.conclusion).toBe('success')
  })

  it('behind a failure are skipped, even across a job that ran in spite of it', async () => {
    const result = await run(chain('false'))
    expect(logs(result, 'middle')).toEqual(['failure hello'])
    expect(Object.entries(result.jobs).map(([id, { result }]) => [id, result])).toEqual([
      ['first', 'failure'],
      ['middle', 'success'],
      ['after', 'skipped'],
      ['report', 'success'],
    ])
    expect(result.conclusion).toBe('failure')
  })

  it.each([
    ['of a job that is not there', 'needs: nobody', /The job one needs nobody, which is not in the workflow/],
    ['of itself', 'needs: one', /one → one need each other/],
  ])('cannot run in need %s', async (_, needs, message) => {
    await expect(run(job('- run: "true"').replace('steps:', `${needs}\n    steps:`))).rejects.toThrow(message)
  })
})

describe('the actions', { timeout: 60_000 }, () => {
  const publish = (permissions: string, site = 'site'): string => outdent`
    concurrency: { group: 'pages-\${{ github.ref_name }}' }
    permissions: {}
    jobs:
      build:
        runs-on: ubuntu-24.04
        steps:
          - uses: actions/checkout@v7
            with: { persist-credentials: false }
          - { id: node, uses: actions/setup-node@v7, with: { node-version-file: .node-version } }
          - { run: 'echo \${{ steps.node.outputs.node-version }}; cat site/index.html; git log --format=%s' }
          - { uses: actions/upload-pages-artifact@v5, with: { path: ${site} } }
      deploy:
        needs: build
        runs-on: ubuntu-24.04
        ${permissions}
        environment: { name: github-pages, url: '\${{ steps.deployment.outputs.page_url }}' }
        steps: [{ id: deployment, uses: actions/deploy-pages@v5 }]
  `

  it('bring the repository, keep the page and publish it', async () => {
    const result = await run(publish('permissions: { pages: write, id-token: write }'))
    expect(logs(result, 'build')?.[2]).toBe('24\nhello\nfirst')
    expect(result.jobs.deploy?.environmentUrl).toBe('https://acme.github.io/status/')
    expect(result.page?.url).toBe('https://acme.github.io/status/')
    expect(await readFile(path.join(result.page?.folder ?? '', 'index.html'), 'utf8')).toBe('hello\n')
    expect(result.concurrency).toBe('pages-main')
  })

  it('publish nothing without the right to', async () => {
    const result = await run(publish('permissions: { pages: write }'))
    expect(logs(result, 'deploy')).toEqual(['Error: deploy-pages: the job needs id-token: write.'])
    expect(result.page).toBeUndefined()
  })

  it('fail when there is no page to upload', async () => {
    const result = await run(publish('permissions: {}', 'nowhere'))
    expect(outcomes(result, 'build')?.at(-1)).toBe('failure')
    expect(result.jobs.deploy?.result).toBe('skipped')
  })

  it('leave no way to push when the credentials are not kept', async () => {
    const result = await run(
      job(`
        - uses: actions/checkout@v7
          with: { persist-credentials: false }
        - run: git push origin main:other
      `),
    )
    expect(outcomes(result)).toEqual(['success', 'failure'])
  })

  it('push when the credentials are kept', async () => {
    const result = await run(job('- uses: actions/checkout@v7\n- run: git push origin main:other'))
    expect(outcomes(result)).toEqual(['success', 'success'])
  })
})

describe('what the runner does not know is an error:', { timeout: 60_000 }, () => {
  it.each([
    ['an action', '- uses: someone/something@v1', /does not know the action someone\/something@v1/],
    ['an action with the name of a built-in', '- uses: toString', /does not know the action toString/],
    ['a key of a step', '- run: "true"\n  services: {}', /services[\s\S]*jobs\.one\.steps\[0\]/],
    ['a shell', '- run: "true"\n  shell: python', /jobs\.one\.steps\[0\]\.shell/],
  ])('%s', async (_, step, message) => {
    await expect(run(job(step))).rejects.toThrow(message)
  })

  it('an input of an action', async () => {
    const result = await run(job('- uses: actions/checkout@v7\n  with: { submodules: true }'))
    expect(logs(result)).toEqual(['Error: The workflow runner does not know the inputs submodules.'])
  })

  it.each<[string, WorkflowEvent, RegExp]>([
    ['an event', { name: 'push' }, /listens to workflow_dispatch, and the event is push/],
    [
      'an input of a dispatch',
      { name: 'workflow_dispatch', inputs: { minutes: '5' } },
      /Unexpected inputs.*minutes/,
    ],
  ])('%s', async (_, event, message) => {
    await expect(run(job('- run: "true"'), {}, event)).rejects.toThrow(message)
  })
})
