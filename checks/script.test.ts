import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { checkKinds } from '../src/model/check.ts'
import type { RunOptions } from './run-checks.ts'
import { makeCheck, sampleOf } from './testing/checks.ts'
import { closedPort } from './testing/servers.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'candor-script-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const emptyWorld = () => mkdtempSync(path.join(folder, 'world-'))

/** A world whose only script is this text. */
function worldWith(text: string, name = 'checks/own/queue.mjs'): string {
  const root = emptyWorld()
  mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
  writeFileSync(path.join(root, name), text)
  return root
}

const ask = (root: string, written: Record<string, unknown> = {}, options: Partial<RunOptions> = {}) =>
  sampleOf(makeCheck('script', { script: 'checks/own/queue.mjs', ...written }), { root, ...options })

const returning = (answer: string) => worldWith(`export default async () => (${answer})`)

describe.concurrent('what a script says counts', () => {
  it.each([
    ['undefined', { state: 'up' }],
    ['{}', { state: 'up' }],
    ["{ state: 'up', reason: 'all well' }", { state: 'up' }],
    ["{ state: 'degraded', reason: 'slow\\ntoday' }", { state: 'degraded', reason: 'slow today' }],
    ["{ state: 'down', reason: 'no workers' }", { state: 'down', reason: 'no workers', code: 'script' }],
    ["{ state: 'down' }", { state: 'down', reason: 'checks/own/queue.mjs says down' }],
    ["{ state: 'unknown', reason: 'not asked' }", { state: 'unknown', reason: 'not asked' }],
    ['{ latencyMs: 1234 }', { state: 'up', latencyMs: 1234 }],
  ])('%s', async (answer, sample) => {
    const seen = await ask(returning(answer))
    expect(seen).toMatchObject(sample)
    if (sample.state === 'up') expect(seen.reason).toBeUndefined()
  })

  it.each([
    ['{ value: 7 }', ['value < 10'], { state: 'up' }],
    ['{ value: 70 }', ['value < 10'], { state: 'down', reason: 'value is 70, expected less than 10' }],
    ['{ value: NaN }', ['value < 10'], { state: 'down', reason: 'value is "NaN", expected less than 10' }],
    ['{}', ['value < 10'], { state: 'down', reason: 'there is no value, expected less than 10' }],
  ])('%s with %s', async (answer, expect_, sample) => {
    expect(await ask(returning(answer), { expect: expect_ })).toMatchObject(sample)
  })

  it('also when it says how long the target took', async () => {
    const sample = await ask(returning('{ latencyMs: 2000 }'), { degraded_over: '1s' })
    expect(sample).toMatchObject({ state: 'degraded', reason: 'latency is 2 s, over 1 s', latencyMs: 2000 })
  })
})

describe.concurrent('to throw is to find the target down', () => {
  it.each([
    ['an assertion', "throw new Error('12 jobs wait')", '12 jobs wait'],
    ['something that is no error', "throw '12 jobs wait'", '12 jobs wait'],
    [
      'an error that nobody catches',
      "setTimeout(() => { throw new Error('too late') }); await new Promise(() => setTimeout(() => {}, 60_000))",
      'too late',
    ],
    ['nonsense from the target', "JSON.parse('<html>')", 'is not valid JSON'],
  ])('%s', async (_, body, reason) => {
    const sample = await ask(worldWith(`export default async () => { ${body} }`))
    expect(sample).toMatchObject({ state: 'down', code: 'script' })
    expect(sample.reason).toContain(reason)
  })

  it('with what the network said', async () => {
    const root = worldWith('export default async ({ env }) => { await fetch(env.QUEUE_URL) }')
    const url = `http://127.0.0.1:${await closedPort()}`
    const sample = await ask(root, { env: ['QUEUE_URL'] }, { env: { QUEUE_URL: url } })
    expect(sample).toMatchObject({ state: 'down' })
    expect(sample.reason).toMatch(/^fetch failed: connect ECONNREFUSED/)
  })

  it('also by the signal, ahead of the deadline', async () => {
    const root = worldWith(
      `import { setTimeout } from 'node:timers/promises'
       export default ({ signal }) => setTimeout(60_000, {}, { signal }).catch(() => { throw new Error('no worker took the job') })`,
    )
    // Until the module is loaded counts, too: the time is one that a busy machine keeps.
    expect(await ask(root, { timeout: '5s' })).toMatchObject({
      state: 'down',
      reason: 'no worker took the job',
    })
  })

  it('and so is to take too long', async () => {
    const root = worldWith('export default () => { for (;;); }')
    expect(await ask(root, { timeout: '3s' })).toMatchObject({
      state: 'down',
      reason: 'no answer within 3 s',
    })
  })
})

