import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readDescription } from './description.ts'
import { operationIds } from './operations.ts'

const file = new URL('./github-openapi.subset.json', import.meta.url)
const subset = JSON.parse(readFileSync(file, 'utf8')) as { source: Record<string, string> }
const { operations } = readDescription()

describe('the extract of GitHub’s description', () => {
  it('says where it comes from', () => {
    expect(subset.source).toMatchObject({ package: '@octokit/openapi', version: '23.0.2' })
    expect(subset.source.sha256).toMatch(/^[0-9a-f]{64}$/)
  })

  it('stays small enough to read along', () => {
    expect(readFileSync(file).length).toBeLessThan(200_000)
  })

  it('holds every operation that the fake plays', () => {
    expect(operations.map(({ id }) => id).toSorted()).toEqual([...operationIds].toSorted())
  })

  it('holds every operation that the forge uses', () => {
    const folder = new URL('../../forge/', import.meta.url)
    const sources = readdirSync(folder).filter((name) => /^github.*(?<!\.test)\.ts$/.test(name))
    const text = sources.map((name) => readFileSync(new URL(name, folder), 'utf8')).join('\n')
    const calls = [...text.matchAll(/\b(git|repos|pulls|issues|actions)\.(?!ts\b)([a-z]\w*)/g)]
    const used = new Set(calls.map(([, area, name = '']) => `${area}/${kebab(name)}`))
    expect(used.size).toBeGreaterThan(15)
    expect([...used].filter((id) => !(operationIds as readonly string[]).includes(id))).toEqual([])
  })
})

describe('checking against the description', () => {
  const operation = (id: string) => {
    const found = operations.find((one) => one.id === id)
    if (!found) throw new Error(`no ${id}`)
    return found
  }
  const path = { owner: 'acme', repo: 'status' }

  it.each([
    ['git/create-ref', { ref: 'refs/heads/a' }, /required property 'sha'/],
    ['git/create-ref', { ref: 7, sha: 'a' }, /ref must be string/],
    ['git/create-ref', undefined, /is missing/],
    ['git/create-tree', { tree: [{ path: 'a', contnt: 'b' }] }, /additional properties \(contnt\)/],
    ['pulls/create', { title: 'a', head: 'b', base: 'c', labelz: [] }, /labelz/],
  ])('refuses for %s the body %j', (id, body, words) => {
    expect(operation(id).request({ path, query: {}, body })).toMatch(words)
  })

  it('refuses query parameters that do not exist and values out of range', () => {
    const list = operation('pulls/list')
    expect(list.request({ path, query: { branch: 'a' }, body: undefined })).toMatch(/branch/)
    expect(list.request({ path, query: { state: 'merged' }, body: undefined })).toMatch(/allowed values/)
    expect(list.request({ path, query: { per_page: '50' }, body: undefined })).toBeUndefined()
  })

  it('notices an answer that lacks a field', () => {
    expect(operation('git/get-ref').response('200', { ref: 'refs/heads/a' })).toMatch(/required property/)
    expect(operation('git/get-ref').response('418', {})).toMatch(/not documented/)
  })
})

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
