import { expect, it } from 'vitest'
import { beatText, readBeat, writeBeat } from '../src/files/beat-store.ts'
import { readComponents } from '../src/files/read-settings.ts'
import { saveBeat } from '../src/forge/beat-branch.ts'
import { openLocalGit } from '../src/forge/local-git.ts'
import { iso, MINUTE } from '../src/model/time.ts'
import { bareRepository } from '../src/testing/git-repository.ts'
import { worldFolder } from '../src/testing/write-world.ts'
import { knownBeats } from './known-beats.ts'

const now = Date.UTC(2026, 10, 21, 12)
const { components } = readComponents(
  'components: [{ id: backup, name: Backup, check: [{ tcp: "a:1" }, { heartbeat: 1h }, { heartbeat: 1d }] }]',
)

it('waits for the first beat since it was first asked for, and no longer than until it comes', async () => {
  const root = worldFolder({})
  const first = await knownBeats(root, components, { now })
  expect(first.awaiting).toEqual({ 'backup/1': iso(now), 'backup/2': iso(now) })
  writeBeat(root, 'backup/2', { at: now })
  const next = await knownBeats(root, components, { now: now + MINUTE, awaiting: first.awaiting })
  expect(next.awaiting).toEqual({ 'backup/1': iso(now) })
  expect(next.beatsOf('backup/1')).toEqual({ awaitedSince: now })
  expect(next.beatsOf('backup/2')?.last).toEqual({ at: now })
  expect(next.beatsOf('backup/0')).toBeUndefined()
})

it('keeps what it reads from branches, where that is newer', async () => {
  const root = worldFolder({})
  const repository = await openLocalGit(await bareRepository({}))
  writeBeat(root, 'backup/1', { at: now - 2 })
  writeBeat(root, 'backup/2', { at: now })
  await saveBeat(repository, 'backup/1', beatText('backup/1', { at: now - 1, failed: 'disk full' }))
  await saveBeat(repository, 'backup/2', beatText('backup/2', { at: now - 1 }))
  const { beatsOf, failures } = await knownBeats(root, components, { now, repository })
  expect(failures).toEqual([])
  expect(beatsOf('backup/1')?.last).toEqual({ at: now - 1, failed: 'disk full' })
  expect(readBeat(root, 'backup/1').beat).toEqual({ at: now - 1, failed: 'disk full' })
  expect(beatsOf('backup/2')?.last).toEqual({ at: now })
})

it.each([
  ['{', 'is not JSON'],
  ['{"v":1,"check":"backup/1","at":"today"}', 'at: expected a UTC time'],
  ['{"v":1,"check":"mail/0","at":"2026-11-21T03:11:00Z"}', 'holds a beat of mail/0'],
])('says what of a beat cannot be read, and that it is unread: %s', async (text, why) => {
  const here = await knownBeats(worldFolder({ '.candor/beats/backup.1.json': text }), components, { now })
  expect(here.failures).toEqual([expect.stringContaining(`.candor/beats/backup.1.json`)])
  expect(here.beatsOf('backup/1')?.unread).toContain(why)

  const repository = await openLocalGit(await bareRepository({}))
  await saveBeat(repository, 'backup/1', text)
  const there = await knownBeats(worldFolder({}), components, { now, repository })
  expect(there.failures).toEqual([expect.stringContaining(why)])
  expect(there.beatsOf('backup/1')?.unread).toContain(why)
})

it('says why branches could not be read, and goes on with what is here', async () => {
  const root = worldFolder({})
  writeBeat(root, 'backup/1', { at: now })
  const repository = await openLocalGit(await bareRepository({}))
  const broken = { ...repository, listBranches: () => Promise.reject(new Error('rate limited')) }
  const { beatsOf, failures } = await knownBeats(root, components, { now, repository: broken })
  expect(failures).toEqual(['beats not fetched: rate limited'])
  expect(beatsOf('backup/1')).toEqual({
    last: { at: now },
    awaitedSince: now,
    unread: 'beats not fetched: rate limited',
  })
})

it('gives up a forge that does not answer', async () => {
  const hanging = {
    ...(await openLocalGit(await bareRepository({}))),
    listBranches: () => new Promise<never>(() => undefined),
  }
  const { failures } = await knownBeats(worldFolder({}), components, {
    now,
    repository: hanging,
    patienceMs: 50,
  })
  expect(failures).toEqual(['beats not fetched: no answer within 50 ms'])
})
