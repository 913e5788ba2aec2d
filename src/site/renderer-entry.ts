import { createApp } from 'astro/app/entrypoint'

const app = createApp({ streaming: false })

/** Renders one route, as the bytes that it is written as. `path` begins with a slash; `view` becomes `Astro.locals.view`. Rejects when the route does not exist or throws. */
export async function render(path: string, view: unknown): Promise<Uint8Array> {
  const response = await app.render(new Request(`http://candor.invalid${path}`), { locals: { view } })
  const expected = path === '/404' ? 404 : 200
  if (response.status !== expected) throw new Error(`${path} rendered with status ${String(response.status)}`)
  return response.bytes()
}