describe.concurrent('a script that is broken says nothing of its target', () => {
  it.each([
    ['a slip in a name', 'export default () => qeue.length', 'qeue is not defined'],
    ['a text that is no JavaScript', 'export default async (', 'it cannot be loaded: Unexpected'],
    [
      'an import that is not there',
      "import 'candor-has-no-such'",
      'it cannot be loaded: Cannot find package',
    ],
    ['no default export', 'export const check = 1', 'it has no function as its default export'],
    ['its end', 'export default () => process.exit(0)', 'it ended without an answer (0)'],
    ['nothing to wait for', 'export default () => new Promise(() => {})', 'it ended without an answer'],
    ['a state that is none', "export default () => ({ state: 'fine' })", 'state: Invalid option'],
    ['an answer that is none', 'export default () => true', 'what it returned: Invalid input'],
    ['an answer that JSON cannot carry', 'export default () => ({ value: 1n })', 'cannot be passed on'],
    [
      'too long an answer',
      "export default () => ({ value: 'x'.repeat(1e7) })",
      'it returned more than 64 KiB',
    ],
    [
      'too much memory',
      'export default () => { const all = []; for (;;) all.push(new Array(1e6).fill({})) }',
      'it ended without an answer (SIGABRT)',
    ],
    [
      'words on the pipe of the answer',
      "import { writeSync } from 'node:fs'; export default () => { writeSync(3, 'null\\n') }",
      'something else wrote on the pipe',
    ],
    [
      'text without an end on that pipe',
      "import { writeSync } from 'node:fs'; export default () => { for (;;) writeSync(3, 'x'.repeat(1000)) }",
      'it returned more than 64 KiB',
    ],
  ])('%s', async (_, text, reason) => {
    const sample = await ask(worldWith(text), { retries: 2 })
    expect(sample).toMatchObject({ state: 'unknown', code: 'script' })
    expect(sample.reason).toContain(`checks/own/queue.mjs: `)
    expect(sample.reason).toContain(reason)
  })

  it('nor does one that is not there', async () => {
    const root = worldWith('', 'checks/other.mjs')
    expect(await ask(root)).toMatchObject({
      state: 'unknown',
      reason: 'checks/own/queue.mjs: it does not exist',
    })
    expect(await sampleOf(makeCheck('script', { script: 'checks/own/queue.mjs' }))).toMatchObject({
      state: 'unknown',
      reason: 'checks/own/queue.mjs: there is no folder to find it in',
    })
  })

  it('nor one that is not loaded in time', async () => {
    const root = worldWith('await new Promise(() => setTimeout(() => {}, 60_000))')
    expect(await ask(root, { timeout: '1s' })).toMatchObject({
      state: 'unknown',
      reason: 'the script was not loaded within 1 s',
    })
  })
})

describe.concurrent('a script gets', () => {
  it('its signal, its data and the variables it names, and no others', async () => {
    const root = worldWith(
      `export default ({ signal, env, with: data }) => ({
        state: 'down',
        reason: JSON.stringify([signal.aborted, Object.keys(env), process.env.QUEUE === env.QUEUE, process.env.SECRET ?? null, process.env.HOME ?? null, data]),
      })`,
    )
    const env = { QUEUE: 'jobs', SECRET: 'not for scripts' }
    const sample = await ask(root, { env: ['QUEUE'], with: { most: [1, { a: null }] } }, { env })
    expect(sample.reason).toBe('[false,["QUEUE"],true,null,null,{"most":[1,{"a":null}]}]')
  })

  it('what it needs, or is not run', async () => {
    expect(await ask(returning('{}'), { env: ['QUEUE_URL'] })).toMatchObject({
      state: 'unknown',
      reason: 'the environment variable QUEUE_URL is not set',
    })
  })

  it('TypeScript without a build', async () => {
    const root = worldWith(
      'export default (): { value: number } => ({ value: 1 satisfies number })',
      'checks/own/queue.ts',
    )
    expect(await ask(root, { script: 'checks/own/queue.ts' })).toMatchObject({ state: 'up' })
  })

  it('no ear for what it prints', async () => {
    const root = worldWith(
      "export default () => { for (let line = 0; line < 2e4; line++) { console.log('noise'); console.error('noise') } }",
    )
    expect(await ask(root)).toMatchObject({ state: 'up' })
  })
})

