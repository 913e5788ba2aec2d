import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { siteFacts } from '../../src/derive/site-facts.ts'
import { readWorld } from '../../src/files/read-world.ts'
import { writeIncident } from '../../src/files/write-incident.ts'
import { utcDay } from '../../src/model/time.ts'
import type { Bench } from '../contract.ts'
import { median, timed } from '../measure.ts'

/** Real incidents, which are not part of the project; see the README of that folder. */
const record = path.resolve(import.meta.dirname, '../../../shared/data/github-incidents.jsonl')

/** Four years of a real page: 819 incidents of GitHub, as people wrote them. */
export const gitHubRecord: Bench = {
  name: 'github-record',
  about: 'reading and deriving four years of real incidents, nothing remembered',
  async run({ quick, folder, say }) {
    if (!existsSync(record)) {
      say('the record of GitHub is not on this machine: left out')
      return []
    }
    const lines = readFileSync(record, 'utf8')
      .trim()
      .split('\n')
      .slice(0, quick ? 20 : undefined)
    const incidents = lines
      .map((line) => JSON.parse(line) as Recorded)
      .filter(({ updates }) => updates.length > 0)
    writeRecord(folder, incidents)
    const now = Date.parse('2026-11-21T00:00:00Z')
    const times: number[] = []
    for (let round = 0; round < (quick ? 1 : 5); round++)
      times.push(await timed(() => siteFacts(readWorld(folder), now)))
    const value = median(times)
    const note = `${(value / incidents.length).toFixed(2)} ms an incident`
    return [{ name: `reading ${String(incidents.length)} incidents of GitHub`, value, unit: 'ms', note }]
  },
}

function writeRecord(folder: string, incidents: Recorded[]): void {
  mkdirSync(path.join(folder, 'incidents'))
  writeFileSync(path.join(folder, 'site.yaml'), 'name: GitHub\nurl: https://status.example.com\n')
  writeFileSync(path.join(folder, 'components.yaml'), 'components:\n  - { id: github, name: GitHub }\n')
  for (const { id, title, started_at, updates } of incidents) {
    const startedAt = Date.parse(started_at)
    const text = writeIncident(
      { title, severity: 'minor', affected: { github: 'degraded' }, startedAt },
      updates.map(({ at, status, message }) => ({
        at: Date.parse(at),
        phase: status === 'Resolved' ? 'resolved' : 'update',
        text: message,
      })),
    )
    writeFileSync(path.join(folder, 'incidents', `${utcDay(startedAt)}-${id}.md`), text)
  }
}

interface Recorded {
  id: string
  title: string
  started_at: string
  updates: { at: string; status: string; message: string }[]
}
