import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../testing/git-repository.ts'
import { firstCommits } from './first-commits.ts'

const at = (hour: number) => Date.parse(`2026-11-20T${String(hour).padStart(2, '0')}:00:00Z`)

function commit(root: string, files: Record<string, string>, hour: number): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
    writeFileSync(path.join(root, name), text)
  }
  const date = new Date(at(hour)).toISOString()
  const env = { ...process.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date }
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.com', ...args], {
      cwd: root,
      env,
      stdio: 'pipe',
    })
  git('add', '.')
  git('commit', '-qm', 'x')
}

it('says when each file first came in, wherever the world lies in the repository', async () => {
  const repository = await temporaryFolder()
  execFileSync('git', ['init', '-q', '-b', 'main'], { cwd: repository })
  commit(repository, { 'world/site.yaml': 'x', 'world/maintenance/old.md': 'x' }, 1)
  commit(repository, { 'world/maintenance/a.md': 'x', 'world/maintenance/ü b.md': 'x' }, 2)
  commit(repository, { 'world/maintenance/a.md': 'y', 'world/maintenance/c.md': 'y' }, 3)
  const found = await firstCommits(path.join(repository, 'world'), 'maintenance')
  // The first commit of all may be an import: what was before it, it does not know.
  expect(new Map(found)).toEqual(
    new Map([
      ['maintenance/a.md', at(2)],
      ['maintenance/ü b.md', at(2)],
      ['maintenance/c.md', at(3)],
    ]),
  )
  const shallow = path.join(await temporaryFolder(), 'clone')
  execFileSync('git', ['clone', '-q', '--depth=1', `file://${repository}`, shallow], { stdio: 'pipe' })
  expect(await firstCommits(path.join(shallow, 'world'), 'maintenance')).toBeUndefined()
})

it('says nothing where there is no repository', async () => {
  expect(await firstCommits(await temporaryFolder(), 'maintenance')).toBeUndefined()
})
