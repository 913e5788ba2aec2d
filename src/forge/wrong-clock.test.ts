import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { openGitHub } from './github.ts'

const NOW = Date.parse('2026-11-21T03:11:00Z')

it.each([
  [-31_000, "31 s behind GitHub's"],
  [3_600_000, "3600 s ahead of GitHub's"],
])('with a clock that is wrong by %d ms nothing is written', async (wrong, words) => {
  const { forge, asked } = await forgeAt(NOW + wrong)
  const error = await commitTo(forge).catch((one: unknown) => one)
  expect(error).toMatchObject({ code: 'wrong-clock', message: expect.stringContaining(words) as string })
  expect(asked.every((method) => method === 'GET')).toBe(true)
  expect(asked.length).toBeGreaterThan(0)
})

it.each([-30_000, 30_000])('with one that is off by %d ms, as much as a slow network', async (off) => {
  const { forge, asked } = await forgeAt(NOW + off)
  await commitTo(forge)
  expect(asked).toContain('POST')
})

function commitTo(forge: Awaited<ReturnType<typeof openGitHub>>) {
  const change = () => [{ path: 'x.md', content: 'x' }]
  return forge.commit({ branch: 'main', message: 'A change', change })
}

/** As much of GitHub as a commit needs, with a clock that stands still. */
async function forgeAt(now: number) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.method ?? '')
    response.setHeader('date', new Date(NOW).toUTCString()).setHeader('content-type', 'application/json')
    const missing = request.url?.includes('/contents/') === true
    response.writeHead(missing ? 404 : 200)
    response.end(
      JSON.stringify(
        missing ? { message: 'Not Found' } : { sha: 'a', object: { sha: 'b' }, tree: { sha: 'c' } },
      ),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const baseUrl = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
  const place = { owner: 'acme', repo: 'status', token: 'token' }
  return { asked, forge: await openGitHub({ ...place, baseUrl, now: () => now }) }
}
