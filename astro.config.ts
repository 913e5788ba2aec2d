import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'astro/config'
import { minify, transformWithOxc, type Plugin } from 'vite'

/**
 * Astro compiles the pages once into a renderer (`src/site/renderer.ts` explains why and calls it): the output is a
 * module that turns a path and a view into HTML. Nothing of Astro runs on the page or serves it.
 */
export default defineConfig({
  output: 'server',
  outDir: process.env['CANDOR_RENDERER'] ?? './node_modules/.cache/candor/renderer',
  build: { inlineStylesheets: 'always' },
  devToolbar: { enabled: false },
  vite: {
    plugins: [minifiedScripts()],
    build: { cssMinify: 'lightningcss' },
    // The renderer holds all that it needs, so that it can be kept in any folder.
    ssr: { noExternal: true },
  },
  adapter: {
    name: 'candor',
    hooks: {
      'astro:config:done': ({ setAdapter }) => {
        setAdapter({
          name: 'candor',
          entrypointResolution: 'auto',
          serverEntrypoint: fileURLToPath(new URL('./src/site/renderer-entry.ts', import.meta.url)),
          adapterFeatures: { buildOutput: 'server' },
          supportedAstroFeatures: { serverOutput: 'stable' },
        })
      },
    },
  },
})

/**
 * `import script from './x.client.ts?minified'` gives the script's minified text, so that a layout can print it and
 * its hash: Astro's own scripts would become files, and a page is to be one request.
 */
function minifiedScripts(): Plugin {
  const query = '?minified'
  return {
    name: 'candor:minified-scripts',
    enforce: 'pre',
    async load(id) {
      if (!id.endsWith(query)) return
      const file = id.slice(0, -query.length)
      const plain = await transformWithOxc(await readFile(file, 'utf8'), file)
      const { code } = await minify(file, plain.code, { module: false })
      return { code: `export default ${JSON.stringify(code.trim())}`, moduleType: 'js' }
    },
  }
}
