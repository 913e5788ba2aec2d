import { fileURLToPath } from 'node:url'
import { defineConfig } from 'astro/config'

/**
 * Astro compiles the pages once into a renderer (`src/build/renderer.ts` explains why and calls it): the output is a
 * module that turns a path and a view into HTML. Nothing of Astro runs on the page or serves it.
 */
export default defineConfig({
  output: 'server',
  outDir: process.env['CANDOR_RENDERER'] ?? './node_modules/.cache/candor/renderer',
  build: { inlineStylesheets: 'always' },
  devToolbar: { enabled: false },
  adapter: {
    name: 'candor',
    hooks: {
      'astro:config:done': ({ setAdapter }) => {
        setAdapter({
          name: 'candor',
          entrypointResolution: 'auto',
          serverEntrypoint: fileURLToPath(new URL('./src/build/renderer-entry.ts', import.meta.url)),
          adapterFeatures: { buildOutput: 'server' },
          supportedAstroFeatures: { serverOutput: 'stable' },
        })
      },
    },
  },
})
