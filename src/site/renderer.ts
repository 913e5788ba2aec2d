import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { projectRoot, sourceDigest } from './source-digest.ts'

/** Turns a route and its view into HTML. */
export interface Renderer {
  /** Changes when anything does that decides how a page looks. */
  digest: string
  /** In UTF-8: to be written as it is, since ten thousand pages decoded and encoded again take half a second. */
  render: (route: string, view: unknown) => Promise<Uint8Array>
}

/** Compiled renderers that are kept: today's, and those of the branches one goes back and forth between. */
const KEPT = 3

/**
 * Opens the renderer of the pages as they stand in `src`. Astro takes about a second to compile them and a tenth of a
 * millisecond to render one, so the compiled module is kept by the hash of its sources, and a build pays the second
 * only when the pages themselves have changed. `onCompile` is told before that happens. CANDOR_RENDERER_CACHE names
 * another folder for it than the one in `node_modules`.
 */
export async function openRenderer(onCompile: () => void = () => undefined): Promise<Renderer> {
  const digest = sourceDigest()
  const shelf =
    process.env['CANDOR_RENDERER_CACHE'] ?? path.join(projectRoot, 'node_modules', '.cache', 'candor')
  const folder = path.join(shelf, digest)
  const entry = path.join(folder, 'server', 'entry.mjs')
  if (!existsSync(entry)) {
    onCompile()
    await compile(shelf, folder)
  }
  const { render } = (await import(pathToFileURL(entry).href)) as Pick<Renderer, 'render'>
  return { digest, render }
}

/** Compiles beside the place and moves it there whole, so that another build never imports half a renderer. */
async function compile(shelf: string, folder: string): Promise<void> {
  const temporary = `${folder}.${String(process.pid)}.tmp`
  mkdirSync(shelf, { recursive: true })
  await runAstro(temporary)
  try {
    renameSync(temporary, folder)
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true })
    // Another build of the same sources was faster: its result is the same.
    if (!existsSync(folder)) throw error
  }
  const old = readdirSync(shelf)
    .map((name) => ({ name, at: statSync(path.join(shelf, name)).mtimeMs }))
    .sort((a, b) => b.at - a.at)
    .slice(KEPT)
  for (const { name } of old)
    if (path.join(shelf, name) !== folder) rmSync(path.join(shelf, name), { recursive: true, force: true })
}

function runAstro(outDir: string): Promise<void> {
  const manifest = createRequire(import.meta.url).resolve('astro/package.json')
  const bin = path.join(path.dirname(manifest), 'bin', 'astro.mjs')
  const child = spawn(process.execPath, [bin, 'build', '--silent'], {
    cwd: projectRoot,
    env: { ...process.env, CANDOR_RENDERER: outDir, ASTRO_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`the pages could not be compiled:\n${said.trim()}`))
    })
  })
}
