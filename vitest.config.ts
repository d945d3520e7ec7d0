import { defineConfig } from 'vitest/config'

const conditions = ['source', 'import', 'module', 'default']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['source', 'node', 'import', 'default'] } },
  test: {
    include: ['sdk/{src,test}/**/*.test.ts', 'service/{src,test}/**/*.test.ts', 'widget/src/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
})
