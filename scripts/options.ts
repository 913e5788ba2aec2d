import path from 'node:path'
import { InvalidArgumentError, Option } from 'commander'
import { parseDuration, parseInstant } from '../src/model/time.ts'

/** What every command takes. */
export interface RootOption {
  root: string
}

export const rootOption = () =>
  new Option('--root <world>', 'the folder that holds site.yaml and components.yaml')
    .default(process.cwd(), 'this folder')
    .argParser((folder) => path.resolve(folder))

export const jsonOption = () => new Option('--json', 'print what a machine can read')

/** `50m`, `60s`; a bare `0` is none. In milliseconds. */
export function durationArgument(text: string): number {
  const milliseconds = text === '0' ? 0 : parseDuration(text)
  if (milliseconds === undefined) throw new InvalidArgumentError('It is a duration such as 60s, 50m or 1h.')
  return milliseconds
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
