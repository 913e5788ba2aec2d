import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** The folder that holds Candor itself. */
export const projectRoot = path.resolve(import.meta.dirname, '../..')

/** A hash of everything that decides how a world is read and shown: our own code, and the versions it stands on. */
export function sourceDigest(): string {
  const hash = createHash('sha256')
  const sources = readdirSync(path.join(projectRoot, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:ts|astro|css|js)$/.test(name) && !/\.test\.ts$|^testing\b/.test(name))
    .sort()
    .map((name) => path.join('src', name))
  for (const name of [...sources, 'astro.config.ts', 'package.json', 'package-lock.json']) {
    const bytes = readIfThere(path.join(projectRoot, name))
    if (bytes) hash.update(name).update(bytes)
  }
  return hash.digest('hex').slice(0, 16)
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
