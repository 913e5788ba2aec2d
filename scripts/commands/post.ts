import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { InvalidArgumentError, type Command } from 'commander'
import { currentImpact, isOpen } from '../../src/derive/incident-state.ts'
import { writeFileAtomic } from '../../src/files/atomic-write.ts'
import { nearest } from '../../src/model/nearest.ts'
import { readIncident } from '../../src/files/read-incident.ts'
import { readWorld } from '../../src/files/read-world.ts'
import { addUpdate, writeIncident, type NewUpdate } from '../../src/files/write-incident.ts'
import type { Incident } from '../../src/model/incident.ts'
import {
  incidentPhaseNames,
  severityNames,
  severities,
  type IncidentPhase,
  type Severity,
  type Status,
} from '../../src/model/status.ts'
import { iso, MINUTE, utcDay } from '../../src/model/time.ts'
import type { World } from '../../src/model/world.ts'
import { openForge } from '../open-forge.ts'
import { durationArgument, jsonOption, rootOption, type RootOption } from '../options.ts'
import { problemLines, say, UsageError, visible } from '../say.ts'
import { sinceArgument } from '../since.ts'

interface PostOptions extends RootOption {
  message?: string
  title?: string
  severity?: Severity
  next?: number
  phase?: IncidentPhase
  since?: number
  new?: true
  commit?: true
  push?: string
  json?: true
}

/** `down`, `degraded`, `update` and `ok`: one line each, for somebody who was woken. */
export function postCommands(program: Command): void {
  opening(program, 'down', 'major_outage', 'post that components are down')
  opening(program, 'degraded', 'degraded', 'post that components are slow or partly failing')
  promising(
    program.command('update').argument('[incident]', 'its id; the only open one where left out'),
    'add an update to an open incident',
  )
    .option('--phase <phase>', incidentPhaseNames.join(', '), oneOf<IncidentPhase>(incidentPhaseNames))
    .action((id: string | undefined, options: PostOptions) =>
      addTo(id, options, options.phase ?? 'update', 'No change yet. We are still working on it.'),
    )
  posting(
    program.command('ok').argument('[incident]', 'its id; the only open one where left out'),
    'resolve an open incident',
  ).action((id: string | undefined, options: PostOptions) =>
    addTo(id, options, 'resolved', 'This is resolved.'),
  )
}

function opening(program: Command, name: string, status: Status, description: string): void {
  promising(program.command(name).argument('<components>', 'ids, with commas between: api,web'), description)
    .option('-t, --title <title>', 'what users notice; made from the components where left out')
    .option('--severity <severity>', severityNames.join(', '), oneOf<Severity>(severityNames))
    .option('--since <time>', 'when it began, such as "03:10 UTC"; now where left out', (text) =>
      sinceArgument(text, Date.now()),
    )
    .option('--new', 'even where an open incident names one of them already')
    .action((components: string, options: PostOptions) => openIncident(components, status, options))
}

/** What is not over names the time at which more will be said. */
function promising(command: Command, description: string): Command {
  return posting(command, description).option(
    '--next <duration>',
    'promise the next update within this time',
    durationArgument,
  )
}

function posting(command: Command, description: string): Command {
  return command
    .description(description)
    .addOption(rootOption())
    .option('-m, --message <text>', 'what to say, in Markdown; a plain sentence where left out')
    .option('--commit', 'commit it at once')
    .option('--push <remote>', 'commit it there, and not here')
    .addOption(jsonOption())
}

async function openIncident(list: string, status: Status, options: PostOptions): Promise<void> {
  const world = readWorld(options.root)
  const ids = new Set(list.split(',').map((name) => name.trim()))
  const components = [...ids].map((one) => componentOf(world, one))
  const names = components.map(({ name }) => name)
  const word = status === 'degraded' ? 'degraded' : 'down'
  if (!options.new) refuseTold(world, components)
  const now = Math.floor(Date.now() / 1000) * 1000
  const startedAt = options.since ?? now
  const title = asLine(options.title) ?? `${sentenceList(names)} ${names.length === 1 ? 'is' : 'are'} ${word}`
  const id = freeId(
    options.root,
    `${utcDay(startedAt)}-${slug(options.title ?? `${components.map(({ id: one }) => one).join('-')}-${word}`)}`,
  )
  const severity =
    options.severity ?? severityNames.find((name) => severities[name].implies === status) ?? 'major'
  const text =
    asText(options.message) ?? `We are seeing problems with ${sentenceList(names)}. We are looking into it.`
  const source = writeIncident(
    {
      title,
      severity,
      affected: Object.fromEntries(components.map((component) => [component.id, status])),
      startedAt,
    },
    [{ ...updateOf(options, now, text), phase: 'investigating' }],
  )
  await publish(options, world, `incidents/${id}.md`, source, `Incident: ${title}`)
}

