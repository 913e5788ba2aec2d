import path from 'node:path'
import { InvalidArgumentError, Option } from 'commander'
import { DAY, parseDuration, parseInstant, SECOND } from '../src/model/time.ts'
import { UsageError } from './say.ts'

/** What every command takes. */
export interface RootOption {
  root: string
}

export const rootOption = () =>
  new Option('--root <world>', 'the folder that holds site.yaml and components.yaml')
    .default(process.cwd(), 'this folder')
    .argParser((folder) => path.resolve(folder))

export const jsonOption = () => new Option('--json', 'print what a machine can read')

export const everyOption = () =>
  new Option(
    '--every <duration>',
    'the time between two passes; history.interval of site.yaml, else 60s',
  ).argParser(beatArgument)

export const writerOption = () =>
  new Option('--writer <name>', 'the name of this vantage point; CANDOR_WRITER, else "local"').argParser(
    writerArgument,
  )

export const portOption = () =>
  new Option('--port <number>', 'where it is served; 0 is any free one').default(4321).argParser(portArgument)

export const beatsOption = () =>
  new Option(
    '--beats <address>',
    'take beats of jobs over HTTP at [host:]port; the host is 127.0.0.1',
  ).argParser(addressArgument)

/** `4322`, `0.0.0.0:4322`, `[::1]:4322`. */
function addressArgument(text: string): { host: string; port: number } {
  const [, bare = '127.0.0.1', port = ''] = /^(?:(.+):)?(\d+)$/.exec(text) ?? []
  const host = bare.replace(/^\[(.*)\]$/, '$1')
  if (port === '' || (host.includes(':') && host === bare))
    throw new InvalidArgumentError('It is a port or host:port, such as 4322, 0.0.0.0:4322 or [::1]:4322.')
  return { host, port: portArgument(port) }
}

/** `50m`, `60s`; a bare `0` is none. In milliseconds. */
export function durationArgument(text: string): number {
  const milliseconds = text === '0' ? 0 : parseDuration(text)
  if (milliseconds === undefined) throw new InvalidArgumentError('It is a duration such as 60s, 50m or 1h.')
  return milliseconds
}

/** The time between two passes. Timers hold no more than 24 days, and a page that old is of no use to anybody. */
function beatArgument(text: string): number {
  const milliseconds = durationArgument(text)
  if (milliseconds < SECOND || milliseconds > DAY)
    throw new InvalidArgumentError('It is at least 1s and at most 1d.')
  return milliseconds
}

function portArgument(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN
  if (!(port <= 65_535)) throw new InvalidArgumentError('It is a number from 0 to 65535.')
  return port
}

/** What the environment says under a name, read as an option is; `undefined` where it says nothing. */
export function fromEnvironment<T>(name: string, parse: (text: string) => T): T | undefined {
  const text = process.env[name]
  if (text === undefined || text === '') return undefined
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error
    throw new UsageError(`The environment variable ${name} is "${text}". ${error.message}`)
  }
}

export function instantArgument(text: string): number {
  const at = parseInstant(text)
  if (at === undefined)
    throw new InvalidArgumentError('It is a time with an offset, such as 2026-11-21T03:11:00Z.')
  return at
}

/** A vantage point's name: part of file and branch names. */
export function writerArgument(text: string): string {
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(text))
    throw new InvalidArgumentError('It is made of small letters, digits and hyphens, at most 40 of them.')
  return text
}
