/**
 * Cuts GitHub's own description of its API down to the operations that the fake GitHub speaks.
 *
 *   npm pack @octokit/openapi@23.0.2 && tar xzf octokit-openapi-23.0.2.tgz
 *   node src/testing/fake-github/extract-openapi.ts package/generated/api.github.com.json
 *
 * The package is 385 MB unpacked, so the subset is committed and the package is no dependency.
 */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { operationIds } from './operations.ts'

const target = new URL('./github-openapi.subset.json', import.meta.url)

const forPeople = new Set([
  'description',
  'summary',
  'example',
  'examples',
  'title',
  'tags',
  'externalDocs',
  'headers',
  'deprecated',
  'servers',
])
const holdsNames = new Set(['properties', 'responses', 'patternProperties'])

const { positionals } = parseArgs({ allowPositionals: true })
const [source] = positionals
if (source === undefined) {
  console.error(
    'usage: node src/testing/fake-github/extract-openapi.ts <path of api.github.com.json from @octokit/openapi>',
  )
  process.exit(2)
}

const text = readFileSync(source)
const full = JSON.parse(text.toString('utf8')) as Description
const subset = extract(full)
const missing = operationIds.filter((id) => !subset.found.has(id))
if (missing.length > 0) {
  console.error(`${source} does not describe ${missing.join(', ')}. Is it the description of api.github.com?`)
  process.exit(1)
}
writeFileSync(
  target,
  JSON.stringify({
    source: {
      package: '@octokit/openapi',
      version: full.info.version,
      file: 'generated/api.github.com.json',
      sha256: createHash('sha256').update(text).digest('hex'),
      license: 'MIT',
    },
    openapi: full.openapi,
    paths: subset.paths,
    components: subset.components,
  }) + '\n',
)
console.log(`${operationIds.length} operations written to ${target.pathname}`)

function extract(description: Description) {
  const wanted = new Set<string>(operationIds)
  const found = new Set<string>()
  const paths: Tree = {}
  for (const [path, methods] of Object.entries(description.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      if (!wanted.has(operation.operationId)) continue
      found.add(operation.operationId)
      paths[path] = { ...(paths[path] as Tree | undefined), [method]: trim(operation, false) }
    }
  }
  return { found, paths, components: referenced(description, paths) }
}

/** Every component that the paths name, and those that these name in turn. */
function referenced(description: Description, paths: Tree): Tree {
  const components: Record<string, Tree> = {}
  const open: unknown[] = [paths]
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    for (const [, kind, name] of JSON.stringify(part).matchAll(/"#\/components\/(\w+)\/([^"]+)"/g)) {
      if (kind === undefined || name === undefined || components[kind]?.[name] !== undefined) continue
      const component = trim(description.components[kind]?.[name], false)
      components[kind] = { ...components[kind], [name]: component }
      open.push(component)
    }
  }
  return components
}

/** Words for people, and answers in formats that are not JSON, are left out. `named`: the keys are names, not keywords. */
function trim(part: unknown, named: boolean): unknown {
  if (Array.isArray(part)) return part.map((entry) => trim(entry, false))
  if (typeof part !== 'object' || part === null) return part
  const kept = Object.entries(part).filter(([key]) => named || !(forPeople.has(key) || key.startsWith('x-')))
  return Object.fromEntries(
    kept.map(([key, value]) => {
      if (!named && key === 'content') return [key, onlyJson(value as Tree)]
      return [key, trim(value, !named && holdsNames.has(key))]
    }),
  )
}

function onlyJson(content: Tree): Tree {
  return 'application/json' in content ? { 'application/json': trim(content['application/json'], false) } : {}
}

type Tree = Record<string, unknown>

interface Description {
  openapi: string
  info: { version: string }
  paths: Record<string, Record<string, { operationId: string }>>
  components: Record<string, Record<string, unknown>>
}
