import { defineConfig } from 'vitest/config'

// What is named here also reaches `require` in packages, which must not get what is meant for `import` or for bundlers.
const conditions = ['source']

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
