import { describe, expect, it } from 'vitest'
import type { Problem } from '../model/problem.ts'
import { readIncident } from './read-incident.ts'
import { readMaintenance } from './read-maintenance.ts'
import { readComponents, readSite } from './read-settings.ts'

/**
 * Each row puts a mistake in the place of a good line: `▶` stands where the problem must be reported. A fix must be the
 * corrected line, and pasting it over the wrong one must make an end of the problem; `…` stands for "no fix can be told".
 */
type Row = [good: string, wrong: string, message: string | RegExp, fix: string]

const components = new Set(['api', 'web', 'webhooks'])

describe('incidents/*.md', () => {
  const good = `---
title: API slow
status: resolved
severity: major
affected:
  api: degraded
started: 2026-11-21T03:11:00Z
detected: 2026-11-21T03:12:10Z
resolved: 2026-11-21T03:50:00Z
postmortem: https://acme.example/post
reviewed: true
merged_into: 2026-11-20-other
split_from: 2026-11-19-other
retracted: false alarm
pinned: false
announcement: false
labels: [database]
caused_by_maintenance: 2026-11-18-move
source: https://old.example/1
---

## 2026-11-21 03:50 UTC resolved
affected: api=operational, web=operational
next_update_by: 04:20 UTC
eta: 2026-11-21T05:00:00Z
automated: true

It works again.

## 2026-11-21 03:16 UTC investigating

It is slow.

## Root cause

A full disk.
`
  const read = (source: string) => readIncident(source, 'incidents/2026-11-21-x.md', '', components).problems

  it('has no problem when it is right, but what nothing uses yet', () => {
    expect(read(good).map(({ level, message }) => `${level}: ${message}`)).toEqual([
      'warning: "postmortem" is read, but nothing uses it yet',
      'warning: "reviewed" is read, but nothing uses it yet',
      'warning: "pinned" is read, but nothing uses it yet',
      'warning: "caused_by_maintenance" is read, but nothing uses it yet',
    ])
  })

  // prettier-ignore
  const rows: Row[] = [
    ['pinned: false', '▶pinned: true', '"pinned" is read, but nothing uses it yet', '…'],
    ['postmortem: https', '▶postmortem: https', '"postmortem" is read, but nothing uses it yet', '…'],
    ['reviewed: true', '▶reviewed: false', '"reviewed" is read, but nothing uses it yet', '…'],
    ['caused_by', '▶caused_by', '"caused_by_maintenance" is read, but nothing uses it yet', '…'],
    ['title: API slow\n', '▶', '"title" is missing', 'title: …\nstatus: resolved'],
    ['title: API slow', 'title: ▶503', '"title": expected string, received number', 'title: "503"'],
    ['title: API slow', 'title: ▶true', '"title": expected string, received boolean', 'title: "true"'],
    ['title: API slow', 'title:▶', '"title" has no value; give it one or leave its line out', '…'],
    ['title: API slow', 'title: ▶""', /"title": expected string to have >=1 characters/, '…'],
    ['title: API slow', `title: ▶${'x'.repeat(301)}`, /"title": expected string to have <=300 characters/, '…'],
    ['title: API slow', 'title: ▶API: slow', 'a value that holds a colon must be in quotes', 'title: "API: slow"'],
    ['title: API slow', 'title: ▶[API]', '"title": expected string, received array', '…'],
    ['title: API slow', 'title: ▶"API slow', 'the closing " is missing', 'title: "API slow"'],
    ['title: API slow', '▶tilte: API slow', 'unknown key "tilte"; did you mean "title"?', 'title: API slow'],
    ['reviewed: true', '▶colour: red', /^unknown key "colour"; known here: title, status, severity/, '…'],
    ['reviewed: true', '▶constructor: red', /^unknown key "constructor"; known here/, '…'],
    ['reviewed: true', '▶__proto__: {a: 1}', '"__proto__" cannot be a key', '…'],
    ['reviewed: true', '▶title: Twice', 'the key "title" stands here a second time; the first one counts', '…'],
    ['reviewed: true', 'reviewed: ▶yes', '"reviewed": expected boolean, received string', 'reviewed: true'],
    ['pinned: false', 'pinned: ▶no', '"pinned": expected boolean, received string', 'pinned: false'],
    ['announcement: false', 'announcement: ▶0', '"announcement": expected boolean, received number', 'announcement: false'],
    ['status: resolved', 'status: ▶Resolved', /^"status" must be one of under_review, investigating/, 'status: resolved'],
    ['status: resolved', 'status: ▶fixed # at last', /^"status" must be one of/, '…'],
    ['status: resolved', 'status: ▶monitoring', '"status" says monitoring, the newest update says resolved; the update is shown', 'status: resolved'],
    ['severity: major', 'severity: ▶mayor', '"severity" must be one of minor, major, critical', 'severity: major'],
    ['severity: major', 'severity: ▶"Critical"', '"severity" must be one of minor, major, critical', 'severity: critical'],
    ['severity: major', 'severity: ▶down', '"severity" must be one of minor, major, critical', '…'],
    ['affected:\n  api: degraded', 'affected: ▶api', '"affected" has neither of the forms it may have', '…'],
    ['  api: degraded', '  api: ▶down', /^"api" must be one of operational, unknown/, '…'],
    ['  api: degraded', '  api: ▶major outage', /^"api" must be one of operational, unknown/, '  api: major_outage'],
    ['  api: degraded', '  ▶webhook: degraded', 'unknown component "webhook"; did you mean "webhooks"? known: api, web, webhooks', '  webhooks: degraded'],
    ['  api: degraded', '  ▶billing: degraded', 'unknown component "billing"; known: api, web, webhooks', '…'],
    ['  api: degraded', '  ▶constructor: degraded', /^unknown component "constructor"/, '…'],
    ['  api: degraded', '  ▶__proto__: degraded', '"__proto__" cannot be a key', '…'],
    ['affected:\n  api: degraded', 'affected: [api, ▶bwe]', /^unknown component "bwe"/, '…'],
    ['affected:\n  api: degraded', 'affected: [api, ▶webs]', /^unknown component "webs"; did you mean "web"/, 'affected: [api, web]'],
    ['affected:\n  api: degraded', 'affected:\n  - api\n  - ▶apis', /^unknown component "apis"; did you mean "api"/, '  - api'],
    ['  api: degraded', '▶\tapi: degraded', 'YAML is indented with spaces, not with tabs', '  api: degraded'],
    ['started: 2026-11-21T03:11:00Z', 'started: ▶2026-11-21T03:11', /"started": expected a date and time with an offset/, 'started: 2026-11-21T03:11:00Z'],
    ['started: 2026-11-21T03:11:00Z', 'started: ▶2026-11-21 03:11:30 # night', /"started": expected a date and time with an offset/, 'started: 2026-11-21T03:11:30Z # night'],
    ['started: 2026-11-21T03:11:00Z', 'started: ▶2026-11-21', /"started": expected a date and time with an offset/, 'started: 2026-11-21T00:00:00Z'],
    ['started: 2026-11-21T03:11:00Z', 'started: ▶2026-02-30T03:11:00Z', '"started": this date or time does not exist', '…'],
    ['started: 2026-11-21T03:11:00Z', 'started: ▶0206-11-21T03:11:00Z', '"started": the year 0206 is not between 1990 and 2200', '…'],
    ['started: 2026-11-21T03:11:00Z', 'started: ▶2201-01-01T00:00:00Z', '"started": the year 2201 is not between 1990 and 2200', '…'],
    ['detected: 2026-11-21T03:12:10Z', 'detected: ▶1989-12-31T23:59:59Z', '"detected": the year 1989 is not between 1990 and 2200', '…'],
    ['resolved: 2026-11-21T03:50:00Z', 'resolved: ▶9999-11-21T03:50:00Z', '"resolved": the year 9999 is not between 1990 and 2200', '…'],
    ['eta: 2026-11-21T05:00:00Z', '▶eta: 2926-11-21T05:00:00Z', '"eta": the year 2926 is not between 1990 and 2200', '…'],
    ['started: 2026-11-21T03:11:00Z', 'started: ▶2026-11-21T25:11:00Z', '"started": this date or time does not exist', '…'],
    ['started: 2026-11-21T03:11:00Z', 'started: ▶2026-11-21T03:11:00+99:00', /"started": expected a date and time/, '…'],
    ['started: 2026-11-21T03:11:00Z', 'started: ▶21.11.2026 03:11', /"started": expected a date and time/, '…'],
    ['started: 2026-11-21T03:11:00Z', 'started: ▶20261121', /"started": expected a date and time/, '…'],
    ['started: 2026-11-21T03:11:00Z\n', '', '"started" is missing; taken from the oldest update or the file name', 'started: 2026-11-21T03:16:00Z\ntitle: API slow'],
    ['detected: 2026-11-21T03:12:10Z', 'detected: ▶2026-11-21T03:12', /"detected": expected a date and time/, 'detected: 2026-11-21T03:12:00Z'],
    ['detected: 2026-11-21T03:12:10Z', 'detected: ▶2026-11-20T03:12:10Z', /^it is detected \(2026-11-20T03:12:10Z\) before it starts/, '…'],
    ['resolved: 2026-11-21T03:50:00Z', 'resolved: ▶2026-11-20T03:50:00Z', 'it ends (2026-11-20T03:50:00Z) before it starts (2026-11-21T03:11:00Z)', '…'],
    ['resolved: 2026-11-21T03:50:00Z', 'resolved: ▶2026-11-21T05:50:00Z', '"resolved" and the newest update\'s time differ: 2026-11-21T03:50:00Z', 'resolved: 2026-11-21T03:50:00Z'],
    ['resolved: 2026-11-21T03:50:00Z', 'resolved: ▶never', /"resolved": expected a date and time/, '…'],
    ['postmortem: https://acme.example/post', 'postmortem: ▶5', /"postmortem": expected string/, 'postmortem: "5"'],
    ['merged_into: 2026-11-20-other', 'merged_into: ▶{a: 1}', /"merged_into": expected string/, '…'],
    ['split_from: 2026-11-19-other', 'split_from: ▶1', /"split_from": expected string/, 'split_from: "1"'],
    ['retracted: false alarm', 'retracted: ▶true', /"retracted": expected string, received boolean/, 'retracted: "true"'],
    ['labels: [database]', 'labels: ▶database', '"labels": expected array, received string', 'labels: [database]'],
    ['labels: [database]', 'labels: [database, ▶5]', '"labels": expected string, received number', 'labels: [database, "5"]'],
    ['labels: [database]', 'labels:▶', '"labels" has no value; give it one or leave its line out', '…'],
    ['labels: [database]', 'labels: [▶*other]', /^aliases are not allowed here|Unresolved alias/, '…'],
    ['labels: [database]', 'labels: &all [▶*all]', /^aliases are not allowed here/, '…'],
    ['caused_by_maintenance: 2026-11-18-move', 'caused_by_maintenance: ▶1', /expected string/, 'caused_by_maintenance: "1"'],
    ['source: https://old.example/1', 'source: ▶old.example/1', /"source": Invalid URL/, 'source: https://old.example/1'],
    ['source: https://old.example/1', 'source: ▶javascript:alert(1)', /"source": Invalid URL/, '…'],
    ['labels: [database]', '▶<<: {severity: minor}', /^unknown key "<<"/, '…'],
    ['title: API slow', 'title: ▶!!js/function "x"', /^this is not YAML: Unresolved tag/, '…'],
    ['title: API slow', 'title: ▶"a\\u0000b"', 'an escape for a character that cannot be shown', 'title: "ab"'],
    ['title: API slow', 'title: ▶"a\\ud800b"', 'an escape for a character that cannot be shown', 'title: "ab"'],
    ['title: API slow', 'title: a▶\u0000b', /^a control character/, 'title: ab'],
    ['title: API slow', 'title: a▶\ud800b', /^a control character or half of a character/, 'title: ab'],

    ['## 2026-11-21 03:50 UTC resolved', '▶## 2026-11-21 03:50 resolved', 'a time without UTC or an offset; it is read as UTC', '## 2026-11-21 03:50 UTC resolved'],
    ['## 2026-11-21 03:50 UTC resolved', '▶## 2026-11-21 3:50 pm resolved', 'a time without UTC or an offset; it is read as UTC', '## 2026-11-21 3:50 pm UTC resolved'],
    ['## 2026-11-21 03:50 UTC resolved', '▶## 2026-11-21 03:50 CET resolved', /^"CET" is not one offset everywhere/, '…'],
    ['## 2026-11-21 03:50 UTC resolved', '▶## 2026-02-30 03:50 UTC resolved', /^the date or time in "2026-02-30 03:50 UTC resolved" does not exist/, '…'],
    ['## 2026-11-21 03:50 UTC resolved', '▶## 25:50 UTC resolved', /does not exist/, '…'],
    ['## 2026-11-21 03:50 UTC resolved', '▶## 0206-11-21 03:50 UTC resolved', 'the date or time in "0206-11-21 03:50 UTC resolved" cannot be: the year 0206 is not between 1990 and 2200', '…'],
    ['## Root cause', '▶## Resolved', /^a heading without a time is not an update/, '…'],
    ['## Root cause', '▶## 2026-11-21 identified', /^a heading without a time is not an update/, '…'],
    ['affected: api=operational, web=operational', 'affected: api=operational, ▶wep=operational', /^unknown component "wep"; did you mean "web"/, 'affected: api=operational, web=operational'],
    ['affected: api=operational, web=operational', 'affected: ▶api=up, web=operational', /^"up" is no status of a component/, 'affected: api=degraded, web=operational'],
    ['affected: api=operational, web=operational', 'affected: ▶api=partial-outage', /^"partial-outage" is no status/, 'affected: api=partial_outage'],
    ['affected: api=operational, web=operational', 'affected: ▶api', /^"api" has no status/, 'affected: api=degraded'],
    ['affected: api=operational, web=operational', '▶affected:', '"affected" has no value; give it one or leave its line out', '…'],
    ['affected: api=operational, web=operational', '▶affectd: api=operational', '"affectd" is not a fact of an update; did you mean "affected"?', 'affected: api=operational'],
    ['next_update_by: 04:20 UTC', '▶next_update_by: 04:20', /^"next_update_by" must be a time/, 'next_update_by: 04:20 UTC'],
    ['next_update_by: 04:20 UTC', '▶next_update_by: 2026-11-21T04:20', /^"next_update_by" must be a time/, 'next_update_by: 2026-11-21T04:20 UTC'],
    ['next_update_by: 04:20 UTC', '▶next_update_by: soon', /^"next_update_by" must be a time/, '…'],
    ['next_update_by: 04:20 UTC', '▶next_update_by: 2026-11-20T04:20:00Z', '"next_update_by" is before the update itself', '…'],
    ['next_update_by: 04:20 UTC', '▶Next update by: 04:20 UTC', /^"Next update by" is not a fact of an update/, 'next_update_by: 04:20 UTC'],
    ['eta: 2026-11-21T05:00:00Z', '▶ETA: 05:00 UTC', /^"ETA" is not a fact of an update/, 'eta: 05:00 UTC'],
    ['eta: 2026-11-21T05:00:00Z', '▶eta: 2026-02-30T05:00:00Z', /^"eta" must be a time/, '…'],
    ['eta: 2026-11-21T05:00:00Z', '▶next_update_by: 05:00 UTC', '"next_update_by" stands here a second time; the first one counts', '…'],
    ['automated: true', '▶automated: perhaps', '"automated" is true or false', 'automated: true'],
    ['A full disk.', '▶```\nA full disk.', /^this code is never closed/, '…'],
    ['A full disk.', '▶<!-- A full disk.', /^this comment is never closed/, '…'],
  ]
  table(rows, good, 'incidents/2026-11-21-x.md', read)

  it('keeps what is right of a map that is partly wrong', () => {
    const source = good.replace('  api: degraded', '  api: down\n  web: degraded')
    const { incident } = readIncident(source, 'incidents/2026-11-21-x.md', '', components)
    expect(incident).toMatchObject({
      title: 'API slow',
      affected: { web: 'degraded' },
      severity: 'major',
      readFully: false,
    })
  })
})