async function addTo(
  id: string | undefined,
  options: PostOptions,
  phase: NewUpdate['phase'],
  fallback: string,
): Promise<void> {
  const world = readWorld(options.root)
  const incident = await openIncidentOf(options.root, world, phase === 'resolved' ? 'ok' : 'update', id)
  if (phase === 'resolved' && !isOpen(incident, Date.now()))
    throw new UsageError(`${incident.id} is resolved already. To add to it: status update ${incident.id}`)
  const now = Math.floor(Date.now() / 1000) * 1000
  const source = readFileSync(path.join(options.root, incident.file), 'utf8')
  const text = addUpdate(source, { ...updateOf(options, now, asText(options.message) ?? fallback), phase })
  await publish(
    options,
    world,
    incident.file,
    text,
    `${phase === 'resolved' ? 'Resolved' : 'Update'}: ${incident.title}`,
  )
}

function updateOf({ next }: PostOptions, at: number, text: string): NewUpdate {
  return {
    at,
    phase: 'update',
    text,
    ...(next !== undefined && { nextUpdateBy: Math.ceil((at + next) / MINUTE) * MINUTE }),
  }
}

async function publish(
  options: PostOptions,
  world: World,
  file: string,
  source: string,
  subject: string,
): Promise<void> {
  const { root, commit, push, json } = options
  refuseUnreadable(root, world, file, source)
  const place = path.join(root, file)
  mkdirSync(path.dirname(place), { recursive: true })
  writeFileAtomic(place, source)
  say(`wrote ${path.relative(process.cwd(), place)}`)
  let sha: string | undefined
  if (commit || push !== undefined) {
    const { forge, prefix } = await openForge(root, process.env, push === undefined ? {} : { remote: push })
    const branch = await forge.mainBranch()
    const message = visible(subject.replaceAll(/\s+/g, ' ')).slice(0, 120)
    sha = (await forge.commit({ branch, message, change: () => [{ path: prefix + file, content: source }] }))
      ?.sha
    say(sha === undefined ? 'already committed' : `committed ${sha.slice(0, 8)} to ${branch}`)
  } else if (!json) say('not committed yet: add --commit, or commit and push it yourself')
  if (json) process.stdout.write(`${JSON.stringify({ file, ...(sha !== undefined && { commit: sha }) })}\n`)
}

/** What is about to be written is read as the page will read it. What was wrong in the file before stays people's. */
function refuseUnreadable(root: string, world: World, file: string, source: string): void {
  const place = path.join(root, file)
  const ids = new Set(world.components.map(({ id }) => id))
  const before = existsSync(place) ? errorsIn(readFileSync(place, 'utf8'), file, ids) : []
  const fresh = errorsIn(source, file, ids).filter(
    (problem) => !before.some(({ message, found }) => message === problem.message && found === problem.found),
  )
  if (fresh.length > 0)
    throw new UsageError(
      `Nothing was written, because it could not be read back:\n${fresh.flatMap(problemLines).join('\n')}`,
    )
}

function errorsIn(source: string, file: string, ids: ReadonlySet<string>) {
  return readIncident(source, file, '', ids).problems.filter(({ level }) => level === 'error')
}

/** What a terminal or a script leaves in a pasted text and nobody meant to say. */
const NOISE = /(?![\n\t])\p{Cc}/gu

/** `undefined` where nothing is said. */
function asText(message: string | undefined): string | undefined {
  const text = message?.replaceAll(/\r\n?/g, '\n').replaceAll(NOISE, '')
  return text?.trim() === '' ? undefined : text
}

