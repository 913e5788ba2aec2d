import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'checks/**/*.test.ts', 'scripts/**/*.test.ts'],
    coverage: { provider: 'v8', include: ['src/**', 'checks/**'] },
  },
})