describe('maintenance/*.md', () => {
  const good = `---
title: Move to a new machine
starts: 2026-12-02T07:00
ends: 2026-12-02T07:30
timezone: Europe/Berlin
status: scheduled
affected: [api]
impact: A minute or two.
emergency: false
reason: The old one is old.
cancelled: false
extended_to: 2026-12-02T08:00:00Z
labels: [sample]
except: []
source: https://old.example/1
---

## 2026-11-19 10:00 UTC scheduled

We move.
`
  const read = (source: string) =>
    readMaintenance(source, 'maintenance/2026-12-02-x.md', '', components).problems

  it('has no problem when it is right, but what nothing uses yet', () => {
    expect(read(good).map(({ level, message }) => `${level}: ${message}`)).toEqual([
      'warning: "except" is read, but nothing uses it yet',
    ])
  })

  // prettier-ignore
  const rows: Row[] = [
    ['except: []', '▶changes: {}', '"changes" is read, but nothing uses it yet', '…'],
    ['except: []', '▶except: []', '"except" is read, but nothing uses it yet', '…'],
    ['title: Move to a new machine\n', '▶', '"title" is missing', 'title: …\nstarts: 2026-12-02T07:00'],
    ['title: Move to a new machine', 'title: ▶7', /"title": expected string/, 'title: "7"'],
    ['starts: 2026-12-02T07:00\n', '', '"starts" is missing', 'starts: 2026-11-21T03:00:00Z\ntitle: Move to a new machine'],
    ['starts: 2026-12-02T07:00', 'starts: ▶tomorrow', /^"starts": expected a date and time/, '…'],
    ['starts: 2026-12-02T07:00', 'starts: ▶0206-12-02T07:00', '"starts": the year 0206 is not between 1990 and 2200', '…'],
    ['ends: 2026-12-02T07:30', 'ends: ▶2926-12-02T06:30:00Z', '"ends": the year 2926 is not between 1990 and 2200', '…'],
    ['extended_to: 2026-12-02T08:00:00Z', 'extended_to: ▶2926-12-02T08:00:00Z', '"extended_to": the year 2926 is not between 1990 and 2200', '…'],
    ['ends: 2026-12-02T07:30', 'duration: ▶100000d', '"duration" is too long: the year 2300 is not between 1990 and 2200', '…'],
    ['ends: 2026-12-02T07:30', 'duration: ▶99999999999999d', '"duration" is too long: this is not between 1990 and 2200', '…'],
    ['starts: 2026-12-02T07:00', 'starts: ▶2026-02-30T07:00', /^"starts": expected a date and time/, '…'],
    ['starts: 2026-12-02T07:00', 'starts: ▶2026-03-29T02:30', /^"starts": the clocks in Europe\/Berlin skip 2026-03-29T02:30:00/, 'starts: 2026-03-29T03:30:00+02:00'],
    ['starts: 2026-12-02T07:00', 'starts: ▶2026-10-25T02:30', /^"starts": the clocks in Europe\/Berlin show 2026-10-25T02:30:00 twice/, 'starts: 2026-10-25T02:30:00+02:00'],
    ['ends: 2026-12-02T07:30', 'ends: ▶soon', /^"ends": expected a date and time/, '…'],
    ['ends: 2026-12-02T07:30', 'ends: ▶2026-12-01T07:30', 'it ends (2026-12-01T06:30:00Z) before it starts (2026-12-02T06:00:00Z)', '…'],
    ['ends: 2026-12-02T07:30\n', '', 'either "ends" or "duration" must be given', 'duration: 1h\ntitle: Move to a new machine'],
    ['ends: 2026-12-02T07:30', 'duration: ▶30 minutes', /^"duration": expected a duration/, 'duration: 30m'],
    ['ends: 2026-12-02T07:30', 'duration: ▶2 weeks', /^"duration": expected a duration/, 'duration: 14d'],
    ['ends: 2026-12-02T07:30', 'duration: ▶90', /^"duration": expected a duration/, 'duration: 90s'],
    ['ends: 2026-12-02T07:30', 'duration: ▶a while', /^"duration": expected a duration/, '…'],
    ['impact: A minute or two.', 'duration: ▶1h', '"ends" stands here too, and counts', '…'],
    ['timezone: Europe/Berlin', 'timezone: ▶Europe/Berln', /^"timezone": expected an IANA time zone/, 'timezone: Europe/Berlin'],
    ['timezone: Europe/Berlin', 'timezone: ▶Mars/Olympus', /^"timezone": expected an IANA time zone/, '…'],
    ['timezone: Europe/Berlin\nstatus: scheduled', 'status: ▶done', /^"status" must be one of scheduled, in_progress/, '…'],
    ['starts: 2026-12-02T07:00\nends: 2026-12-02T07:30\ntimezone: Europe/Berlin', 'starts: ▶2026-12-02T07:00\nends: 2026-12-02T08:30:00Z', '"starts": a local time needs an offset, or "timezone" beside it', 'starts: 2026-12-02T07:00:00Z'],
    ['status: scheduled', 'status: ▶in progress', /^"status" must be one of scheduled, in_progress/, 'status: in_progress'],
    ['affected: [api]', 'affected: [▶apo]', /^unknown component "apo"; did you mean "api"/, 'affected: [api]'],
    ['affected: [api]', 'affected: {api: ▶under maintenance}', /^"api" must be one of/, 'affected: {api: under_maintenance}'],
    ['impact: A minute or two.', 'impact: ▶2', /"impact": expected string/, 'impact: "2"'],
    ['emergency: false', 'emergency: ▶no', /"emergency": expected boolean/, 'emergency: false'],
    ['reason: The old one is old.', 'reason: ▶1', /"reason": expected string/, 'reason: "1"'],
    ['cancelled: false', 'cancelled: ▶5', '"cancelled" has neither of the forms it may have', '…'],
    ['extended_to: 2026-12-02T08:00:00Z', 'extended_to: ▶2026-12-01T08:00:00Z', /^it ends \(2026-12-01T08:00:00Z\) before it starts/, '…'],
    ['extended_to: 2026-12-02T08:00:00Z', 'extended_to: ▶later', /^"extended_to": expected a date and time/, '…'],
    ['labels: [sample]', 'labels: ▶sample', /"labels": expected array/, 'labels: [sample]'],
    ['except: []', 'except: ▶2026-12-09', /"except": expected array/, 'except: [2026-12-09]'],
    ['except: []', '▶repeat: FREQ=WEEKLY', 'repeated windows are not worked out yet; only the first is shown', '…'],
    ['except: []', 'repeat: ▶7', /"repeat": expected string/, 'repeat: "7"'],
    ['source: https://old.example/1', 'source: ▶ftp://old.example', /"source": Invalid URL/, '…'],
    ['title: Move to a new machine', '▶titel: Move', 'unknown key "titel"; did you mean "title"?', 'title: Move'],
  ]
  table(rows, good, 'maintenance/2026-12-02-x.md', read)
})

