/**
 * What a build cannot do without: reads every incident of a world, parses and renders it, puts it into a template and
 * writes one page for each. `node bench/floors/build-floor.ts <world> <folder>`.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { readFrontMatter } from '../../src/files/front-matter.ts'
import { definitionsOf, parseMarkdown, renderPassage } from '../../src/files/markdown.ts'

const [root = '', out = ''] = process.argv.slice(2)
for (const name of readdirSync(path.join(root, 'incidents'))) {
  const { data, body } = readFrontMatter(readFileSync(path.join(root, 'incidents', name), 'utf8'), name)
  const { root: tree } = parseMarkdown(body)
  const { html } = renderPassage(tree.children, definitionsOf(tree))
  const folder = path.join(out, 'incidents', name.replace(/\.md$/, ''))
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'index.html'), page(String(data?.['title']), html))
}

function page(title: string, html: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1>${html}</html>`
}
