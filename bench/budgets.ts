import type { Unit } from './contract.ts'

/** What a row must not exceed: its value in its own unit, or its ratio to what it is held against. */
export interface Budget {
  row: string
  limit: number
  unit: Unit | '×'
  source: string
}

/** Every number that the project promises. */
export const budgets: Budget[] = [
  {
    row: 'home page of 25 components, brotli',
    limit: 14_000,
    unit: 'bytes',
    source: 'what a server sends before it waits for the first answer: ten packets of 1,460 bytes (RFC 6928)',
  },
  {
    row: 'pass over 1,000 endpoints',
    limit: 1.2,
    unit: '×',
    source: 'a check costs little more than the request it makes',
  },
  {
    row: 'beat over 10,000 endpoints, longest pass',
    limit: 60_000,
    unit: 'ms',
    source: 'a pass that is longer than the beat delays the next',
  },
  {
    row: 'beat over 10,000 endpoints, event loop p99',
    limit: 100,
    unit: 'ms',
    source: 'what waits in the event loop is counted as the latency of an endpoint',
  },
  {
    row: 'heap after an hour of passes',
    limit: 1.1,
    unit: '×',
    source: 'a daemon runs for months: what a pass takes, the next gives back',
  },
  {
    row: 'year of history, packed',
    limit: 2.5,
    unit: 'MiB',
    source: 'a simulation of the layout with git packed it to 2.1 MiB',
  },
  {
    row: 'year of 200 components, packed',
    limit: 30,
    unit: 'MiB',
    source:
      'what the project promises; a clone of it takes seconds, and hosts ask questions at a hundred times that',
  },
  {
    row: 'five years, read from a clone of depth 1',
    limit: 1_000,
    unit: 'ms',
    source: 'what the project promises: a build begins with it',
  },
  {
    row: 'build of 1,000 incidents, cold',
    limit: 2,
    unit: '×',
    source: 'compiling the pages is a fixed cost of a second or so',
  },
  {
    row: 'build of 10,000 incidents, cold',
    limit: 1.3,
    unit: '×',
    source: 'nearly all of the time is Markdown, which the floor reads too',
  },
  {
    row: 'build of 10,000 incidents, one changed',
    limit: 1.5,
    unit: '×',
    source: 'what a build costs is to grow with what changed, not with what there is',
  },
  {
    row: '500 components × 90 days, read and derived',
    limit: 250,
    unit: 'ms',
    source: 'a page that is built every minute may not spend it on adding up',
  },
]