describe('site.yaml', () => {
  const good = `name: Example
url: https://status.example.com
timezone: Europe/Berlin
locale: en
locales: [de, pt-BR]
sample: false
brand:
  logo: logo.svg
  accent: "#1c4f8f"
  home: https://example.com
  links:
    - name: Help
      url: https://example.com/help
  white_label: false
uptime:
  weights:
    degraded: 0.1
  exclude_maintenance: true
incidents:
  publish: pr
  open_after: 2m
  resolve_after: 2m
  auto_merge_after: 5m
  flapping:
    changes: 4
    within: 1h
    quiet: 30m
policy:
  severity:
    major:
      first_update: 10m
      cadence: 30m
      postmortem: 5d
  maintenance_notice: 3d
  escalation:
    - after: 30m
      notify: [ops]
notify:
  - channel: slack
    url: \${SLACK_WEBHOOK_URL}
live:
  - https://live.example.com
history:
  branch: history
  live_to:
    - branch
    - { to: 'https://live.example.com/{writer}.json', authorization: "Bearer \${LIVE_TOKEN}" }
  interval: 60s
vantage_points:
  - id: eu-1
    name: Frankfurt
    region: Europe
  - id: us-1
    name: Virginia
service: https://api.example.com
`
  const read = (source: string) => readSite(source).problems

  it('has no problem when it is right, but what nothing uses yet', () => {
    expect(read(good).map(({ level, message }) => `${level}: ${message}`)).toEqual([
      'warning: "locales" is read, but nothing uses it yet',
      'warning: "logo" is read, but nothing uses it yet',
      'warning: "policy" is read, but nothing uses it yet',
      'warning: "notify" is read, but nothing uses it yet',
      'warning: "service" is read, but nothing uses it yet',
    ])
  })

  // prettier-ignore
  const rows: Row[] = [
    ['policy:', '▶policy:', '"policy" is read, but nothing uses it yet', '…'],
    ['  logo:', '  ▶logo:', '"logo" is read, but nothing uses it yet', '…'],
    ['notify:\n', '▶notify:\n', '"notify" is read, but nothing uses it yet', '…'],
    ['service:', '▶service:', '"service" is read, but nothing uses it yet', '…'],
    ['  - https://live.example.com', '  - ▶live.example.com', /^"live": expected an address that begins with https/, '  - https://live.example.com'],
    ['    - branch', '    - ▶ftp://example.com/x', /^"live_to": expected branch, or an address/, '…'],
    ['    - branch', '    - ▶https://me:secret@example.com/x', /^"live_to": no password in an address/, '…'],
    ['"Bearer ${LIVE_TOKEN}"', '▶secret', /^"authorization": a secret: name an environment variable/, '…'],
    ['locales:', '▶locales:', '"locales" is read, but nothing uses it yet', '…'],
    ['name: Example\n', '▶', '"name" is missing', 'name: …\nurl: https://status.example.com'],
    ['name: Example', 'name: ▶7', /"name": expected string/, 'name: "7"'],
    ['name: Example', '▶nmae: Example', 'unknown key "nmae"; did you mean "name"?', 'name: Example'],
    ['url: https://status.example.com\n', '', '"url" is missing', 'url: https://status.example.com\nname: Example'],
    ['url: https://status.example.com', 'url: ▶status.example.com', /^"url": expected an address/, 'url: https://status.example.com'],
    ['url: https://status.example.com', 'url: ▶ftp://status.example.com', /^"url": expected an address/, '…'],
    ['timezone: Europe/Berlin', 'timezone: ▶europe/berln', /^"timezone": expected an IANA time zone/, 'timezone: Europe/Berlin'],
    ['locale: en', 'locale: ▶en_US', /^"locale": expected a language/, '…'],
    ['locales: [de, pt-BR]', 'locales: ▶de', /^"locales": expected array/, 'locales: [de]'],
    ['locales: [de, pt-BR]', 'locales: [de, ▶x]', /^"locales": expected a language/, '…'],
    ['sample: false', 'sample: ▶off', /^"sample": expected boolean/, 'sample: false'],
    ['  logo: logo.svg', '  logo: ▶[a]', /^"logo": expected string/, '…'],
    ['  logo: logo.svg', '  ▶lgo: logo.svg', 'unknown key "lgo"; did you mean "logo"?', '  logo: logo.svg'],
    ['  accent: "#1c4f8f"', '  accent: ▶"#14f"', /^"accent": expected a colour/, '  accent: "#1144ff"'],
    ['  accent: "#1c4f8f"', '  accent: ▶blue', /^"accent": expected a colour/, '…'],
    ['  accent: "#1c4f8f"', '  accent: ▶#1c4f8f', /^"accent" has no value/, '…'],
    ['  home: https://example.com', '  home: ▶example.com', /^"home": Invalid URL/, '  home: https://example.com'],
    ['      url: https://example.com/help', '      url: ▶/help', /^"url": Invalid URL/, '…'],
    ['    - name: Help\n      url: https://example.com/help', '    - ▶url: https://example.com/help', '"name" is missing', '    - name: …\n      url: https://example.com/help'],
    ['  white_label: false', '  white_label: ▶1', /^"white_label": expected boolean/, '  white_label: true'],
    ['    degraded: 0.1', '    degraded: ▶2', '"degraded": expected number to be <=1', '    degraded: 1'],
    ['    degraded: 0.1', '    degraded: ▶-1', '"degraded": expected number to be >=0', '    degraded: 0'],
    ['    degraded: 0.1', '    degraded: ▶"0.1"', /^"degraded": expected number, received string/, '    degraded: 0.1'],
    ['    degraded: 0.1', '    ▶degradd: 0.1', 'unknown key "degradd"; did you mean "degraded"?', '    degraded: 0.1'],
    ['  exclude_maintenance: true', '  exclude_maintenance: ▶yes', /expected boolean/, '  exclude_maintenance: true'],
    ['  publish: pr', '  publish: ▶prs', '"publish" must be one of commit, pr, pr+live', '  publish: pr'],
    ['  open_after: 2m', '  open_after: ▶2', /^"open_after": expected a duration/, '  open_after: 2s'],
    ['  resolve_after: 2m', '  resolve_after: ▶2 min.', /^"resolve_after": expected a duration/, '…'],
    ['  auto_merge_after: 5m', '  auto_merge_after: ▶5 minutes', /^"auto_merge_after": expected a duration/, '  auto_merge_after: 5m'],
    ['    changes: 4', '    changes: ▶1', '"changes": expected number to be >=2', '    changes: 2'],
    ['    within: 1h', '    within: ▶1 hour', /^"within": expected a duration/, '    within: 1h'],
    ['    quiet: 30m', '    ▶quite: 30m', 'unknown key "quite"; did you mean "quiet"?', '    quiet: 30m'],
    ['    major:', '    ▶mayor:', 'unknown key "mayor"; did you mean "major"?', '    major:'],
    ['      first_update: 10m', '      first_update: ▶never', /^"first_update": expected a duration/, '…'],
    ['      cadence: 30m', '      ▶cadnce: 30m', 'unknown key "cadnce"; did you mean "cadence"?', '      cadence: 30m'],
    ['      postmortem: 5d', '      postmortem: ▶5 days', /^"postmortem": expected a duration/, '      postmortem: 5d'],
    ['  maintenance_notice: 3d', '  maintenance_notice: ▶72 hours', /expected a duration/, '  maintenance_notice: 72h'],
    ['    - after: 30m\n      notify: [ops]', '    - ▶notify: [ops]', '"after" is missing', '    - after: 30m\n      notify: [ops]'],
    ['      notify: [ops]', '      notify: ▶ops', /^"notify": expected array/, '      notify: [ops]'],
    ['  - channel: slack\n    url', '  - ▶url', '"channel" is missing', '  - channel: …\n    url: ${SLACK_WEBHOOK_URL}'],
    ['    url: ${SLACK_WEBHOOK_URL}', '    url: ▶https://hooks.slack.test/T0/x', /^"url": a secret: name an environment variable/, '…'],
    ['live:\n  - https://live.example.com', 'live: ▶5', /^"live": expected array/, '…'],
    ['  branch: history', '  branch: ▶--upload-pack=x', /^"branch": expected the name of a branch/, '…'],
    ['  white_label: false', '  white_label: ▶no', /^"white_label": expected boolean/, '  white_label: false'],
    ['  interval: 60s', '  interval: ▶60', /^"interval": expected a duration/, '  interval: 60s'],
    ['  - id: us-1', '  - id: ▶eu-1', 'the id "eu-1" is taken; the second is left out', '  - id: eu-1-2'],
    ['  - id: us-1', '  - id: ▶US 1', /^"id": expected a writer name/, '…'],
    ['  - id: us-1\n    name: Virginia', '  - ▶id: us-1', '"name" is missing', '  - name: …\n    id: us-1'],
    ['    region: Europe', '    ▶regoin: Europe', 'unknown key "regoin"; did you mean "region"?', '    region: Europe'],
    ['    region: Europe', '    region: ▶[]', /^"region": expected string/, '…'],
    ['service: https://api.example.com', 'service: ▶api.example.com', /^"service": Invalid URL/, 'service: https://api.example.com'],
    ['  white_label: false', '▶\twhite_label: false', 'YAML is indented with spaces, not with tabs', '  white_label: false'],
  ]
  table(rows, good, 'site.yaml', read)

  it('keeps every other key of a group in which one is wrong', () => {
    const { site } = readSite(good.replace('"#1c4f8f"', 'blue').replace('publish: pr', 'publish: mail'))
    expect(site.brand).toMatchObject({ logo: 'logo.svg', home: 'https://example.com' })
    expect(site.incidents).toMatchObject({ publish: 'pr+live', open_after: 120_000 })
    expect(site.name).toBe('Example')
  })

  it('keeps the first of two vantage points with one id, and those beside one that is wrong', () => {
    const ids = (source: string) => readSite(source).site.vantage_points.map(({ id, name }) => [id, name])
    expect(ids(good.replace('us-1', 'eu-1'))).toEqual([['eu-1', 'Frankfurt']])
    expect(ids(good.replace('    name: Frankfurt\n', ''))).toEqual([['us-1', 'Virginia']])
  })

  it.each(['', '- a list', 'just words', 'name: [', '{', 'url: 5', 'name: 5\nbrand: 7'])(
    'of %j gives a site all the same',
    (source) => {
      const { site, problems } = readSite(source)
      expect(site).toMatchObject({ name: 'Status', url: 'http://localhost:4321', timezone: 'UTC' })
      expect(problems.length).toBeGreaterThan(0)
    },
  )
})

