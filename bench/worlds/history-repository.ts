import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { historyGrowth, type Additions } from '../../src/files/history-lines.ts'
import { SECOND, type Instant } from '../../src/model/time.ts'
import { run } from '../measure.ts'

/**
 * A bare repository that history is committed to as a probe with `--commit` does it, one commit for each pass that has
 * something to say, through `git fast-import`: its objects are those that the slower way makes.
 */
export async function openHistoryRepository(folder: string): Promise<HistoryRepository> {
  await run('git', ['init', '--quiet', '--bare', '--initial-branch=main', folder])
  const git = spawn('git', ['fast-import', '--quiet'], { cwd: folder, stdio: ['pipe', 'inherit', 'inherit'] })
  const files = new Map<string, string>()
  let commits = 0
  return {
    async commit(additions, at, message) {
      const growth = historyGrowth(additions)
      if (growth.length === 0) return
      commits++
      const parts = [
        `commit refs/heads/main\ncommitter Candor <candor@localhost> ${String(Math.floor(at / SECOND))} +0000\n`,
        data(message),
      ]
      for (const { path, grow } of growth) {
        const content = grow(files.get(path))
        files.set(path, content)
        parts.push(`M 100644 inline ${path}\n`, data(content))
      }
      if (!git.stdin.write(parts.join(''))) await once(git.stdin, 'drain')
    },
    async close() {
      git.stdin.end()
      const [code] = (await once(git, 'close')) as [number]
      if (code !== 0) throw new Error(`git fast-import ended with ${String(code)}`)
      return { commits, files }
    },
  }
}

export interface HistoryRepository {
  /** Commits the lines of a pass, if there are any. */
  commit: (additions: Additions, at: Instant, message: string) => Promise<void>
  close: () => Promise<{ commits: number; files: ReadonlyMap<string, string> }>
}

function data(text: string): string {
  return `data ${String(Buffer.byteLength(text))}\n${text}\n`
}
