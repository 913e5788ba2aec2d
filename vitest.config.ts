import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{src,checks,scripts,bench}/**/*.test.ts'],
    // Real servers, real git and a real browser, on two busy cores: a test that hangs is meant, not one that waits.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts', 'checks/**/*.ts'],
      exclude: ['**/*.test.ts', '**/testing/**', '**/*.d.ts'],
      reporter: ['text-summary'],
      thresholds: { lines: 80 },
    },
  },
})
