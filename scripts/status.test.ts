import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { projectRoot } from '../src/site/source-digest.ts'
import { isOpen } from '../src/derive/incident-state.ts'
import { readWorld } from '../src/files/read-world.ts'
import { openLocalGit } from '../src/forge/local-git.ts'
import { saveLive } from '../src/forge/live-branch.ts'
import { runGit, runGitLine } from '../src/forge/run-git.ts'
import { startFakeGitHub } from '../src/testing/fake-github/start-fake-github.ts'
import { bareRepository, subjectsOf, temporaryFolder, workTree } from '../src/testing/git-repository.ts'
import { runStatus, startCommand, type StatusRun } from '../src/testing/run-status.ts'
import { worldFolder, writeFiles } from '../src/testing/write-world.ts'

const verbs: Record<string, string[]> = {
  check: ['--root', '--json', '--strict'],
  probe: ['--root', '--commit', '--propose', '--push', '--for', '--every', '--writer', '--json'],
  watch: ['--root', '--commit', '--propose', '--push', '--every', '--writer', '--beats', '--json'],
  start: ['--root', '--out', '--port', '--every', '--writer', '--beats', '--commit', '--propose'],
  build: ['--root', '--out', '--now', '--json'],
  push: ['--root'],
  uptime: ['--root', '--explain', '--by', '--region', '--now', '--json'],
  down: [
    '--root',
    '--message',
    '--title',
    '--severity',
    '--since',
    '--new',
    '--next',
    '--commit',
    '--push',
    '--json',
  ],
  degraded: [
    '--root',
    '--message',
    '--title',
    '--severity',
    '--since',
    '--new',
    '--next',
    '--commit',
    '--push',
    '--json',
  ],
  update: ['--root', '--message', '--phase', '--next', '--commit', '--push', '--json'],
  ok: ['--root', '--message', '--commit', '--push', '--json'],
  beat: ['--root', '--fail', '--push'],
  import: ['--root', '--site-url', '--name', '--json'],
  live: ['--root', '--fetch', '--remote'],
  chain: ['--root'],
  verify: ['--root', '--json', '--strict'],
  repair: ['--root', '--dry-run'],
  prune: ['--root', '--before', '--keep-rollups', '--dry-run', '--force', '--now'],
  size: ['--root', '--now', '--json'],
}

const world = {
  'site.yaml': 'name: Acme\nurl: https://status.acme.example\n',
  'components.yaml': [
    'components:',
    '  - { id: api, name: API }',
    '  - { id: web, name: Web shop }',
    '  - { id: mail, name: Mail }',
    '',
  ].join('\n'),
}
const handWritten = [
  '---',
  'title: Mail is late',
  'status: identified',
  'severity: minor',
  'affected: [mail]',
  'started: 2026-11-20T08:00:00Z',
  '---',
  '',
  '## Update 08:30 UTC',
  'A queue is full.',
  '',
  '## Root cause',
  '',
  'Not known yet.',
  '',
].join('\n')
const broken = '---\ntitle: [never closed\n---\n'