function asLine(title: string | undefined): string | undefined {
  return title?.replaceAll(/\s+/g, ' ').replaceAll(NOISE, '').trim()
}

function componentOf(world: World, id: string) {
  const found = world.components.find((component) => component.id === id)
  if (found) return found
  const ids = world.components.map((component) => component.id)
  const meant = nearest(id, ids)
  throw new UsageError(
    `There is no component "${id}".${meant === undefined ? '' : ` Did you mean "${meant}"?`} Known: ${ids.join(', ') || 'none'}.`,
  )
}

/** A second file about what is known already is nearly always an update that was meant. */
function refuseTold(world: World, components: World['components']): void {
  const told = world.incidents
    .filter((incident) => isOpen(incident, Date.now()))
    .find((incident) =>
      components.some(({ id }) => (currentImpact(incident)[id] ?? 'operational') !== 'operational'),
    )
  if (!told) return
  throw new UsageError(
    `Already open: ${told.id} (${visible(told.title)}). Did you mean: ${toCopy('update', told.id)} -m …\nTo post another one all the same, add --new.`,
  )
}

/** The incident of an id, or the only open one. `verb` is what somebody wants to do with it. */
async function openIncidentOf(root: string, world: World, verb: string, given?: string): Promise<Incident> {
  const open = world.incidents.filter((incident) => isOpen(incident, Date.now()))
  const list = open
    .map(
      ({ id, title, startedAt }) =>
        `  ${visible(title)}, since ${iso(startedAt).slice(0, 16).replace('T', ' ')} UTC\n    ${toCopy(verb, id)} -m …`,
    )
    .join('\n')
  if (given !== undefined) {
    const id = given.replace(/^(?:.*\/)?incidents\//, '').replace(/\.md$/, '')
    const found = world.incidents.find((incident) => incident.id === id)
    if (found) return found
    throw new UsageError(
      `There is no incident "${id}".${open.length > 0 ? ` Open are:\n${list}` : ' None is open.'}`,
    )
  }
  const [only, second] = open
  if (second) throw new UsageError(`Several incidents are open; say which:\n${list}`)
  if (only) return only
  const [branch] = await waitingBranches(root, world)
  throw new UsageError(
    branch === undefined
      ? 'No incident is open. Open one with: status down <components>'
      : `No incident is open on this branch. An incident of the probes waits on ${visible(branch)}: merge it with git merge ${visible(branch)}, then post.`,
  )
}

/** Branches of the probes with an incident that the world does not hold yet. */
async function waitingBranches(root: string, world: World): Promise<string[]> {
  const names = await openForge(root, process.env)
    .then(({ forge }) => forge.listBranches('incident/'))
    // Only a hint for somebody whose command fails anyway: without a repository, or without its forge, there is none.
    .catch(() => [])
  return names.filter((name) => {
    const [, component = '', day = '', time = ''] = /^incident\/([^/]+)\/(\d{8})T(\d{4})$/.exec(name) ?? []
    const id = `${day.replace(/(\d{4})(\d{2})/, '$1-$2-')}-${component}-${time}`
    return component !== '' && !world.incidents.some((incident) => incident.id === id)
  })
}

function toCopy(verb: string, id: string): string {
  return `npm run status -- ${verb} ${id}`
}

function freeId(root: string, wanted: string): string {
  let id = wanted
  for (let count = 2; existsSync(path.join(root, 'incidents', `${id}.md`)); count++)
    id = `${wanted}-${String(count)}`
  return id
}

function slug(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036F]/g, '')
    .toLowerCase()
  return (
    plain
      .replaceAll(/[^a-z0-9]+/g, '-')
      .slice(0, 60)
      .replaceAll(/^-|-$/g, '') || 'incident'
  )
}

function sentenceList(names: string[]): string {
  return new Intl.ListFormat('en').format(names)
}

function oneOf<T extends string>(words: readonly T[]): (text: string) => T {
  return (text) => {
    const found = words.find((word) => word === text)
    if (found === undefined) throw new InvalidArgumentError(`It is one of ${words.join(', ')}.`)
    return found
  }
}
