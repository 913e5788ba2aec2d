import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{src,checks,scripts,bench}/**/*.test.ts'],
    // Real servers, real git and a real browser, on two busy cores: a test that hangs is meant, not one that waits.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Vitest would leave one of two processors idle, and most tests wait for other processes.
    maxWorkers: 2,
    globalSetup: ['src/testing/unpack-browser.ts'],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts', 'checks/**/*.ts'],
      exclude: ['**/*.test.ts', '**/testing/**', '**/*.d.ts'],
      reporter: ['text-summary'],
      thresholds: { lines: 80 },
    },
  },
})