describe('components.yaml', () => {
  const good = `groups:
  - id: core
    name: Core
    description: What all else needs
    only_show_if_degraded: false
components:
  - id: api
    name: API
    group: core
    description: REST
    link: https://api.example.com
    only_show_if_degraded: false
    since: 2026-01-01T00:00:00Z
    check:
      - http: https://api.example.com/health
        method: GET
        headers: { accept: application/json }
        body: ping
        redirects: 5
        every: 60s
        timeout: 10s
        retries: 2
        confirm: 2
        from: [eu]
        quorum: 1
        degraded_over: 800ms
        down_over: 2s
        expect:
          - status == 200
          - json $.database == "up"
        degraded_unless:
          - json $.queue < 100
      - tcp: db.example.com:5432
      - dns: example.com
        record: A
        resolver: 192.0.2.53
      - tls: example.com:443
        server_name: example.com
        expect: [certificate > 14d]
    metrics:
      - id: throughput
        name: Requests
        unit: req/s
        prometheus: { url: "http://localhost:9090", query: up }
        warn_over: 5
  - id: web
    name: Web
    check:
      http: https://example.com
      timeout: 2s
`
  const read = (source: string) => readComponents(source).problems

  it('has no problem when it is right', () => {
    expect(read(good)).toEqual([])
  })

  // prettier-ignore
  const rows: Row[] = [
    ['        warn_over: 5', '        ▶warn_ovr: 5', 'unknown key "warn_ovr"; did you mean "warn_over"?', '        warn_over: 5'],
    ['        warn_over: 5', '        warn_over: 5\n        crit_over: ▶4', /must not be less than `warn_over`/, '…'],
    ['      - id: throughput', '      - ▶push: true\n        id: throughput', /exactly one source \(prometheus, json, push\), found prometheus and push/, '…'],
    ['groups:', '▶grups:', 'unknown key "grups"; did you mean "groups"?', 'groups:'],
    ['  - id: core', '  - id: ▶Core Team', /^"id": expected an id/, '  - id: core-team'],
    ['  - id: core\n    name: Core', '  - ▶id: core', '"name" is missing', '  - name: …\n    id: core'],
    ['    name: Core', '    name: ▶5', /^"name": expected string/, '    name: "5"'],
    ['    description: What all else needs', '    ▶descripton: x', 'unknown key "descripton"; did you mean "description"?', '    description: x'],
    ['    description: What all else needs\n    only_show_if_degraded: false', '    only_show_if_degraded: ▶yes', /expected boolean/, '    only_show_if_degraded: true'],
    ['  - id: api\n    name: API', '  - ▶name: API', '"id" is missing', '  - id: api\n    name: API'],
    ['  - id: api', '  - id: ▶API', /^"id": expected an id/, '  - id: api'],
    ['  - id: api', '  - id: ▶constructor', '"id": this word cannot be an id', '…'],
    ['  - id: web', '  - id: ▶api', 'the id "api" is taken; the second is left out', '  - id: api-2'],
    ['    group: core', '    group: ▶platform', 'unknown group "platform"; known: core', '…'],
    ['    group: core', '    group: ▶cor', 'unknown group "cor"; did you mean "core"?', '    group: core'],
    ['    link: https://api.example.com', '    link: ▶api.example.com', /^"link": Invalid URL/, '    link: https://api.example.com'],
    ['    since: 2026-01-01T00:00:00Z', '    since: ▶2026-01-01', /^"since": expected a date and time/, '    since: 2026-01-01T00:00:00Z'],
    ['    since: 2026-01-01T00:00:00Z', '    ▶sinc: 2026-01-01T00:00:00Z', 'unknown key "sinc"; did you mean "since"?', '    since: 2026-01-01T00:00:00Z'],
    ['      - http: https://api.example.com/health', '      - http: ▶api.example.com/health', /^"http": expected an address/, '      - http: https://api.example.com/health'],
    ['      - http: https://api.example.com/health', '      - http: ▶ftp://api.example.com', /^"http": expected an address/, '…'],
    ['      - http: https://api.example.com/health', '      - ▶htp: https://api.example.com', /^"check": expected exactly one kind of check \(http, tcp, dns, tls/, '…'],
    ['        method: GET', '        method: ▶get', /^"method" must be one of GET, HEAD/, '        method: GET'],
    ['        headers: { accept: application/json }', '        headers: { accept: ▶5 }', /^"accept": expected string/, '        headers: { accept: "5" }'],
    ['        body: ping', '        body: ▶5', /^"body": expected string/, '        body: "5"'],
    ['        redirects: 5', '        redirects: ▶50', '"redirects": expected number to be <=20', '        redirects: 20'],
    ['        every: 60s', '        every: ▶60', /^"every": expected a duration/, '        every: 60s'],
    ['        timeout: 10s', '        timeout: ▶10 seconds', /^"timeout": expected a duration/, '        timeout: 10s'],
    ['        timeout: 10s', '        ▶timeot: 10s', 'unknown key "timeot"; did you mean "timeout"?', '        timeout: 10s'],
    ['        retries: 2', '        retries: ▶-1', '"retries": expected number to be >=0', '        retries: 0'],
    ['        retries: 2', '        retries: ▶"2"', /^"retries": expected (number|int), received string/, '        retries: 2'],
    ['        confirm: 2', '        confirm: ▶0', '"confirm": expected number to be >=1', '        confirm: 1'],
    ['        confirm: 2', '        confirm: ▶1.5', /^"confirm": expected int/, '…'],
    ['        from: [eu]', '        from: ▶eu', /^"from": expected array/, '        from: [eu]'],
    ['        quorum: 1', '        quorum: ▶many', /^"quorum": expected number/, '…'],
    ['        degraded_over: 800ms', '        degraded_over: ▶0.8', /^"degraded_over": expected a duration/, '        degraded_over: 0.8s'],
    ['          - json $.queue < 100', '          - json $.queue < ▶"100"', /^expected a number without quotes/, '          - json $.queue < 100'],
    ['        down_over: 2s', '        down_over: ▶2 sec', /^"down_over": expected a duration/, '        down_over: 2s'],
    ['          - status == 200', '          - ▶statu == 200', /^unknown subject "statu"/, '          - status == 200'],
    ['          - status == 200', '          - status ▶= 200', /^unknown operator "="/, '          - status == 200'],
    ['          - status == 200', '          - "status == ▶OK"', /expected a status code/, '…'],
    ['        expect:\n          - status == 200\n          - json $.database == "up"', '        expect: ▶status == 200', /^"expect": expected array/, '…'],
    ['      - tcp: db.example.com:5432', '      - tcp: ▶db.example.com', /^"tcp": expected host:port/, '…'],
    ['      - tcp: db.example.com:5432', '      - tcp: ▶db.example.com:99999', '"tcp": a port is at most 65535', '…'],
    ['      - tcp: db.example.com:5432', '      - ▶tcp: db.example.com:5432\n        http: https://x.example', /^"check": expected exactly one kind of check .* found http and tcp/, '…'],
    ['      - tcp: db.example.com:5432', '      - tcp: db.example.com:5432\n        expect: [▶status == 200]', /^a tcp check has no status/, '…'],
    ['        record: A', '        record: ▶a', /^"record" must be one of A, AAAA/, '        record: A'],
    ['        resolver: 192.0.2.53', '        resolver: ▶53', /^"resolver": expected string/, '        resolver: "53"'],
    ['      - tls: example.com:443', '      - tls: ▶https://example.com', /^"tls": expected host:port/, '…'],
    ['        server_name: example.com', '        server_name: ▶5', /^"server_name": expected string/, '        server_name: "5"'],
    ['        expect: [certificate > 14d]', '        expect: [certificate > ▶14]', /expected a duration/, '        expect: [certificate > 14d]'],
    ['      - id: throughput', '      - id: ▶Through put', /^"id": expected an id/, '      - id: through-put'],
    ['        name: Requests\n', '', '"name" is missing', '      - name: …\n        id: throughput'],
    ['        unit: req/s', '        ▶units: req/s', 'unknown key "units"; did you mean "unit"?', '        unit: req/s'],
    ['        prometheus: { url: "http://localhost:9090", query: up }', '        prometheus: ▶{ query: up }', '"url" is missing', '        prometheus: { url: https://status.example.com, query: up }'],
    ['        warn_over: 5', '        warn_over: ▶"5"', /^"warn_over": expected number/, '        warn_over: 5'],
    ['      http: https://example.com\n      timeout: 2s', '      http: https://example.com\n      timeout: ▶2', /^"timeout": expected a duration/, '      timeout: 2s'],
    ['    check:\n      http: https://example.com\n      timeout: 2s', '    check: ▶https://example.com', /expected a check, such as http/, '…'],
    ['  - id: web\n    name: Web', '  - ▶web\n  - id: web\n    name: Web', /expected object, received string/, '…'],
  ]
  table(rows, good, 'components.yaml', read)

  describe('where site.yaml lists vantage points', () => {
    const places = ['eu', 'us-1', 'us-2'].map((id) => ({ id, name: id }))
    // prettier-ignore
    const rows: Row[] = [
      ['        from: [eu]', '        from: [▶us-3]', 'unknown vantage point "us-3"; did you mean "us-1"?', '        from: [us-1]'],
      ['        from: [eu]', '        from: [eu, ▶frankfurt]', 'unknown vantage point "frankfurt"; known: eu, us-1, us-2', '…'],
      ['        quorum: 1', '        quorum: ▶2', 'a quorum of 2 of 1 vantage points is all of them', '        quorum: 1'],
      ['        from: [eu]\n        quorum: 1', '        quorum: ▶4', 'a quorum of 4 of 3 vantage points is all of them', '        quorum: 3'],
    ]
    table(rows, good, 'components.yaml', (source) => readComponents(source, places).problems)

    it('makes the checks that name others all the same: a probe may come before its line', () => {
      const { components } = readComponents(good.replace('[eu]', '[ap-1]'), places)
      expect(components[0]?.checks[0]?.options.from).toEqual(['ap-1'])
      expect(readComponents(good.replace('[eu]', '[ap-1]')).problems).toEqual(readComponents(good).problems)
    })
  })

  it('keeps a component with its name and the rest when its check is wrong, and the others whole', () => {
    const { components } = readComponents(good.replace('retries: 2', 'retries: many'))
    expect(components.map(({ id, group, checks }) => [id, group, checks.length])).toEqual([
      ['api', 'core', 0],
      ['web', undefined, 1],
    ])
  })

  it.each<[what: string, good: string, wrong: string, checks: number, readFully: boolean]>([
    ['all is right', 'retries: 2', 'retries: 3', 4, true],
    ['only its name is wrong', 'name: API', 'name: 5', 4, true],
    ['an option is wrong', 'retries: 2', 'retries: many', 0, false],
    ['a condition is wrong', 'status == 200', 'statu == 200', 3, false],
    ['a condition does not fit its kind', '[certificate > 14d]', '[status == 200]', 3, false],
    ['its key is misspelt', '    check:\n      - http', '    chekc:\n      - http', 0, false],
    ['a second check hides behind the same key', '    metrics:', '    check: 5\n    metrics:', 4, false],
    ['an alias stands for it', '- tcp: db.example.com:5432', '- tcp: *db', 0, false],
  ])(
    'tells a component whose checks were all read from one where %s',
    (_, goodLine, wrong, checks, whole) => {
      const [api, web] = readComponents(good.replace(goodLine, () => wrong)).components
      expect([api?.checks.length, api?.readFully]).toEqual([checks, whole])
      expect([web?.checks.length, web?.readFully]).toEqual([1, true])
    },
  )

  it.each(['check:', 'check: 5', 'check: {}', 'check: [5]'])('does not take %j for no check', (check) => {
    const { components } = readComponents(`components:\n  - id: api\n    name: API\n    ${check}\n`)
    expect(components).toMatchObject([{ checks: [], readFully: false }])
  })

  it('takes a component without a check for one that people declare', () => {
    const { components } = readComponents('components:\n  - id: api\n    name: API\n')
    expect(components).toMatchObject([{ checks: [], readFully: true }])
  })

  it('keeps what stands above when the rest is no YAML', () => {
    const { components, problems } = readComponents(`${good}  - id: "late\n`)
    expect(components.map(({ id }) => id)).toEqual(['api', 'web', 'late'])
    expect(components.map(({ readFully }) => readFully)).toEqual([true, true, false])
    expect(problems.filter(({ level }) => level === 'error')).toHaveLength(1)
  })

  it('finds a quorum that cannot be met in a check that is no list', () => {
    const check = 'check:\n      http: https://example.com\n      quorum: 3'
    const places = ['eu-1', 'us-1'].map((id) => ({ id, name: id }))
    expect(
      readComponents(`components:\n  - id: web\n    name: Web\n    ${check}\n`, places).problems,
    ).toMatchObject([{ level: 'warning', line: 6, column: 15, fix: '      quorum: 2' }])
  })
})

/** Every row: the problem is found at its place, and its fix is one. */
function table(rows: Row[], good: string, file: string, read: (source: string) => Problem[]): void {
  it.each(rows)('%j → %j', (goodLines, marked, message, fix) => {
    expect(good).toContain(goodLines)
    const withMark = good.replace(goodLines, () => marked)
    const place = withMark.slice(0, withMark.indexOf('▶')).split('\n')
    const source = withMark.replace('▶', '')
    const found = read(source).find((problem) =>
      typeof message === 'string' ? problem.message === message : message.test(problem.message),
    )
    expect(found, JSON.stringify(read(source), null, 1)).toMatchObject({ file })
    if (found === undefined) return
    if (marked.includes('▶'))
      expect([found.line, found.column]).toEqual([place.length, (place.at(-1) ?? '').length + 1])
    expect(found.found).toBe(
      (source.split('\n')[found.line - 1] ?? '')
        .replaceAll(/[\0\ud800]/g, '\uFFFD')
        .trim()
        .slice(0, 119) + ((source.split('\n')[found.line - 1] ?? '').trim().length > 120 ? '…' : ''),
    )
    expect(found.fix ?? '…').toBe(fix)
    if (found.fix === undefined) return
    const mended = source.split('\n')
    mended.splice(found.line - 1, 1, found.fix)
    const pasted = found.fix.split('\n').length
    const after = read(mended.join('\n'))
    expect(after.filter((problem) => problem.message === found.message)).toEqual([])
    expect(
      after
        .filter(({ line, level }) => level === 'error' && line >= found.line && line < found.line + pasted)
        .map((one) => one.message),
    ).toEqual([])
  })
}