describe('help', () => {
  it('of the program names every verb and the exit codes', async () => {
    const { code, out } = await runStatus(['--help'])
    expect(code).toBe(0)
    const named = [...out.matchAll(/^ {2}([a-z]+) (?:\[|<)/gm)].map(([, name]) => name)
    expect(named.filter((name) => name !== 'help').sort()).toEqual(Object.keys(verbs).sort())
    expect(out).toContain('Exit codes: 0 done')
  })

  it.each(Object.entries(verbs))('of %s names its options', async (verb, options) => {
    const { code, out, said } = await runStatus([verb, '--help'])
    expect({ code, said }).toEqual({ code: 0, said: '' })
    expect(optionsIn(out).sort()).toEqual([...options, '--help'].sort())
    expect(out).not.toMatch(/60000/)
  })

  it('stands in docs/commands.md for every verb and option', () => {
    const manual = readFileSync(path.join(import.meta.dirname, '../docs/commands.md'), 'utf8')
    const sections = new Map(
      manual
        .split(/^## /m)
        .slice(1)
        .map((section) => [/^`status ([a-z]+)/.exec(section)?.[1], section]),
    )
    const missing = Object.entries(verbs).flatMap(([verb, options]) =>
      options
        .filter((option) => !(sections.get(verb) ?? '').includes(`\`${option}`))
        .map((option) => `${verb} ${option}`),
    )
    expect(missing).toEqual([])
    const known = new Set([...Object.values(verbs).flat(), '--help'])
    expect(optionsIn(manual).filter((option) => !known.has(option))).toEqual(['--exit', '--second'])
  })
})

describe('a mistake is a sentence and an exit code', () => {
  it.each<[what: string, args: string[], code: number, says: RegExp]>([
    ['no verb', [], 2, /Usage: status/],
    ['an unknown verb', ['chek'], 2, /unknown command 'chek'[^]*Did you mean check\?/],
    ['an unknown option', ['check', '--jsn'], 2, /unknown option '--jsn'/],
    ['a missing argument', ['down'], 2, /missing required argument 'components'/],
    ['one argument too many', ['check', 'api'], 2, /too many arguments/],
    ['a word that is no duration', ['probe', '--every', 'often'], 2, /It is at least|duration such as 60s/],
    ['a beat that is too fast', ['probe', '--every', '10ms'], 2, /at least 1s/],
    ['a beat that no timer holds', ['watch', '--every', '30d'], 2, /at most 1d/],
    ['a port that is none', ['start', '--port', '80a'], 2, /from 0 to 65535/],
    ['a port that is too high', ['start', '--port', '65536'], 2, /from 0 to 65535/],
    ['an address that is none', ['watch', '--beats', '::1:80'], 2, /a port or host:port/],
    ['a time without an offset', ['build', '--now', '2026-11-21'], 2, /time with an offset/],
    ['a writer that could be a path', ['probe', '--writer', '../x'], 2, /small letters/],
    ['an unknown phase', ['update', '--phase', 'fixed'], 2, /one of .*identified/],
    ['an unknown severity', ['down', 'api', '--severity', 'huge'], 2, /one of .*critical/],
    [
      'an unknown component',
      ['down', 'apo'],
      2,
      /no component "apo"\. Did you mean "api"\? Known: api, web, mail\./,
    ],
    ['a beginning without a zone', ['down', 'api', '--since', '03:10'], 2, /such as "03:10 UTC"/],
    ['an empty component', ['down', ''], 2, /no component ""/],
    ['an incident that is not there', ['ok', 'x'], 2, /no incident "x"\. None is open\./],
    ['nothing to update', ['update'], 2, /No incident is open/],
    ['an empty title', ['down', 'api', '-t', ''], 2, /Nothing was written[^]*title/],
    ['live without --fetch', ['live'], 2, /--fetch/],
    ['no git repository', ['down', 'api', '--commit'], 1, /not inside a git repository/],
    ['no git repository to probe for', ['probe', '--commit'], 1, /not inside a git repository/],
    ['an output that is a file', ['build', '--out', 'site.yaml'], 2, /site\.yaml/],
  ])('%s', async (_what, args, code, says) => {
    const root = worldFolder(world)
    const run = await runStatus(args, { cwd: root })
    expect(run).toMatchObject({ code, said: expect.stringMatching(says) as string })
    expectNoStack(run)
  })

  it.each(Object.keys(verbs).filter((verb) => verb !== 'import'))(
    '%s in a folder that is no world',
    async (verb) => {
      const args: Record<string, string[]> = {
        down: ['api'],
        degraded: ['api'],
        live: ['--fetch'],
        beat: ['api'],
        push: ['api/jobs', '1'],
        prune: ['--before', '2026-01'],
      }
      const root = await temporaryFolder()
      const run = await runStatus([verb, ...(args[verb] ?? []), '--root', root])
      expect(run).toMatchObject({ code: 2, said: expect.stringContaining('it is no world') as string })
      expectNoStack(run)
      expect(readdirSync(root)).toEqual([])
    },
  )

  it('a folder that is not there', async () => {
    const run = await runStatus(['probe', '--commit', '--root', path.join(await temporaryFolder(), 'gone')])
    expect(run).toMatchObject({ code: 2, said: expect.stringContaining('it is no world') as string })
    expectNoStack(run)
  })

  it.each([
    ['CANDOR_LOOP', 'ever', ['probe']],
    ['CANDOR_LOOP', 'ever', ['chain']],
    ['CANDOR_WRITER', 'My Laptop', ['probe']],
    ['GITHUB_REPOSITORY', 'status', ['live', '--fetch']],
  ])('a variable %s that says "%s", to %j', async (name, value, args) => {
    const run = await runStatus(args, { cwd: worldFolder(world), env: { GITHUB_TOKEN: 'x', [name]: value } })
    expect(run).toMatchObject({ code: 2, said: expect.stringContaining(`${name} is "${value}"`) as string })
    expectNoStack(run)
  })

  it.each<[args: string[], taken: Record<string, string>, script: string, says: string]>([
    [
      ['down', 'api'],
      { message: 'x' },
      'status',
      'npm took --message for itself. Write: npm run status -- down api -m …',
    ],
    [
      ['down', 'api'],
      { message: '', t: 'true' },
      'status',
      'npm took --message, --title for itself. Write: npm run status -- down … -m … -t …',
    ],
    [['update', '20m'], { next: 'true' }, 'status', 'Write: npm run status -- update … --next …'],
    [['start'], { port: '8080' }, 'start', 'npm took --port for itself. Write: npm run start -- --port …'],
  ])('options that npm took: %j %j', async (args, taken, script, says) => {
    const root = worldFolder(world)
    const settings = Object.entries(taken).map(([name, value]) => [`npm_config_${name}`, value])
    const env = { npm_lifecycle_event: script, ...(Object.fromEntries(settings) as Record<string, string>) }
    const run = await runStatus(args, { cwd: root, env })
    expect(run).toMatchObject({ code: 2, said: expect.stringContaining(says) as string })
    expectNoStack(run)
    expect(readWorld(root).incidents).toEqual([])
  })

  it('what npm is always set to is not taken from anybody', async () => {
    const env = {
      npm_lifecycle_event: 'status',
      npm_config_message: 'Release %s',
      npm_config_json: 'true',
      npm_config_cache: '/tmp/npm',
    }
    expect(await runStatus(['down', 'api'], { cwd: worldFolder(world), env })).toMatchObject({ code: 0 })
  })

  it('a port that is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void taken.close())
    await new Promise((resolve) => taken.once('listening', resolve))
    const { port } = taken.address() as AddressInfo
    const run = await runStatus(['start', '--port', String(port), '--root', worldFolder(world)])
    expect(run).toMatchObject({
      code: 2,
      said: expect.stringContaining(`Port ${String(port)} is taken`) as string,
    })
    expectNoStack(run)
  })

  it('start --commit outside of git ends instead of serving', async () => {
    const run = await runStatus(['start', '--commit', '--port', '0', '--root', worldFolder(world)])
    expect(run).toMatchObject({
      code: 1,
      said: expect.stringContaining('not inside a git repository') as string,
    })
    expectNoStack(run)
  })

  it('a remote that is not there', async () => {
    const root = await workTree(world)
    const run = await runStatus(['down', 'api', '--push', 'nowhere', '--root', root])
    expect(run).toMatchObject({ code: 1, said: expect.stringContaining('nowhere') as string })
    expectNoStack(run)
  })

  it('a reader that has seen enough', async () => {
    const running = startCommand('scripts/status.ts', ['check', '--json', '--root', worldFolder(world)])
    running.child.stdout?.destroy()
    expect(await running.ended).toBe(0)
    expect(running.said()).toBe('')
  })
})

describe('check', () => {
  it('counts what it has read', async () => {
    const root = worldFolder({ ...world, 'incidents/2026-11-20-mail.md': handWritten })
    expect(await runStatus(['check', '--root', root])).toEqual({
      code: 0,
      out: 'read 3 components, 1 incident, 0 maintenance windows: 0 errors, 0 warnings\n',
      said: '',
    })
    expect(JSON.parse((await runStatus(['check', '--json', '--root', root])).out)).toEqual({
      errors: 0,
      warnings: 0,
      problems: [],
    })
  })

  it('names the file, the place and what to write instead', async () => {
    const wrong = handWritten.replace('[mail]', '[mails]')
    const root = worldFolder({ ...world, 'incidents/a.md': broken, 'incidents/b.md': wrong })
    const text = await runStatus(['check', '--root', root])
    expect(text.code).toBe(1)
    expect(text.out).toMatch(/^incidents\/a\.md:\d+:\d+ error: /m)
    expect(text.out).toMatch(/^incidents\/b\.md:\d+:\d+ error: .*mails/m)
    expect(text.out).toMatch(/^ {4}write: .*mail/m)
    const json = await runStatus(['check', '--json', '--root', root])
    expect(json.code).toBe(1)
    const { errors, problems } = JSON.parse(json.out) as { errors: number; problems: { level: string }[] }
    expect(problems.filter(({ level }) => level === 'error')).toHaveLength(errors)
  })

  it('fails for warnings only when it is asked to', async () => {
    const root = worldFolder({ ...world, 'history/transitions/main.2026/notes.txt': 'x' })
    expect((await runStatus(['check', '--root', root])).code).toBe(0)
    expect((await runStatus(['check', '--strict', '--root', root])).code).toBe(1)
  })

  it('names a file of the history that stands where it is not read, and where it belongs', async () => {
    const root = worldFolder({
      ...world,
      'history/rollup/api/main.2026-11.ndjson': '',
      'history/metrics/api.rate/main.2026-11.ndjson': '',
    })
    const { code, out } = await runStatus(['check', '--root', root])
    expect(code).toBe(1)
    expect(out).toContain('history/rollup/api/main.2026-11.ndjson:1:1')
    expect(out).toContain('it belongs at history/rollup/main.2026/api.11.ndjson')
    expect(out).toContain('it belongs at history/metrics/main.2026/api.rate.11.ndjson')
  })

  it('shows no control character of a file', async () => {
    const title = '"a\\u001b[2Jb\\r\\n::error::c"'
    const root = worldFolder({ ...world, 'incidents/a.md': `---\ntitle: x\naffected: [${title}]\n---\n` })
    const { out } = await runStatus(['check', '--root', root])
    expect(out).not.toContain('\u001b')
    expect(out).not.toMatch(/^::error/m)
  })
})

describe('build', () => {
  const now = ['--now', '2026-11-21T03:11:00Z']

  it('writes the page, and the second time only what changed', async () => {
    const root = worldFolder({ ...world, 'incidents/2026-11-20-mail.md': handWritten })
    const first = await runStatus(['build', '--out', 'page', '--json', ...now, '--root', root])
    expect(first).toMatchObject({ code: 0, said: expect.stringContaining('built the page') as string })
    expect(JSON.parse(first.out)).toMatchObject({ kept: 0, removed: 0, failed: [], errors: 0 })
    expect(readFileSync(path.join(root, 'page/index.html'), 'utf8')).toContain('Mail is late')

    const second = await runStatus(['build', '--out', 'page', '--json', ...now, '--root', root])
    expect(JSON.parse(second.out)).toMatchObject({ written: 0, removed: 0, failed: [] })

    writeFiles(root, { 'incidents/2026-11-20-mail.md': handWritten.replace('late', 'very late') })
    const third = await runStatus(['build', '--out', 'page', '--json', ...now, '--root', root])
    expect((JSON.parse(third.out) as { written: number }).written).toBeGreaterThan(0)
    expect(readFileSync(path.join(root, 'page/index.html'), 'utf8')).toContain('Mail is very late')
  })

  it('goes on with a broken file, which check then refuses', async () => {
    const root = worldFolder({ ...world, 'incidents/2026-11-21-broken.md': broken })
    const built = await runStatus(['build', '--out', 'page', '--root', root])
    expect(built).toMatchObject({ code: 0, said: expect.stringContaining('2026-11-21-broken.md') as string })
    expect(built.said).toMatch(/\d errors? in the content/)
    expect(readFileSync(path.join(root, 'page/index.html'), 'utf8')).toContain('Acme')
    expect((await runStatus(['check', '--root', root])).code).toBe(1)
  })
})

describe('posting', () => {
  it.each([
    ['down', ['api'], { api: 'major_outage' }, 'API is down'],
    ['down', ['api,web,api'], { api: 'major_outage', web: 'major_outage' }, 'API and Web shop are down'],
    [
      'degraded',
      ['api,web', '-m', 'Every tenth call fails.'],
      { api: 'degraded', web: 'degraded' },
      'API and Web shop are degraded',
    ],
    [
      'degraded',
      ['mail', '-t', 'Mail: late # today', '--severity', 'critical'],
      { mail: 'degraded' },
      'Mail: late # today',
    ],
  ])('%s %j writes a file that says so', async (verb, args, affected, title) => {
    const root = worldFolder(world)
    const { code, out } = await runStatus([verb, ...args, '--json', '--root', root])
    expect(code).toBe(0)
    const { file } = JSON.parse(out) as { file: string }
    const read = readWorld(root)
    expect(read.problems).toEqual([])
    expect(read.incidents).toMatchObject([{ file, title, affected, phase: 'investigating', readFully: true }])
    const said = args[args.indexOf('-m') + 1]
    if (args.includes('-m')) expect(plainOf(root)).toEqual([said])
    if (args.includes('--severity')) expect(read.incidents[0]?.severity).toBe('critical')
  })

  it('takes an incident from down to ok, and every file on the way can be read', async () => {
    const root = worldFolder(world)
    const post = async (...args: string[]) => {
      expect(await runStatus([...args, '--root', root])).toMatchObject({ code: 0 })
      const { incidents, problems } = readWorld(root)
      expect(problems).toEqual([])
      return incidents[0]
    }
    await post('down', 'api')
    const { phase, updates = [] } = (await post('update', '--phase', 'identified', '--next', '20m')) ?? {}
    expect(phase).toBe('identified')
    const [newest] = updates
    const promised = (newest?.nextUpdateBy ?? 0) - (newest?.at ?? 0)
    expect(promised).toBeGreaterThanOrEqual(20 * 60_000)
    expect(promised).toBeLessThan(21 * 60_000)
    expect(await post('update', '-m', 'Half of the calls work.')).toMatchObject({ phase: 'identified' })
    const over = await post('ok', '-m', 'All calls work.')
    expect(over).toMatchObject({ phase: 'resolved' })
    expect(over && isOpen(over, Date.now())).toBe(false)
    expect(plainOf(root).toSorted()).toEqual(
      [
        'All calls work.',
        'Half of the calls work.',
        'No change yet. We are still working on it.',
        'We are seeing problems with API. We are looking into it.',
      ].toSorted(),
    )

    const again = await runStatus(['ok', over?.id ?? '', '--root', root])
    expect(again).toMatchObject({ code: 2, said: expect.stringContaining('resolved already') as string })
  })

  it('resolves what a person wrote by hand, and changes nothing else of it', async () => {
    const root = worldFolder({ ...world, 'incidents/2026-11-20-mail.md': handWritten })
    expect(await runStatus(['ok', '--root', root])).toMatchObject({ code: 0 })
    const { incidents, problems } = readWorld(root)
    expect(problems).toEqual([])
    expect(incidents).toMatchObject([{ phase: 'resolved', title: 'Mail is late' }])
    const text = readFileSync(path.join(root, 'incidents/2026-11-20-mail.md'), 'utf8')
    const kept = handWritten.split('\n').filter((line) => !line.startsWith('status:'))
    expect(text.split('\n')).toEqual(expect.arrayContaining(kept))
  })

  it('resolves an incident that was imported', async () => {
    const root = worldFolder({
      ...world,
      'incidents/2026-11-20-mail.md': handWritten.replace(
        'affected: [mail]',
        'affected: { mail: degraded }\nsource: https://www.githubstatus.com/incidents/1',
      ),
    })
    expect(await runStatus(['ok', '2026-11-20-mail', '--root', root])).toMatchObject({ code: 0 })
    expect(readWorld(root)).toMatchObject({ problems: [], incidents: [{ phase: 'resolved' }] })
  })

  it('names the open ones where several are', async () => {
    const root = worldFolder({ ...world, 'incidents/2026-11-20-mail.md': handWritten })
    await runStatus(['down', 'api', '--root', root])
    const { code, said } = await runStatus(['ok', '--root', root])
    expect(code).toBe(2)
    expect(said).toMatch(
      /Several incidents are open; say which:[^]*API is down[^]*Mail is late|Mail is late[^]*API is down/,
    )
    expect(said).toContain(
      '  Mail is late, since 2026-11-20 08:00 UTC\n    npm run status -- ok 2026-11-20-mail -m …\n',
    )
    expect(await runStatus(['ok', '2026-11-20-mail', '--root', root])).toMatchObject({ code: 0 })
  })

  it.each(['incidents/2026-11-20-mail.md', './incidents/2026-11-20-mail.md', '2026-11-20-mail.md'])(
    'takes %s for the id of its incident',
    async (given) => {
      const root = worldFolder({ ...world, 'incidents/2026-11-20-mail.md': handWritten })
      expect(await runStatus(['ok', given, '--root', root])).toMatchObject({ code: 0 })
      expect(readWorld(root)).toMatchObject({ problems: [], incidents: [{ phase: 'resolved' }] })
    },
  )

  it('points to the open incident of a component instead of posting another', async () => {
    const root = worldFolder({ ...world, 'incidents/2026-11-20-mail.md': handWritten })
    const { code, said } = await runStatus(['degraded', 'api,mail', '--root', root])
    expect(code).toBe(2)
    expect(said).toContain(
      'Already open: 2026-11-20-mail (Mail is late). Did you mean: npm run status -- update 2026-11-20-mail -m …',
    )
    expect(said).toContain('--new')
    expect(readdirSync(path.join(root, 'incidents'))).toHaveLength(1)
    expect(await runStatus(['down', 'api', '--root', root])).toMatchObject({ code: 0 })
  })

  it('points to the incident that the probes have put on a branch, until it is merged', async () => {
    const root = await workTree(world)
    const branch = 'incident/mail/20261120T0800'
    const file = { path: 'incidents/2026-11-20-mail-0800.md', content: handWritten }
    await (await openLocalGit(root)).commit({ branch, from: 'main', message: 'Mail', change: () => [file] })
    expect(await runStatus(['ok', '--root', root])).toMatchObject({
      code: 2,
      said: expect.stringContaining(`waits on ${branch}: merge it with git merge ${branch}, then`) as string,
    })
    await runGit(root, ['merge', '--quiet', branch])
    expect(await runStatus(['ok', '--root', root])).toMatchObject({ code: 0 })
    expect(await runStatus(['ok', '--root', root])).toMatchObject({
      code: 2,
      said: expect.stringContaining('No incident is open. Open one') as string,
    })
  })

  it.each([[''], ['  \n'], ['\u0007']])('says the plain sentence for the message %j', async (message) => {
    const root = worldFolder(world)
    await runStatus(['down', 'api', '-m', message, '--root', root])
    expect(plainOf(root)).toEqual(['We are seeing problems with API. We are looking into it.'])
  })

  it('begins an incident when it is told that it began', async () => {
    const root = worldFolder(world)
    const since = '2026-11-20T22:00:00+01:00'
    expect(await runStatus(['down', 'api', '--since', since, '--root', root])).toMatchObject({ code: 0 })
    const { incidents, problems } = readWorld(root)
    expect(problems).toEqual([])
    expect(incidents).toMatchObject([
      { id: '2026-11-20-api-down', startedAt: Date.parse('2026-11-20T21:00:00Z'), phase: 'investigating' },
    ])
  })

  it('gives a second incident of the same day and name a file of its own', async () => {
    const root = worldFolder(world)
    await runStatus(['down', 'api', '--root', root])
    await runStatus(['down', 'api', '--new', '--root', root])
    expect(readdirSync(path.join(root, 'incidents'))).toHaveLength(2)
    expect(readWorld(root).problems).toEqual([])
  })

  it.each([
    ['a heading', '# All is well\n\n## 2026-11-21 04:00 UTC resolved\nNo'],
    ['an underlined heading', 'All is well\n===\nNo\n---'],
    ['front matter', '---\ntitle: Another\nstatus: resolved\n---\nNo'],
    ['a fact line', 'affected: api=operational\nnext_update_by: 2030-01-01T00:00:00Z\n\nNo'],
    ['code that nobody closes', '```\nNo'],
    ['a comment that nobody closes', '<!-- No'],
    ['a script', '<script>alert(1)</script>No'],
    ['control characters', 'No\u001b[2J\u0007\u202e'],
    ['Windows line ends', 'No\r\n\r\n# Other\r\n'],
    ['nothing', ''],
  ])('keeps %s in a message text', async (_what, message) => {
    const root = worldFolder(world)
    const run = await runStatus(['down', 'api', '-m', message, '--root', root])
    expect(run).toMatchObject({ code: 0 })
    const { incidents, problems, textOf } = readWorld(root)
    expect(problems.filter(({ level }) => level === 'error')).toEqual([])
    expect(incidents).toMatchObject([
      { title: 'API is down', phase: 'investigating', affected: { api: 'major_outage' }, readFully: true },
    ])
    const [incident] = incidents
    expect(incident?.updates).toHaveLength(1)
    const text = incident && textOf(incident)
    expect(text?.sections).toEqual([])
    expect(text?.updates[0]?.html).not.toMatch(/<script|<h[12]/)
  })

  it('commits exactly its file, and leaves nothing to commit', async () => {
    const root = await workTree(world)
    writeFileSync(path.join(root, 'notes.txt'), 'mine')
    const { code, out } = await runStatus(['down', 'api', '--commit', '--json', '--root', root])
    expect(code).toBe(0)
    const { file, commit } = JSON.parse(out) as { file: string; commit: string }
    expect(await runGitLine(root, ['rev-parse', 'main'])).toBe(commit)
    expect(await runGitLine(root, ['show', '--format=%s', '--name-only', 'main'])).toBe(
      `Incident: API is down\n\n${file}`,
    )
    expect(await runGitLine(root, ['status', '--porcelain'])).toBe('?? notes.txt')

    expect(await runStatus(['ok', '--commit', '--root', root])).toMatchObject({ code: 0 })
    expect(await subjectsOf(root, 'main')).toEqual([
      'Resolved: API is down',
      'Incident: API is down',
      'Begin',
    ])
    expect(await runGitLine(root, ['status', '--porcelain'])).toBe('?? notes.txt')
  })

  it('pushes where it is told to, from a world in a folder of a clone', async () => {
    const files = Object.fromEntries(Object.entries(world).map(([name, text]) => [`status/${name}`, text]))
    const remote = await bareRepository(files)
    const clone = await temporaryFolder()
    await runGit(clone, ['clone', '--quiet', remote, '.'])
    const run = await runStatus(['down', 'api', '--push', 'origin'], { cwd: path.join(clone, 'status') })
    expect(run.code).toBe(0)
    const [file = ''] = readdirSync(path.join(clone, 'status/incidents'))
    expect(await runGit(remote, ['show', `main:status/incidents/${file}`])).toContain('API is down')
  })

  it('makes one line of a title that has several', async () => {
    const root = await workTree(world)
    await runStatus(['down', 'api', '--commit', '-t', 'a\n\n\u001b]0;b\u0007', '--root', root])
    expect(await runGitLine(root, ['log', '-1', '--format=%B', 'main'])).toMatch(/^Incident: a [^\n\u001b]+$/)
  })
})

describe('probing', () => {
  it('leaves with 1 when its one pass fails', async () => {
    const check = `components: [{ id: api, name: API, check: { tcp: '127.0.0.1:9', retries: 0, confirm: 1 } }]\n`
    const root = await workTree({ ...world, 'components.yaml': check })
    await runGit(root, ['checkout', '--quiet', '--detach'])
    const run = await runStatus(['probe', '--commit', '--propose', '--root', root])
    expect(run).toMatchObject({
      code: 1,
      said: expect.stringContaining('which branch is the main one') as string,
    })
    expectNoStack(run)
  })

  it('makes as many passes as fit into the time it is given', async () => {
    const run = await runStatus([
      'probe',
      '--for',
      '2s',
      '--every',
      '1s',
      '--json',
      '--root',
      worldFolder(world),
    ])
    expect(run.code).toBe(0)
    const passes = run.out.trim().split('\n')
    expect(passes.length).toBeGreaterThanOrEqual(1)
    expect(passes.length).toBeLessThanOrEqual(2)
    for (const pass of passes)
      expect(JSON.parse(pass)).toEqual({ samples: [], transitions: [], proposed: [] })
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('watch ends at %s with 0', async (signal) => {
    const running = startCommand('scripts/status.ts', ['watch', '--root', worldFolder(world)])
    await running.until(() => running.said().includes('next look'))
    running.child.kill(signal)
    expect(await running.ended).toBe(0)
  })

  it('what npm started ends with the shell in between, which passes no signal on', async () => {
    const line = `"${process.execPath}" scripts/status.ts watch --root "${worldFolder(world)}" & echo $!; wait`
    const shell = spawn('sh', ['-c', line], {
      cwd: projectRoot,
      env: { ...process.env, npm_lifecycle_event: 'start' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let pid = ''
    let said = ''
    onTestFinished(() => {
      shell.kill('SIGKILL')
      try {
        process.kill(Number(pid), 'SIGKILL')
      } catch {
        // It has ended, as it should.
      }
    })
    // Its output is closed when the last that holds it has ended, and that is not the shell.
    const closed = new Promise((resolve) => shell.once('close', resolve))
    await new Promise<void>((resolve) => {
      shell.stdout.on('data', (part: Buffer) => (pid += part.toString()))
      shell.stderr.on('data', (part: Buffer) => {
        said += part.toString()
        if (said.includes('next look')) resolve()
      })
    })
    shell.kill('SIGTERM')
    await closed
    expect(said).toContain('stopping after this pass')
  })
})

describe('between GitHub and a disk', () => {
  const live = (writer: string) =>
    JSON.stringify({
      v: 1,
      writer,
      checked_at: '2026-11-21T03:11:00Z',
      next_expected_at: '2026-11-21T03:12:00Z',
      interval_ms: 60_000,
      components: {},
    })

  it('live --fetch brings the snapshots that are newer, and says which cannot be read', async () => {
    const root = await workTree(world)
    const forge = await openLocalGit(root)
    await saveLive(forge, 'berlin', live('berlin'))
    await saveLive(forge, 'broken', '{')
    const first = await runStatus(['live', '--fetch', '--root', root])
    expect(first).toMatchObject({
      code: 0,
      said: expect.stringContaining('live snapshots of berlin') as string,
    })
    expect(first.said).toContain('status-live/broken')
    expect(readWorld(root).live).toMatchObject([{ writer: 'berlin' }])
    const second = await runStatus(['live', '--fetch', '--root', root])
    expect(second).toMatchObject({
      code: 0,
      said: expect.stringContaining('no newer live snapshot') as string,
    })
  })

  it.each([
    ['1s', 0, 'asked for the next probe run', 1],
    ['0', 0, 'CANDOR_LOOP is 0', 0],
    ['', 0, 'CANDOR_LOOP is 0', 0],
  ])('chain with CANDOR_LOOP=%j', async (loop, code, says, dispatches) => {
    const repository = await bareRepository(world)
    const hub = await startFakeGitHub({ repository, owner: 'acme', name: 'status' })
    onTestFinished(() => hub.close())
    const env = { ...gitHub(hub.url), CANDOR_LOOP: loop }
    const root = await workTree(world)
    const run = await runStatus(['chain', '--root', root], { env })
    expect(run).toMatchObject({ code, said: expect.stringContaining(says) as string })
    expect(hub.dispatches).toHaveLength(dispatches)
    expect(hub.violations).toEqual([])
  })

  it('chain outside of a workflow says what it needs', async () => {
    const run = await runStatus(['chain', '--root', worldFolder(world)], { env: { CANDOR_LOOP: '1m' } })
    expect(run).toMatchObject({ code: 2, said: expect.stringContaining('GITHUB_TOKEN') as string })
  })

  it('a token that is refused is a sentence, and is not printed', async () => {
    const repository = await bareRepository(world)
    const hub = await startFakeGitHub({ repository, owner: 'acme', name: 'status', tokens: {} })
    onTestFinished(() => hub.close())
    const root = await workTree(world)
    const run = await runStatus(['down', 'api', '--commit', '--root', root], { env: gitHub(hub.url) })
    expect(run.code).toBe(1)
    expectNoStack(run)
    expect(run.said).not.toContain('secret-token')
  })
})

function gitHub(url: string): Record<string, string> {
  return { GITHUB_TOKEN: 'secret-token', GITHUB_REPOSITORY: 'acme/status', GITHUB_API_URL: url }
}

function optionsIn(text: string): string[] {
  return [...new Set(text.match(/(?<![\w-])--[a-z][a-z-]+/g))]
}

function plainOf(root: string): string[] {
  const { incidents, textOf } = readWorld(root)
  return incidents.flatMap((incident) => textOf(incident).updates.map(({ plain }) => plain))
}

function expectNoStack({ out, said }: StatusRun): void {
  expect(`${out}${said}`).not.toMatch(/^ {4}at |bug in Candor|\.ts:\d+/m)
}
