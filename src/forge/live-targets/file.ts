import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeFileAtomic } from '../../files/atomic-write.ts'
import type { SaveLive } from './contract.ts'

/** `file:<path>`: a file of this machine, or of a disk that it has mounted; replaced as a whole. */
export const toFile: SaveLive = async ({ text }, { to, root }) => {
  writeFileAtomic(filePath(to, root), text)
}

/** `file:///srv/live.json` and `file:/srv/live.json` are one path; `file:live.json` is below the world. */
export function filePath(address: string, root: string): string {
  return address.startsWith('file://')
    ? fileURLToPath(address)
    : path.resolve(root, address.slice('file:'.length))
}
