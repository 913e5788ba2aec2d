import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { proposals } from '../../src/derive/proposals.ts'
import { siteFacts } from '../../src/derive/site-facts.ts'
import type { ComponentRow } from '../../src/derive/views.ts'
import { writeFileAtomic } from '../../src/files/atomic-write.ts'
import { readWorld } from '../../src/files/read-world.ts'
import { say } from '../say.ts'
import type { Faults } from './services.ts'

const run = promisify(execFile)

/** Runs git in the demo's repository. */
export async function git(root: string, ...args: string[]): Promise<string> {
  const identity = ['-c', 'user.name=A person', '-c', 'user.email=person@acme.example']
  const { stdout } = await run('git', [...identity, ...args], { cwd: root })
  return stdout.trim()
}

/**
 * The two minutes: all is well but the way from Frankfurt to the CDN, which is said and not counted; the API slows down,
 * webhooks fail, both vantage points notice and incidents are proposed, a person merges them; the dashboard flaps and is
 * one unstable incident; everything recovers, the incidents are resolved. It waits for what it tells of, so that what it
 * says is what happened. `second` is how long a second of the story takes, in milliseconds.
 */
export async function tellStory(
  root: string,
  faults: Faults,
  second: number,
  signal: AbortSignal,
): Promise<void> {
  const wait = (seconds: number) => delay(seconds * second, undefined, { signal })
  const tell = (line: string) => say(`\n── ${line}`)
  const branch = (name: string, ending = '') =>
    untilThere(root, new RegExp(`incident/${name}/\\d{8}T\\d{4}${ending}$`, 'm'), signal)

  tell('All five services answer. Open the page; its strips hold a made-up past, and it says so.')
  await wait(4)
  faults.frankfurtCut = true
  tell('Two places look: New York and Frankfurt. The way from Frankfurt to the CDN is cut now.')
  await untilSeen(root, ({ id, dissent }) => id === 'cdn-europe' && dissent !== undefined, signal)
  tell(
    'The page says "Unreachable from Frankfurt (eu-1)", with its own time. New York reaches it, so it is not counted and no incident is proposed.',
  )
  await wait(8)
  faults.apiDelayMs = 900
  tell(
    'The API now takes 900 ms. Its check allows 400. The page will show it as measured, before anybody says a word.',
  )
  await wait(10)
  faults.webhooksDown = true
  tell('Webhooks answer 503 from now on.')
  const api = await branch('api')
  const webhooks = await branch('webhooks')
  tell(
    `Both places agree, and the outages have lasted ten seconds: two incidents wait as branches, each with a file to review.`,
  )
  say(await git(root, 'branch', '--list', '--format=%(refname:short)  %(contents:subject)', 'incident/*'))
  say(indent(await git(root, 'show', `${webhooks}:${await fileOn(root, webhooks)}`)))
  await wait(6)
  for (const name of [api, webhooks]) await mergeAsPerson(root, name)
  tell(
    'A person read them and merged both, and took out "automated: true": they are confirmed. The page now says what people say and what is measured, each with its own time.',
  )
  tell('The dashboard now fails and recovers, fails and recovers. Everything else answers again.')
  faults.apiDelayMs = 0
  faults.webhooksDown = false
  faults.frankfurtCut = false
  const flapping = flap(faults, signal)
  const resolved = [await branch('api', '-resolved'), await branch('webhooks', '-resolved')]
  tell('Five seconds of good answers: the resolutions are proposed, too. A person merges and confirms them.')
  await wait(4)
  for (const name of resolved) await mergeAsPerson(root, name)
  const shaky = await branch('dashboard')
  tell('After the fifth change within a minute the dashboard is one unstable incident, and stays one:')
  say(indent(await git(root, 'show', `${shaky}:${await fileOn(root, shaky)}`)))
  await mergeAsPerson(root, shaky)
  await flapping
  tell('It answers. The incident ends when nothing has changed for ten seconds, not before.')
  await mergeAsPerson(root, await branch('dashboard', '-resolved'))
  await wait(4)
  tell('That was it. What happened stands in git, and on the page below "Past 14 days":')
  say(await git(root, 'log', '--oneline', '--no-merges', '-12', '--', 'incidents'))
  const left = proposals(readWorld(root), Date.now()).filter(({ state }) => state === 'ongoing').length
  const unconfirmed = readWorld(root).incidents.filter(({ updates }) =>
    updates.some(({ automated }) => automated),
  )
  if (unconfirmed.length > 0) say(`${String(unconfirmed.length)} not confirmed by a person.`)
  say(left === 0 ? 'Nothing is open.' : `${String(left)} still open.`)
}

/** Down for five seconds, well for eight, three times: too short, each, for an incident. */
async function flap(faults: Faults, signal: AbortSignal): Promise<void> {
  for (let time = 0; time < 3; time++) {
    faults.dashboardDown = true
    await delay(5_000, undefined, { signal })
    faults.dashboardDown = false
    if (time < 2) await delay(8_000, undefined, { signal })
  }
}

/** Waits until the page shows what is looked for. */
async function untilSeen(
  root: string,
  shows: (row: ComponentRow) => boolean,
  signal: AbortSignal,
): Promise<void> {
  while (!siteFacts(readWorld(root), Date.now()).rows.some(shows)) await delay(500, undefined, { signal })
}

/** Merges what the probes propose, and says with the same breath that a person stands behind it. */
async function mergeAsPerson(root: string, branch: string): Promise<void> {
  const file = await fileOn(root, branch)
  await gitAgain(root, 'merge', '--quiet', '--no-edit', branch)
  const place = path.join(root, file)
  const text = readFileSync(place, 'utf8')
  writeFileAtomic(place, text.replaceAll(/^automated: true\n/gm, ''))
  // A commit of its own, of this file only: the probes commit to the same branch at any moment.
  const title = /^title: *"?(.*?)"?$/m.exec(text)?.[1] ?? file
  await gitAgain(root, 'commit', '--quiet', '-m', `Confirmed: ${title}`, '--', file)
}

/** A person whom the probes beat to a lock of git's tries again. */
async function gitAgain(root: string, ...args: string[]): Promise<void> {
  for (let left = 4; ; left--)
    try {
      await git(root, ...args)
      return
    } catch (error) {
      if (left === 0) throw error
      await delay(250)
    }
}

/** The name of the first branch that matches, as soon as there is one. */
async function untilThere(root: string, pattern: RegExp, signal: AbortSignal): Promise<string> {
  for (;;) {
    const found = pattern.exec(await git(root, 'branch', '--list', '--format=%(refname:short)'))
    if (found) return found[0]
    await delay(250, undefined, { signal })
  }
}

async function fileOn(root: string, branch: string): Promise<string> {
  return git(root, 'diff', '--name-only', `HEAD...${branch}`)
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '    ')
}
