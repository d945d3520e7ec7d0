import { defineConfig } from 'vitest/config'

// `import` and `default` are always among them; named here, they would also reach `require` in packages.
const conditions = ['source', 'module']

// Journeys in a real browser against the real service; one file at a time, since they measure what a reader waits for.
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['source', 'node'] } },
  test: {
    include: ['widget/e2e/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