it('blanks out the values of its variables in what it says', async () => {
  const root = worldWith('export default ({ env }) => { throw new Error(`no login with ${env.TOKEN}`) }')
  expect(await ask(root, { env: ['TOKEN'] }, { env: { TOKEN: 's3cret-s3cret' } })).toMatchObject({
    reason: 'no login with •••',
  })
})

describe.concurrent('takes along what it started', () => {
  it.each([
    ['when it has answered', '{}', 'up'],
    ['when its time is over', 'new Promise(() => setInterval(() => {}, 1000))', 'down'],
    ['when it ends on its own', 'process.exit(0)', 'unknown'],
  ])('%s', async (_, answer, state) => {
    const lifeline = await startLifeline()
    const root = worldWith(
      `import { spawn } from 'node:child_process'
       export default async ({ with: { port } }) => {
         const code = "require('net').connect(" + port + ").write('alive'); setInterval(() => {}, 1000)"
         const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'ignore'] })
         await (await fetch('http://127.0.0.1:' + port)).text()
         return ${answer}
       }`,
    )
    expect(await ask(root, { timeout: '5s', with: { port: lifeline.port } })).toMatchObject({ state })
    await lifeline.cut
  })

  it('and ends itself when the pass is stopped', async () => {
    const lifeline = await startLifeline()
    const root = worldWith(
      `import { connect } from 'node:net'
       export default ({ with: { port } }) => new Promise(() => { connect(port).write('alive') })`,
    )
    const stop = new AbortController()
    const asked = ask(root, { timeout: '50s', with: { port: lifeline.port } }, { signal: stop.signal })
    await lifeline.alive
    stop.abort()
    expect(await asked).toMatchObject({ state: 'unknown', code: 'stopped' })
    await lifeline.cut
  })
})

describe.concurrent('a path that leads elsewhere', () => {
  it.each([
    '../queue.mjs',
    'checks/../../queue.mjs',
    '/etc/queue.mjs',
    'queue.mjs',
    'checks/.x.mjs',
    'checks/queue',
    'checks/queue.sh',
  ])('%s is refused when it is read', (script) => {
    expect(checkKinds.script.options.safeParse({ script }).error?.issues[0]?.message).toContain(
      'expected a file in checks/',
    )
  })

  it.each(['the file', 'its folder', 'checks/ itself'])('is refused when %s is a link', async (what) => {
    const elsewhere = worldWith("export default () => ({ state: 'up' })", 'queue.mjs')
    const root = emptyWorld()
    const script = what === 'checks/ itself' ? 'checks/queue.mjs' : 'checks/own/queue.mjs'
    const links: Record<string, [to: string, at: string]> = {
      'the file': [path.join(elsewhere, 'queue.mjs'), script],
      'its folder': [elsewhere, 'checks/own'],
      'checks/ itself': [elsewhere, 'checks'],
    }
    const [to, at] = links[what] ?? ['', '']
    mkdirSync(path.dirname(path.join(root, at)), { recursive: true })
    symlinkSync(to, path.join(root, at))
    expect(await ask(root, { script })).toMatchObject({
      state: 'unknown',
      reason: `${script}: it leads out of checks/`,
    })
  })

  it('is followed as long as it stays inside', async () => {
    const root = worldWith("export default () => ({ state: 'up' })")
    symlinkSync('queue.mjs', path.join(root, 'checks/own/other.mjs'))
    expect(await ask(root, { script: 'checks/own/other.mjs' })).toMatchObject({ state: 'up' })
  })
})

/**
 * A server that knows by a connection whether a process lives: it says `alive`, and its end closes the connection. A web
 * request to the same port is answered when that process has come.
 */
async function startLifeline() {
  const alive = Promise.withResolvers<undefined>()
  const cut = Promise.withResolvers<undefined>()
  const server = createServer((socket) => {
    socket
      .on('error', () => undefined)
      .once('data', (data) => {
        if (String(data) !== 'alive') {
          const answer = 'HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n'
          void alive.promise.then(() => socket.end(answer))
          return
        }
        alive.resolve(undefined)
        socket.once('close', () => {
          cut.resolve(undefined)
          server.close()
        })
      })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, alive: alive.promise, cut: cut.promise }
}
