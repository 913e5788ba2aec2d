import type { BuildReport } from '../src/site/build-site.ts'
import { openRenderer } from '../src/site/renderer.ts'
import { sourceDigest } from '../src/site/source-digest.ts'
import type { Instant } from '../src/model/time.ts'
import type { World } from '../src/model/world.ts'
import { plural, say } from './say.ts'

/** Reads a world and builds its site; the pages compile while the files are read. */
export async function buildWorld({
  root,
  out,
  now,
  onProgress,
}: {
  root: string
  out: string
  now: Instant
  onProgress?: (done: number, total: number) => void
}): Promise<{ world: World; report: BuildReport; milliseconds: number }> {
  const begin = performance.now()
  const opening = openRenderer(() => say('compiling the pages …'))
  opening.catch(() => undefined) // Awaited below; reading the world first must not leave a rejection unhandled.
  // Loaded only now, so that compiling begins a quarter of a second earlier.
  const { readWorldInThreads } = await import('../src/files/read-world.ts')
  const { buildSite } = await import('../src/site/build-site.ts')
  const world = await readWorldInThreads(root, { cache: { key: sourceDigest(), now } })
  const report = await buildSite(world, {
    out,
    now,
    renderer: await opening,
    ...(onProgress && { onProgress }),
  })
  return { world, report, milliseconds: performance.now() - begin }
}

export function buildLine({ written, kept, removed, failed }: BuildReport, milliseconds: number): string {
  const parts = [
    `${plural(written, 'file')} written`,
    ...(kept > 0 ? [`${String(kept)} unchanged`] : []),
    ...(removed > 0 ? [`${String(removed)} removed`] : []),
    ...(failed.length > 0 ? [`${String(failed.length)} failed`] : []),
  ]
  return `built the page: ${parts.join(', ')}, in ${(milliseconds / 1000).toFixed(2)} s`
}
