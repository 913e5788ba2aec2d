import { existsSync, watch, type FSWatcher } from 'node:fs'
import path from 'node:path'

/** Where people write entries. */
const folders = ['incidents', 'maintenance', 'corrections']

/**
 * Calls `onChange` with the name of a file of the world that a person has changed, once for a burst of changes.
 * What the probes write is not watched: they say so themselves. Returns what ends it.
 */
export function watchWorld(root: string, onChange: (name: string) => void): () => void {
  const watchers = new Map<string, FSWatcher>()
  let timer: NodeJS.Timeout | undefined
  const notice = (name: string) => {
    clearTimeout(timer)
    // Editors write a file in several steps.
    timer = setTimeout(() => {
      watchFolders()
      onChange(name)
    }, 150)
  }
  const add = (folder: string, matches: (name: string) => boolean) => {
    if (watchers.has(folder) || !existsSync(folder)) return
    const watcher = watch(folder, (_event, name) => {
      if (name !== null && matches(name)) notice(path.relative(root, path.join(folder, name)))
    })
    watcher.on('error', () => watchers.delete(folder))
    watchers.set(folder, watcher)
  }
  const watchFolders = () => {
    add(root, (name) => ['site.yaml', 'components.yaml', ...folders].includes(name))
    for (const folder of folders) add(path.join(root, folder), (name) => name.endsWith('.md'))
  }
  watchFolders()
  return () => {
    clearTimeout(timer)
    for (const watcher of watchers.values()) watcher.close()
  }
}
